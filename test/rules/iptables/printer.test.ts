/** Each rule of each dump, printed from its nodes, is the line that iptables wrote. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../src/rules/iptables/printer.ts';

const folder = join(import.meta.dirname, '../../dumps');
const dumps = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /ip6?tables(-nft)?-(save.*|S)\.txt$/.test(path))
  .filter((path) => statSync(join(folder, path)).size > 0);

it('there are dumps', () => {
  expect(dumps.length).toBeGreaterThan(20);
});

it.each(dumps)('%s', (path) => {
  const ruleset = parseRuleset(readFileSync(join(folder, path), 'utf8'));
  expect(ruleset.problems).toEqual([]);
  const rules = ruleset.statements.filter((statement) => statement.kind === 'rule');
  expect(rules.map(printRule)).toEqual(rules.map(({ start, end }) => ruleset.text.slice(start, end)));
});
