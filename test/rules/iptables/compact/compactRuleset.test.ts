import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCompact } from '../../../../src/rules/iptables/compact/compactReader.ts';
import { CompactRuleset } from '../../../../src/rules/iptables/compact/compactRuleset.ts';
import { parseLines } from '../../../../src/rules/iptables/parser.ts';
import type { Rule, Statement } from '../../../../src/rules/iptables/nodes.ts';
import { linesOf } from '../../../../src/rules/iptables/linesOf.ts';
import { bytesOf } from '../../../../src/text/bytes.ts';
import { LineIndex } from '../../../../src/text/lineIndex.ts';
import { Mutator } from '../../../language/rules/mutator.ts';
import { told } from './told.ts';

// The truth is the reader that goes line by line.

const folder = new URL('../../../dumps', import.meta.url).pathname;
const rulesFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('save.txt') && readFileSync(join(folder, path), 'utf8') !== '',
);

/** Whether the flat lists took the text. */
function expectSame(text: string): boolean {
  const compact = readCompact(text, bytesOf(text));
  if (compact === null) return false;
  const ruleset = new CompactRuleset(compact);
  expect(told(ruleset)).toEqual(told(parseLines(text)));
  for (const table of ruleset.tables) {
    for (const [name, chain] of table.chains) {
      expect(table.chains.get(name)).toBe(chain);
      expect(table.chains.has(`${name}!`)).toBe(false);
    }
  }
  const whole = new CompactRuleset(compact);
  for (const { start, end } of whole.statements.filter((_, line) => line % 37 === 0)) {
    expect(ruleset.statementAt(end)).toEqual(whole.statements.findLast((each) => each.start <= end));
    expect(ruleset.statementsIn({ start, end }).length).toBe(1);
  }
  const [lines, known] = [new LineIndex(text), linesOf(ruleset)];
  expect(known.lineCount).toBe(lines.lineCount);
  for (let line = 0; line <= lines.lineCount; line++) expect(known.startOf(line)).toBe(lines.startOf(line));
  return true;
}

test.each(rulesFiles)('flat lists give the tree of %s', (path) => {
  const text = readFileSync(join(folder, path), 'utf8');
  expect(expectSame(text)).toBe(true);
  const mutator = new Mutator(text, 7);
  const taken = Array.from({ length: 60 }, () => expectSame(mutator.next().text)).filter(Boolean);
  expect(taken.length).toBeGreaterThan(30);
});

const head = '*filter\n:INPUT ACCEPT [0:0]\n';

test.each([
  ['*filter\nCOMMIT\n', true],
  ['*filter\nCOMMIT', true],
  ['*filter\n-A INPUT -j ACCEPT', true],
  [`${head}:X - [0:0]\n:X - [0:0]\n-A X\n-A INPUT\n-A X -j X\nCOMMIT\n*nat\n-A X -j X\n`, true],
  [`${head}[1:2] -A INPUT -j ACCEPT\nfoo bar\n\n# a comment\nCOMMIT\n`, true],
  [`${head}[1:2]-A INPUT -j ACCEPT\nCOMMIT\n`, false],
  [`${head}:X -\n:Y DROP\n:Z - [0:0\nCOMMIT\n`, false],
  [`${head}:X - [0:0] \nCOMMIT\n`, false],
  [`${head}:X -\n:Y DROP\nCOMMIT\n`, true],
  [`${head}:"a b" - [0:0]\nCOMMIT\n`, false],
  [`${head}:ü - [0:0]\nCOMMIT\n`, false],
  [`${head}-A INPUT -m comment --comment ü -j ACCEPT\nCOMMIT\n`, true],
  [`${head}-A INPUT -j ACCEPT\r\nCOMMIT\n`, false],
  [`${head} -A INPUT -j ACCEPT\nCOMMIT\n`, false],
  [`${head}-I INPUT -j ACCEPT\nCOMMIT\n`, false],
  [`${head}-A -s 1 -j ACCEPT\nCOMMIT\n`, false],
  [`${head}-A\nCOMMIT\n`, true],
  [`${head}-\n-A \n:X \n:\nCOMMIT\n`, true],
  [`${head}:X "-"\nCOMMIT\n`, false],
  [`${head}-\n-A \n:\n:X\n:X \nCOMMIT\n`, false],
  [`${head}-\n-A \n:X \nCOMMIT\n`, true],
  [`${head}COMMIT \n`, false],
  [`${head}-A${' '.repeat(300)}INPUT -j ACCEPT\n-A${' '.repeat(300)}\nCOMMIT\n`, false],
  [`${head}:X${' '.repeat(600)}- [0:0]\nCOMMIT\n`, false],
  [`${head}COMMITTED\n`, true],
  [`${head}COMMIT\n-A INPUT\n`, false],
  [`# iptables -t nat -S\n${head}COMMIT\n`, false],
  [`${head}COMMIT\n# iptables -t nat -S\n`, true],
  ['-P INPUT ACCEPT\n-A INPUT -j ACCEPT\n', false],
  [`\uFEFF${head}COMMIT\n`, false],
  ['* nat\nCOMMIT\n', false],
  ['*nat \nCOMMIT\n', false],
  ['', false],
  ['*filter\na\nb\nc\nd\ne\nf\n', false],
  ['*filter\n*nat\n*filter\n', true],
])('a text as written: %j', (text, taken) => {
  expect(expectSame(text)).toBe(taken);
});

test('names that were made to collide are read in the other way', () => {
  // "Aa" and "BB" are the same to a hash that multiplies by 31.
  const names = Array.from({ length: 256 }, (_, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => ((index >> bit) & 1 ? 'Aa' : 'BB')).join(''),
  );
  const text = ['*filter', ...names.map((name) => `:${name} - [0:0]`), 'COMMIT', ''].join('\n');
  expect(expectSame(text)).toBe(false);
});

test('a rule that is asked for by its line has its place in its chain, and makes no other', () => {
  const text = readFileSync(join(folder, '1.36.3/iptables-save.txt'), 'utf8');
  const whole = parseLines(text);
  const lines = whole.statements.flatMap(({ kind }, line) => (kind === 'rule' ? [line] : []));
  for (const order of [lines, lines.toReversed()]) {
    const compact = readCompact(text, bytesOf(text));
    if (compact === null) throw new Error('not read as flat lists');
    const { nodes } = new CompactRuleset(compact);
    const asked = order.map((line) => [line, nodes.rule(line).index]);
    const known = order.map((line) => [line, ruleIn(whole.statements[line]).index]);
    expect(asked).toEqual(known);
  }
});

function ruleIn(statement: Statement | undefined): Rule {
  if (statement?.kind !== 'rule') throw new Error('no rule');
  return statement;
}
