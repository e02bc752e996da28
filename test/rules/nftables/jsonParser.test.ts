import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRulesetJson } from '../../../src/rules/nftables/jsonParser.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../../src/rules/nftables/printer.ts';
import { randomFrom } from '../../fuzz/mutate.ts';
import { comparable } from './sameTree.ts';
import { squeezed } from './support.ts';

function dump(name: string): string {
  return readFileSync(new URL(`../../dumps/1.36.3-nftables/${name}`, import.meta.url), 'utf8');
}

function listing(...items: readonly unknown[]): string {
  return JSON.stringify({
    nftables: [
      { table: { family: 'inet', name: 't' } },
      { chain: { family: 'inet', table: 't', name: 'c' } },
      ...items,
    ],
  });
}

/** The rule of these statements, as text. */
function printed(...expr: readonly unknown[]): string {
  const ruleset = parseRulesetJson(listing({ rule: { family: 'inet', table: 't', chain: 'c', expr } }));
  expect(ruleset.problems).toEqual([]);
  const [, rule = ''] = /chain c \{ (.*) \} \}$/u.exec(squeezed(printRuleset(ruleset))) ?? [];
  return rule;
}

const field = (protocol: string, name: string): unknown => ({ payload: { protocol, field: name } });
const match = (left: unknown, right: unknown, op = '=='): unknown => ({ match: { op, left, right } });

describe('JSON of nft', () => {
  it('of kube-proxy is the tree of its text', () => {
    const json = parseRulesetJson(dump('nft.json'));
    expect(json.problems).toEqual([]);
    expect(comparable(json)).toEqual(comparable(parseRuleset(dump('nft.txt'))));
  });

  it('has the places of its values', () => {
    const text = dump('nft.json');
    const chains = parseRulesetJson(text).tables.flatMap(({ items }) =>
      items.filter(({ kind }) => kind === 'chain'),
    );
    for (const chain of chains)
      expect(text.slice(chain.start, chain.end)).toMatch(/^\{"family": ?"ip6?", ?"table"/u);
    expect(chains.length).toBeGreaterThan(100);
  });

  it.each([
    ['tcp flags ! syn,rst', [match(field('tcp', 'flags'), ['syn', 'rst'], '!')]],
    ['tcp option 42 exists', [match({ 'tcp option': { base: 42, offset: 0, len: 8 } }, true)]],
    ['tcp option @42,0,8 1', [match({ 'tcp option': { base: 42, offset: 0, len: 8 } }, 1)]],
    ['meta mark & 255 != 1', [match({ '&': [{ meta: { key: 'mark' } }, 255] }, 1, '!=')]],
    [
      'ip saddr { 10.0.0.0/8, 192.0.2.1-192.0.2.9 }',
      [
        match(field('ip', 'saddr'), {
          set: [{ prefix: { addr: '10.0.0.0', len: 8 } }, { range: ['192.0.2.1', '192.0.2.9'] }],
        }),
      ],
    ],
    ['tcp option maxseg exists', [match({ 'tcp option': { name: 'maxseg' } }, true)]],
    ['@nh,96,32 7', [match({ payload: { base: 'nh', offset: 96, len: 32 } }, 7)]],
    [
      'limit rate over 10 mbytes/second burst 5 kbytes',
      [
        {
          limit: { rate: 10, rate_unit: 'mbytes', per: 'second', burst: 5, burst_unit: 'kbytes', inv: true },
        },
      ],
    ],
    ['limit rate 5/minute', [{ limit: { rate: 5, per: 'minute', burst: 5 } }]],
    [
      'dnat ip to 10.0.0.1:80 random',
      [{ dnat: { family: 'ip', addr: '10.0.0.1', port: 80, flags: 'random' } }],
    ],
    ['dnat ip6 to [fd00::1]:80', [{ dnat: { family: 'ip6', addr: 'fd00::1', port: 80 } }]],
    [
      'update @s { ip saddr timeout 1m counter packets 0 bytes 0 }',
      [
        {
          set: {
            op: 'update',
            elem: { elem: { val: field('ip', 'saddr'), timeout: 60 } },
            set: '@s',
            stmt: [{ counter: { packets: 0, bytes: 0 } }],
          },
        },
      ],
    ],
    [
      'iifname vmap { "eth 0" : jump a, lo : drop }',
      [
        {
          vmap: {
            key: { meta: { key: 'iifname' } },
            data: {
              set: [
                ['eth 0', { jump: { target: 'a' } }],
                ['lo', { drop: null }],
              ],
            },
          },
        },
      ],
    ],
    ['jump { ip saddr 10.0.0.1 drop accept }', ['jump {\n\t\t\tip saddr 10.0.0.1 drop\n\t\t\taccept\n\t\t}']],
    ['log prefix "x: " level info', [{ log: { prefix: 'x: ', level: 'info' } }]],
    ['counter name http', [{ counter: 'http' }]],
    ['counter name tcp dport map @m', [{ counter: { map: { key: field('tcp', 'dport'), data: '@m' } } }]],
    ['ct state != new | related', [match({ ct: { key: 'state' } }, { '|': ['new', 'related'] }, '!=')]],
    ['reset tcp option sack-perm', [{ reset: { 'tcp option': { name: 'sack-perm' } } }]],
    ['meta rtclassid 5', [match({ meta: { key: 'rtclassid' } }, '5')]],
    ['log group 2 snaplen 256', [{ log: { group: 2, snaplen: 256 } }]],
    [
      'meter m size 9 { ip saddr timeout 1m limit rate 7/second }',
      [
        {
          meter: {
            key: { elem: { val: field('ip', 'saddr'), timeout: 60 } },
            stmt: { limit: { rate: 7, burst: 5, per: 'second' } },
            size: 9,
            name: 'm',
          },
        },
      ],
    ],
    ['reject', [{ reject: { type: 'icmpx', expr: 'port-unreachable' } }]],
    ['reject with icmp port-unreachable', [{ reject: { type: 'icmp', expr: 'port-unreachable' } }]],
  ])('%s', (expected, statements) => {
    expect(printed(...statements)).toBe(expected);
  });

  it('that is not known is kept, and told', () => {
    const text = listing({
      rule: { family: 'inet', table: 't', chain: 'c', expr: [{ frobnicate: 1 }, { accept: null }] },
    });
    const { problems } = parseRulesetJson(text);
    expect(problems.map(({ code, start, end }) => [code, text.slice(start, end)])).toEqual([
      ['unknown-statement', '{"frobnicate":1}'],
    ]);
  });

  it('that is damaged is read as far as it goes', () => {
    const text = dump('nft.json').slice(0, 20_000);
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomFrom(seed);
      const at = Math.floor(random() * text.length);
      const piece =
        ['{', '}', '[', ']', '"', ',', ':', 'null', '{"set": [', '\\', '[[['][Math.floor(random() * 11)] ??
        '';
      const { problems, tables } = parseRulesetJson(
        text.slice(0, at) + piece + text.slice(at + Math.floor(random() * 9)),
      );
      expect(problems.length, `seed ${seed}`).toBeGreaterThan(0);
      expect(tables.length).toBeLessThanOrEqual(4);
    }
    expect(parseRulesetJson('['.repeat(1_000_000)).problems).toHaveLength(1);
    expect(parseRulesetJson(`{"nftables": ${'{"a":'.repeat(100_000)}`).tables).toEqual([]);
  });
});
