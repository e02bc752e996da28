import { expect, test } from 'vitest';
import { splitFamilies, tableNamed } from '../../src/kubeproxy/rulesets.ts';
import { dumpText } from './dumps.ts';

const v4 = dumpText('1.36.3', 'iptables-save.txt') ?? '';
const v6 = dumpText('1.36.3', 'ip6tables-save.txt') ?? '';

function rulesIn(text: string, family: 4 | 6, table: string): number {
  const chains = tableNamed(splitFamilies(text, 4)[family], table)?.chains.values() ?? [];
  return [...chains].reduce((sum, chain) => sum + chain.rules.length, 0);
}

test('one file that holds both families is split', () => {
  for (const text of [v4 + v6, v6 + v4]) {
    for (const table of ['filter', 'nat']) {
      expect(rulesIn(text, 4, table)).toBe(rulesIn(v4, 4, table));
      expect(rulesIn(text, 6, table)).toBe(rulesIn(v6, 6, table));
    }
  }
});

function section(rule: string): string {
  return `*filter\n:INPUT ACCEPT [0:0]\n${rule}COMMIT\n`;
}

test('of two sections of one table the last counts, as iptables-restore flushes what it is given again', () => {
  const ruleset = splitFamilies(section('') + section('-A INPUT -j DROP\n'), 4)[4];
  expect(tableNamed(ruleset, 'filter')?.chains.get('INPUT')?.rules).toHaveLength(1);
});
