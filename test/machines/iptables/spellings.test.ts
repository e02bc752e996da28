/** A rule says the same by whatever spelling of an option; iptables-restore takes each of these. */
import { describe, expect, test } from 'vitest';
import { dump, engineOf, flow, results } from '../../kernel/fixtures.ts';

const tables = {
  raw: '-A PREROUTING',
  mangle: '-A PREROUTING',
  nat: '-A PREROUTING',
  filter: '-A FORWARD',
} as const;

const sent = flow('client > 10.244.1.5:80 tcp');

/** A trace of `rule` in front of one that shows its mark and its state. */
function traceOf(table: keyof typeof tables, rule: string): unknown {
  const own = `${tables[table]} ${rule}`;
  const rules = { raw: [], mangle: [], nat: [], filter: [], [table]: [own] };
  return engineOf(
    dump({
      ...rules,
      filter: [
        ...rules.filter,
        '-A FORWARD -m conntrack --ctstate UNTRACKED',
        '-A FORWARD -m mark --mark 0x1',
      ],
    }),
  ).trace(sent);
}

describe('an engine takes', () => {
  test.each<[keyof typeof tables, string, string]>([
    ['filter', '-p tcp -m tcp --dpo 80 -j DROP', '-p tcp -m tcp --dport 80 -j DROP'],
    ['filter', '-p tcp --dpo 80 -j DROP', '-p tcp -m tcp --dport 80 -j DROP'],
    ['filter', '-p tcp -m tcp --destination-port=80 -j DROP', '-p tcp -m tcp --dport 80 -j DROP'],
    ['filter', '-p tcp -m multiport --dport 80,443 -j DROP', '-p tcp -m multiport --dports 80,443 -j DROP'],
    ['filter', '--protoc tcp -j REJECT --reject tcp-reset', '-p tcp -j REJECT --reject-with tcp-reset'],
    ['filter', '--in-inter eth0 -j DROP', '-i eth0 -j DROP'],
    ['filter', '--dst 10.244.1.5 -j DROP', '-d 10.244.1.5 -j DROP'],
    [
      'filter',
      '-m hashlimit --hashlimit-ab 1/s --hashlimit-na x',
      '-m hashlimit --hashlimit-above 1/s --hashlimit-name x',
    ],
    ['filter', '-m recent --set --na X --rdes -j DROP', '-m recent --set --name X --rdest -j DROP'],
    ['mangle', '-j MARK --set-xm 0x1', '-j MARK --set-xmark 0x1'],
    ['mangle', '-j MARK --or 0x1', '-j MARK --or-mark 0x1'],
    ['mangle', '-j TTL --ttl-s 3', '-j TTL --ttl-set 3'],
    ['nat', '-p tcp -j DNAT --to-dest 10.244.1.9:8080', '-p tcp -j DNAT --to-destination 10.244.1.9:8080'],
    ['nat', '-p tcp -j REDIRECT --to-port 8080', '-p tcp -j REDIRECT --to-ports 8080'],
    ['raw', '-j CT --notr', '-j CT --notrack'],
  ])('%s: %s as %s', (table, spelled, canonical) => {
    const trace = JSON.parse(JSON.stringify(traceOf(table, spelled)), withoutPlaces);
    expect(trace).toEqual(JSON.parse(JSON.stringify(traceOf(table, canonical)), withoutPlaces));
  });
});

/** Spans in the text differ. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === 'span' || key === 'start' || key === 'end' ? null : value;
}

test('a rule that alone would track connections does not when it says --notr', () => {
  const raw = dump({ raw: ['-A PREROUTING -j CT --notr'], nat: ['-A PREROUTING -j ACCEPT'] });
  expect(results(engineOf(raw).trace(sent), sent)[0]?.path).toEqual(['raw/PREROUTING/0']);
});
