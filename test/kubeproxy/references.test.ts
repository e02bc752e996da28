import { expect, test, vi } from 'vitest';
import {
  firstJumpsTo,
  isJumpedTo,
  jumpsTo,
  knownJumpsTo,
  prepareJumps,
  unreachedChains,
} from '../../src/kubeproxy/references.ts';
import { CompactNodes } from '../../src/rules/iptables/compact/compactNodes.ts';
import type { Ruleset } from '../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { dumpText } from './dumps.ts';
import { expectSameByLines } from './editedDumps.ts';

/** The places of the rules that jump to chain X, by the end of their line or by their words. */
test.each([
  ['-A INPUT -j X', [0]],
  ['-A INPUT -m recent --set --rsource -j X', [0]],
  ['-A INPUT -m comment --comment -j --jump X', [0]],
  ['-A INPUT --jum X -p tcp --syn', [0]],
  ['-A INPUT -m comment --comment "a -j X" -j ACCEPT', []],
  ['-A INPUT -j ACCEPT -m comment --comment "a -j X"', []],
  [String.raw`-A INPUT -j "\X"`, [0]],
  ['-A INPUT -j XX', []],
  ['-A X -j ACCEPT', []],
])('%s jumps to X: rules %j', (line, places) => {
  const ruleset = parseRuleset(`*filter\n:INPUT ACCEPT [0:0]\n:X - [0:0]\n${line}\nCOMMIT\n`);
  const [table] = ruleset.tables;
  const jumps = table === undefined ? [] : jumpsTo(ruleset, table, 'X');
  expect(jumps.map(({ rule }) => rule.index)).toEqual(places);
  expect(isJumped(ruleset.text, 'filter', 'X')).toBe(places.length > 0);
});

/** Where nothing is known yet of the jumps of these rules. */
function isJumped(text: string, table: string, chain: string): boolean {
  const ruleset = parseRuleset(text);
  const own = ruleset.tables.find(({ name }) => name === table);
  return own !== undefined && isJumpedTo(ruleset, own, chain);
}

test.each(['1.23.4', 'docker'])('whether a rule of %s jumps to a chain is told without all jumps', (dump) => {
  const text = dumpText(dump, 'iptables-save.txt') ?? '';
  const ruleset = parseRuleset(text);
  for (const table of ruleset.tables) {
    for (const chain of table.chains.keys()) {
      const jumps = jumpsTo(ruleset, table, chain);
      expect(isJumped(text, table.name, chain), chain).toBe(jumps.length > 0);
    }
  }
});

test('of a name that very many rules have the jumps are told all the same', () => {
  const rules = Array.from({ length: 200 }, () => '-A INPUT -m comment --comment "a -j X" -j ACCEPT');
  const lines = ['*filter', ':INPUT ACCEPT [0:0]', ':X - [0:0]', ...rules];
  const withJump = [...lines, '-A INPUT -j X'];
  expect(isJumped([...withJump, 'COMMIT', ''].join('\n'), 'filter', 'X')).toBe(true);
  expect(isJumped([...lines, 'COMMIT', ''].join('\n'), 'filter', 'X')).toBe(false);
});

/** The jumps to each chain of each table, and the chains that none leads to. */
function toldJumps(ruleset: Ruleset): readonly unknown[] {
  return ruleset.tables.map((table) => [
    [...table.chains.keys()].map((name) => [
      name,
      jumpsTo(ruleset, table, name).map(({ from, rule }) => `${from.name}/${rule.index}`),
    ]),
    unreachedChains(ruleset, table).map(({ name }) => name),
  ]);
}

test.each(['1.23.4', '1.36.3', '1.36.3-cni-plugins', 'docker'])(
  'the jumps of %s are the same by lines as rule by rule, after each of many edits, too',
  (dump) => expectSameByLines(dumpText(dump, 'iptables-save.txt') ?? '', toldJumps),
  30_000,
);

test('the jumps to a chain are counted without a look at the rules', () => {
  const ruleset = parseRuleset(dumpText('1.36.3', 'iptables-save.txt') ?? '');
  const nat = ruleset.tables.find(({ name }) => name === 'nat');
  if (nat !== undefined) prepareJumps(ruleset, nat);
  const make = vi.spyOn(CompactNodes.prototype, 'rule');
  const jumps = nat === undefined ? [] : jumpsTo(ruleset, nat, 'KUBE-MARK-MASQ');
  expect(jumps.length).toBeGreaterThan(50);
  expect(make).not.toHaveBeenCalled();
  expect(jumps.slice(0, 3).map(({ rule }) => rule.target?.name.text)).toEqual(
    Array.from({ length: 3 }, () => 'KUBE-MARK-MASQ'),
  );
  expect(make).toHaveBeenCalledTimes(3);
  make.mockRestore();
});

test('of the jumps to a chain no more are made than are asked for, and none where that would mean to read all lines', () => {
  const ruleset = parseRuleset(dumpText('1.36.3', 'iptables-save.txt') ?? '');
  const nat = ruleset.tables.find(({ name }) => name === 'nat');
  if (nat === undefined) throw new Error('no table nat');
  expect(knownJumpsTo(ruleset, nat, 'KUBE-MARK-MASQ')).toBeNull();
  const { count, first } = firstJumpsTo(ruleset, nat, 'KUBE-MARK-MASQ', 3);
  const all = jumpsTo(ruleset, nat, 'KUBE-MARK-MASQ');
  expect(count).toBe(all.length);
  expect(first.map(({ rule }) => rule)).toEqual(all.slice(0, 3).map(({ rule }) => rule));
  expect(knownJumpsTo(ruleset, nat, 'KUBE-MARK-MASQ')?.length).toBe(count);
  expect(firstJumpsTo(ruleset, nat, 'NOBODY', 3)).toEqual({ count: 0, first: [] });
});
