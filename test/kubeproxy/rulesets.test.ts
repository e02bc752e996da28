import { expect, test } from 'vitest';
import { rulesetsOfFiles, splitFamilies, tableNamed } from '../../src/kubeproxy/rulesets.ts';
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

test('a file of one family goes to that family, whatever it is called', () => {
  const rulesets = rulesetsOfFiles(new Map([['iptables-save.txt', v6]]));
  expect(rulesets[4]).toBeNull();
  expect(rulesets[6]?.tables).toHaveLength(3);
});

test('a file that says nothing of its family goes by its name', () => {
  const text = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
  const files = rulesetsOfFiles(
    new Map([
      ['iptables-save.txt', text],
      ['ip6tables-save.txt', text],
    ]),
  );
  expect([files[4]?.tables.length, files[6]?.tables.length]).toEqual([1, 1]);
});

function section(rule: string): string {
  return `*filter\n:INPUT ACCEPT [0:0]\n${rule}COMMIT\n`;
}

test('of two sections of one table the last counts, as iptables-restore flushes what it is given again', () => {
  const ruleset = splitFamilies(section('') + section('-A INPUT -j DROP\n'), 4)[4];
  expect(tableNamed(ruleset, 'filter')?.chains.get('INPUT')?.rules).toHaveLength(1);
});
