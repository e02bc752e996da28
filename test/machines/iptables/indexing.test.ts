import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { iptablesMachine } from '../../../src/machines/iptables/machine.ts';
import { createEngine } from '../../../src/kernel/engine.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles, nodeOf, results } from '../../kernel/fixtures.ts';

const addresses = [
  '10.96.0.1',
  '10.96.0.2',
  '10.96.1.1',
  '10.244.1.9',
  '192.168.0.2',
  '198.51.100.7',
  '203.0.113.9',
];
const address = fc.constantFrom(...addresses);
const prefix = fc.constantFrom(32, 32, 32, 31, 24, 16, 8, 1);
const port = fc.constantFrom(53, 80, 443, 8080, 30080);
const not = fc.constantFrom('', '', '', '! ');

const network = fc.tuple(address, prefix).map(([host, length]) => `${host}/${length}`);
/** Other spellings than iptables-save's, which getopt takes. */
const spelled = fc.oneof(
  fc
    .tuple(not, fc.constantFrom('--dst', '--destin', '--destination'), network)
    .map(([bang, name, at]) => `${bang}${name} ${at}`),
  fc
    .tuple(not, fc.constantFrom('--src', '--sourc'), network)
    .map(([bang, name, at]) => `${bang}${name}=${at}`),
  network.map((at) => `-d${at}`),
  fc.constantFrom('eth0', 'cni0', 'e+').map((name) => `--in-inter ${name}`),
  fc
    .tuple(fc.constantFrom('-m tcp ', ''), not, fc.constantFrom('--dpo', '--destination-port'), port)
    .map(([match, bang, name, number]) => `-p tcp ${match}${bang}${name} ${number}`),
  port.map((number) => `-p tcp -m multiport --sport ${number}`),
  port.map((number) => `-p tcp -m tcp --sport 0${number}`),
);
const option = fc.oneof(
  spelled,
  fc.tuple(not, network).map(([bang, at]) => `${bang}-d ${at}`),
  fc.tuple(not, network).map(([bang, at]) => `${bang}-s ${at}`),
  fc.tuple(not, fc.constantFrom('eth0', 'cni0', 'eth+', 'e+', 'lo')).map(([bang, at]) => `${bang}-i ${at}`),
  fc
    .tuple(not, fc.constantFrom('tcp', 'udp'), port)
    .map(([bang, name, number]) => `-p ${name} -m ${name} ${bang}--dport ${number}`),
  fc
    .tuple(fc.constantFrom('tcp', 'udp'), port)
    .map(([name, number]) => `-p ${name} -m ${name} --sport ${number}:${number + 9}`),
  fc.constantFrom(
    '-m comment --comment "-d 10.96.0.1/32 --dport 80"',
    '-m comment --comment --dport',
    '-m comment --comm -d -m comment --comm "-i" ! --protoc udp',
    '-m comment --comm -i -d 10.96.0.1',
    '-m mark --mark 0x1/0x1',
  ),
  fc.constantFrom(
    '-m addrtype --dst-type LOCAL',
    '-p tcp -m multiport --dports 80,443',
    '-p udp -m multiport --dport 53',
    '-p tcp ! --dpo 80',
    '-m unheard --dport 80 -i eth1',
    '-m conntrack --ctstate NEW',
    '-p tcp -m recent --name met --set -m tcp --dport 80',
    '-m recent --name met --rcheck',
  ),
);
const target = fc.constantFrom(
  '',
  '-j ACCEPT',
  '-j RETURN',
  '-j OTHER',
  '-g OTHER',
  '-j MARK --set-xmark 0x1/0x1',
  '-j DROP',
);
const rule = (chain: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.uniqueArray(option, { maxLength: 2, selector: (text) => text.replace('! ', '').slice(0, 4) }),
      fc.oneof({ weight: 6, arbitrary: fc.constant('') }, { weight: 2, arbitrary: target }),
    )
    .map(([options, end]) => [`-A ${chain}`, ...options, end].filter((text) => text !== '').join(' '));

const packet: fc.Arbitrary<Flow> = fc
  .record({
    source: address,
    destination: address,
    from: port,
    to: port,
    protocol: fc.constantFrom('tcp', 'udp'),
    name: fc.constantFrom('eth0', 'cni0'),
  })
  .map(({ source, destination, from, to, protocol, name }) => ({
    family: 4,
    from: { kind: 'external', address: source, port: from, interface: name },
    to: { address: destination, port: to },
    protocol,
  }));

describe('the index over a long chain', () => {
  test('answers as the walk does, on any rules', () => {
    const node = nodeOf(labFiles);
    const rules = fc.tuple(
      fc.array(rule('PREROUTING'), { minLength: 50, maxLength: 90 }),
      fc.array(rule('LONG'), { minLength: 50, maxLength: 90 }),
      fc.array(
        rule('OTHER').map((text) => text.replace(/ -[jg] OTHER/, '')),
        { minLength: 1, maxLength: 60 },
      ),
    );
    fc.assert(
      fc.property(rules, fc.array(packet, { minLength: 8, maxLength: 8 }), ([base, long, other], packets) => {
        const text = dump({
          mangle: [...base, '-A PREROUTING -j LONG', ...long, ...other],
          filter: ['-A INPUT -m conntrack --ctstate NEW'],
        });
        const ruleset = parseRuleset(text);
        const [indexed, walked] = [true, false].map((value) =>
          createEngine([iptablesMachine(ruleset, 4, node, { indexed: value })], 4, node),
        );
        for (const one of packets) expect(indexed?.trace(one)).toEqual(walked?.trace(one));
      }),
      { numRuns: 60 },
    );
  });

  test('finds a rule among thousands by destination, prefix, source, port and interface, in order', () => {
    const many = Array.from(
      { length: 4000 },
      (_, index) => `-A LONG -d 10.96.${index >> 8}.${index & 255}/32 -p tcp -m tcp --dport 80`,
    );
    const rules = dump({
      filter: [
        '-A FORWARD -j LONG',
        ...many,
        '-A LONG -d 10.96.4.0/24',
        '-A LONG -s 198.51.100.7/32',
        '-A LONG -p tcp -m tcp --dport 80',
        '-A LONG -i eth0',
        '-A LONG',
        ...many.slice(1029, 1030),
      ],
    });
    const client = flow('client > 10.96.4.5:80 tcp');
    const [outcome] = results(engineOf(rules).trace(client), client);
    expect(outcome?.path.map((place) => Number(place.split('/')[2]))).toEqual([
      0, 1029, 4000, 4001, 4002, 4003, 4004, 4005,
    ]);
  });

  test('tells on request why the rules that it passed over did not match', () => {
    const many = Array.from(
      { length: 4000 },
      (_, index) => `-A LONG -d 10.96.${index >> 8}.${index & 255}/32 -p tcp -m tcp --dport 80 -j DROP`,
    );
    const engine = engineOf(dump({ filter: ['-A FORWARD -j LONG', ...many] }));
    const slice = { table: 'filter', chain: 'LONG', from: 3998, to: 4000 } as const;
    const client = flow('client > 10.244.1.5:80 tcp');
    expect(engine.considered(client, [], slice).map(({ at, failure }) => [at.index, failure.reason])).toEqual(
      [
        [3998, 'the packet goes to 10.244.1.5, not 10.96.15.158'],
        [3999, 'the packet goes to 10.244.1.5, not 10.96.15.159'],
      ],
    );
    expect(engine.considered(client, [], { ...slice, from: 0, to: 4000 })).toHaveLength(4000);
  });

  test('numbers the outcomes the same whether or not failed rules are reported', () => {
    const endpoints = Array.from({ length: 9 }, (_, index) => {
      const chance =
        index === 8 ? '' : `-m statistic --mode random --probability ${(1 / (9 - index)).toFixed(11)} `;
      return `-A SVC ${chance}-j DNAT --to-destination 10.244.1.${index + 10}:80`;
    });
    const engine = engineOf(dump({ nat: ['-A PREROUTING -d 10.96.0.10/32 -j SVC', ...endpoints] }));
    const client = flow('client > 10.96.0.10:80 tcp');
    const [plain, considered] = [false, true].map(
      (value) => engine.trace(client, { considered: value }).outcomes,
    );
    expect(considered?.map(({ destination }) => destination)).toEqual(
      plain?.map(({ destination }) => destination),
    );
    expect(plain?.map(({ probability }) => probability.toFixed(6))).toEqual(
      Array.from({ length: 9 }, () => '0.111111'),
    );
    const slice = { table: 'nat', chain: 'SVC', from: 0, to: 9 } as const;
    const way = engine.trace(client).ways[3] ?? [];
    const reasons = engine
      .considered(client, way, slice)
      .map(({ at, failure }) => [at.index, failure.reason]);
    expect(reasons).toEqual([0, 1, 2].map((index) => [index, 'the random choice fell on another rule']));
  });

  test('files IPv6 rules too', () => {
    const many = Array.from(
      { length: 300 },
      (_, index) => `-A LONG -d fd00:10:96::${(index + 1).toString(16)}/128 -j DROP`,
    );
    const packet6: Flow = {
      family: 6,
      from: { kind: 'pod', address: 'fd00:10:244:1::5', port: 40000, interface: 'cni0' },
      to: { address: 'fd00:10:96:0::ff', port: 80 },
      protocol: 'tcp',
    };
    const text = dump({ filter: ['-A FORWARD -j LONG', ...many] }).replace('iptables-save', 'ip6tables-save');
    const engine = engineOf(text, labFiles, 6);
    expect(engine.trace(packet6).outcomes[0]?.by).toBe('filter/LONG/254');
  });
});

test('an engine that was prepared answers as one that was not', () => {
  const rules = dump({
    filter: Array.from({ length: 100 }, (_, index) => `-A FORWARD -d 10.96.0.${index}/32 -j DROP`),
  });
  const sent = flow('client > 10.96.0.7:80 tcp');
  const prepared = engineOf(rules);
  prepared.prepare();
  expect(prepared.trace(sent)).toEqual(engineOf(rules).trace(sent));
  expect(results(prepared.trace(sent), sent)[0]?.by).toBe('filter/FORWARD/7');
});

describe('chains of jumps', () => {
  const client = flow('client > 10.244.1.5:80 tcp');

  test('may be 50,000 deep', () => {
    const rules = Array.from({ length: 50_000 }, (_, index) => `-A C${index} -j C${index + 1}`);
    const text = dump({ filter: ['-A FORWARD -j C0', ...rules, '-A C50000 -j DROP'] }, {}, 'legacy');
    expect(engineOf(text).trace(client).outcomes[0]?.by).toBe('filter/C50000/0');
  });

  // iptables-nft-restore 1.8.9 on Linux 6.18: 15 chains below a built-in one are loaded, 16 are "Too many links".
  test.each([
    [15, false],
    [16, true],
  ])('%i chains below a built-in one: too deep for nf_tables %s', (depth, tooDeep) => {
    const jumps = Array.from({ length: depth - 1 }, (_, index) => `-A C${index + 1} -j C${index + 2}`);
    const text = dump({ filter: ['-A FORWARD -j C1', ...jumps, `-A C${depth} -j DROP`] });
    const { assumptions } = engineOf(text).trace(client);
    expect(assumptions.some(({ code }) => code === 'jumps-too-deep')).toBe(tooDeep);
  });

  test('deeper than nf_tables loads are followed, and said to be so', () => {
    const rules = Array.from({ length: 20 }, (_, index) => `-A C${index} -j C${index + 1}`);
    const trace = engineOf(dump({ filter: ['-A FORWARD -j C0', ...rules, '-A C20 -j DROP'] })).trace(client);
    expect(trace.outcomes[0]?.by).toBe('filter/C20/0');
    expect(trace.assumptions.map(({ code }) => code)).toContain('jumps-too-deep');
  });

  test.each(['-j', '-g'])('that loop by %s end as unknown', (jump) => {
    const trace = engineOf(
      dump({ filter: [`-A FORWARD ${jump} A`, `-A A ${jump} B`, `-A B ${jump} A`] }),
    ).trace(client);
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(trace.assumptions.map(({ code }) => code)).toContain('jump-loop');
  });

  test('that fan out without end are given up', () => {
    const rules = Array.from({ length: 60 }, (_, index) => [
      `-A C${index} -j C${index + 1}`,
      `-A C${index} -j C${index + 1}`,
    ]).flat();
    const trace = engineOf(dump({ filter: ['-A FORWARD -j C0', ...rules, '-A C60'] })).trace(client);
    expect(trace.assumptions.map(({ code }) => code)).toContain('walk-too-long');
  });
});
