/** What holds for every text whatsoever. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findValueFault } from '../../../src/rules/iptables/values/check.ts';
import type { Match, Option, Rule, Ruleset, Target } from '../../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { printRule, printRuleset } from '../../../src/rules/iptables/printer.ts';
import type { Span } from '../../../src/text/span.ts';
import { describeRule } from './describe.ts';

const dumps = [
  '1.36.3/iptables-save-c.txt',
  '1.36.3-cni-plugins/ip6tables-save.txt',
  '1.36.3/iptables-S.txt',
].map((name) => readFileSync(join(import.meta.dirname, '../../dumps', name), 'utf8').split('\n'));

const piece = fc.constantFrom(
  ...'-A -I -D -R -N -P -F -X -E -s -d -p -i -m -j -g ! -c -4 -6 -t tcp udp icmp comment statistic recent set DNAT'.split(
    ' ',
  ),
  ...'--comment --dport --sport --tcp-flags --match-set --probability --to-destination --mode random 10.0.0.1'.split(
    ' ',
  ),
  ...'KUBE-X INPUT ACCEPT DROP - [0:0] [1:2 "a b" "it\\"s" "open \\ \' \\" " *nat *filter COMMIT :INPUT # -- - --x=y'.split(
    ' ',
  ),
  '\t',
  '  ',
  '\0',
  '\ufeff',
  '\ud83d\ude00',
  '\ud83d',
);
const line = fc.array(piece, { maxLength: 14 }).map((words) => words.join(' '));
const ruleText = fc
  .array(
    fc.oneof(
      line,
      line.map((words) => `-A X ${words}`),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));

/** A few lines of a dump with characters taken out, put in or doubled. */
const damagedDump = fc
  .tuple(
    fc.constantFrom(...dumps),
    fc.nat(),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.oneof(piece, fc.string({ maxLength: 3 }))), { maxLength: 8 }),
  )
  .map(([lines, from, edits]) => {
    const start = from % lines.length;
    let text = `*nat\n${lines.slice(start, start + 20).join('\n')}\nCOMMIT\n`;
    for (const [at, cut, put] of edits) {
      const place = at % text.length;
      text = text.slice(0, place) + put + text.slice(place + cut);
    }
    return text;
  });

const anyText = fc.oneof(fc.string({ maxLength: 200, unit: 'binary' }), ruleText, damagedDump);

const children: (node: Rule | Match | Target | Option) => readonly Span[] = (node) => {
  if ('general' in node) {
    return [
      ...node.general,
      ...node.matches,
      ...node.unknown,
      ...(node.target === null ? [] : [node.target]),
    ];
  }
  if ('options' in node) return node.options;
  return [node.name, ...node.values, ...(node.negation === null ? [] : [node.negation])];
};

function expectWithin(outer: Span, inner: readonly Span[]): void {
  for (const { start, end } of inner) {
    expect(start).toBeGreaterThanOrEqual(outer.start);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(outer.end);
  }
}

function rulesOf(ruleset: Ruleset): readonly Rule[] {
  return ruleset.statements.filter((statement) => statement.kind === 'rule');
}

/** As much of a line as iptables-restore reads. */
function upToZero(written: string): string {
  const zero = written.indexOf('\0');
  return zero > 0 && !written.startsWith('COMMIT') ? written.slice(0, zero) : written;
}

describe('for every text', () => {
  it('printing what was parsed gives it back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printRuleset(parseRuleset(text))).toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it('the statements are its lines', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { statements, text: read } = parseRuleset(text);
        const lines = read.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
        if (lines.at(-1) === '') lines.pop();
        // A statement starts at its first character that is no blank, and ends before the first NUL.
        expect(statements.map(({ start, end }) => read.slice(start, end).replace(/^[\t ]+/, ''))).toEqual(
          lines.map((written) => upToZero(written).replace(/^[\t ]+/, '')),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('every node lies within its parent, and the options of a match within its rule', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const rule of rulesOf(parseRuleset(text))) {
          expectWithin(rule, children(rule));
          expectWithin(rule, [rule.chain]);
          for (const option of rule.general) expectWithin(option, children(option));
          for (const extension of [...rule.matches, ...(rule.target === null ? [] : [rule.target])]) {
            expectWithin(rule, extension.options);
            for (const option of extension.options) expectWithin(option, children(option));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('every rule of a chain knows its place, and every problem lies in the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ruleset = parseRuleset(text);
        expectWithin({ start: 0, end: text.length }, ruleset.problems);
        for (const table of ruleset.tables) {
          expect([4, 6, null]).toContain(table.family);
          for (const chain of table.chains.values()) {
            expect(chain.rules.map((rule) => rule.index)).toEqual(chain.rules.map((_, index) => index));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('a rule that is printed and read again says the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const rule of rulesOf(parseRuleset(text))) {
          if (rule.problems.length > 0 || rule.unknown.length > 0) continue;
          const printed = printRule(rule);
          const [again] = rulesOf(parseRuleset(`*nat\n${printed}\nCOMMIT\n`));
          expect(again && describeRule(again).replaceAll('*', ''), text.slice(rule.start, rule.end)).toBe(
            describeRule(rule).replaceAll('*', ''),
          );
          expect(again && printRule(again), text.slice(rule.start, rule.end)).toBe(printed);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('every value can be checked', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(4 as const, 6 as const), (text, family) => {
        for (const rule of rulesOf(parseRuleset(text))) {
          for (const { definition, values } of rule.matches.flatMap((match) => match.options)) {
            if (definition !== null) findValueFault(definition, values, family);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('a line of a megabyte is read like any other', () => {
  const comment = 'x'.repeat(1_000_000);
  const text = `*nat\n-A X -m comment --comment "${comment}" -j DROP\nCOMMIT\n`;
  const [rule] = rulesOf(parseRuleset(text));
  expect(rule?.matches[0]?.options[0]?.values[0]?.text).toBe(comment);
  expect(rule?.target?.name.text).toBe('DROP');
});
