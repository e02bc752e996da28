/** Rules as iptables-save prints them, and as `iptables -nvL` does: recorded from iptables 1.8.9 of both backends. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { printConditions } from '../../../../src/rules/iptables/printer.ts';
import type { Ruleset } from '../../../../src/rules/iptables/nodes.ts';

const HEADER = ' pkts bytes target     prot opt in     out     source               destination         ';

const lines = readFileSync(new URL('printed.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const pairs = lines.flatMap((line, index) =>
  index % 2 === 0 ? [[line, lines[index + 1] ?? ''] as const] : [],
);

/** The words of the one rule, in an order of their own: options of a match may come in any. */
function words(ruleset: Ruleset): string {
  const rules = ruleset.tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  const printed = rules.map((rule) => printConditions(rule)).join('\n');
  return printed.split(' ').toSorted().join(' ');
}

describe('every form of iptables 1.8.9', () => {
  test.each(pairs)('%s', (saved, listed) => {
    const [, table = '', , chain = ''] = saved.split(' ');
    const rule = saved.slice(saved.indexOf('-A ')).replace(/ --hashlimit-name \S+/, '');
    const ruleset = parseRuleset(`Chain ${chain} (policy ACCEPT)\n${HEADER}\n${listed}\n`);
    expect(ruleset.format).toBe('listing');
    expect(words(ruleset)).toBe(words(parseRuleset(`*${table}\n${rule}\nCOMMIT\n`)));
  });
});
