import { expect, test } from 'vitest';
import { jumpsTo } from '../../src/kubeproxy/references.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';

/** The places of the rules that jump to chain X, by the end of their line or by their words. */
test.each([
  ['-A INPUT -j X', [0]],
  ['-A INPUT -m recent --set --rsource -j X', [0]],
  ['-A INPUT -m comment --comment -j --jump X', [0]],
  ['-A INPUT --jum X -p tcp --syn', [0]],
  ['-A INPUT -m comment --comment "a -j X" -j ACCEPT', []],
  ['-A INPUT -j ACCEPT -m comment --comment "a -j X"', []],
])('%s jumps to X: rules %j', (line, places) => {
  const ruleset = parseRuleset(`*filter\n:INPUT ACCEPT [0:0]\n:X - [0:0]\n${line}\nCOMMIT\n`);
  const [table] = ruleset.tables;
  const jumps = table === undefined ? [] : jumpsTo(ruleset, table, 'X');
  expect(jumps.map(({ rule }) => rule.index)).toEqual(places);
});
