/**
 * Formatting: one form for every line, aligned in columns. No word of a rule changes its place or its spelling, so that what
 * is loaded stays the same; `canonicalEdits` goes on to what iptables-save would print.
 */
import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { Rule, Statement } from '../rules/iptables/nodes.ts';
import { printRule } from '../rules/iptables/printer.ts';
import { append } from '../text/lists.ts';
import type { Span } from '../text/span.ts';
import { mapped, type Steps } from '../values/steps.ts';
import { runsOf } from './chainRuns.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** Columns wider than this are not aligned with: one long name would push all others out of sight. */
const WIDEST = 60;

/** The edits that format the lines of a range, or all; none for a listing or a paste, which are no rules as they stand. */
export function* formatEdits(document: RulesDocument, range: Range | null): Steps<TextEdit[]> {
  if (!isPlain(document)) return [];
  const lines = linesIn(document, range);
  const runs = runsOf(lines.filter(({ kind }) => kind === 'rule'));
  const edits: TextEdit[] = [];
  for (const run of runs) {
    const rules = lines.filter(
      (line): line is Rule => line.kind === 'rule' && run.start <= line.start && line.end <= run.end,
    );
    append(edits, alignedEdits(document, rules));
    yield;
  }
  const others = lines.filter(({ kind }) => kind !== 'rule');
  append(edits, (yield* mapped(others, (line) => squeezed(document, line))).flat());
  return edits.toSorted((a, b) => document.offsetAt(a.range.start) - document.offsetAt(b.range.start));
}

/** The edits that write each rule of a range, or all, as iptables-save prints it: order, names, quotes. */
export function* canonicalEdits(document: RulesDocument, range: Range | null): Steps<TextEdit[]> {
  if (!isPlain(document)) return [];
  const lines = linesIn(document, range).filter((line): line is Rule => line.kind === 'rule');
  const edits = yield* mapped(lines, (rule) => canonicalEdit(document, rule));
  return edits.flat();
}

function isPlain({ ruleset }: RulesDocument): boolean {
  return ruleset.paste === null && (ruleset.format === 'save' || ruleset.format === 'commands');
}

function linesIn(document: RulesDocument, range: Range | null): readonly Statement[] {
  const { statements } = document.ruleset;
  if (range === null) return [...statements];
  return document.statementsIn({ start: document.offsetAt(range.start), end: document.offsetAt(range.end) });
}

/** A rule with anything that was not understood stays as it is: printing it could lose words. */
function canonicalEdit(document: RulesDocument, rule: Rule): TextEdit[] {
  const text = document.ruleset.text.slice(rule.start, rule.end);
  const isAppend = /^\s*(?:\[\d+:\d+\]\s*)?(?:-A|--append)\s/.test(text);
  if (!isAppend || rule.problems.length > 0 || rule.unknown.length > 0) return [];
  const printed = printRule(rule);
  return printed === text ? [] : [{ range: document.rangeOf(rule), newText: printed }];
}

/** Rules of one stretch: counters, `-A CHAIN` and what follows begin in one column each. */
function alignedEdits(document: RulesDocument, rules: readonly Rule[]): readonly TextEdit[] {
  const heads = rules.map((rule) => headOf(document.ruleset.text, rule));
  const width = widest(heads.map(({ text }) => text.length));
  return rules.flatMap((rule, index) => {
    const head = heads[index];
    if (head === undefined) return [];
    const { text } = document.ruleset;
    const body = squeeze(text.slice(head.end, rule.end));
    const padded = head.text === '' ? body : `${head.text.padEnd(width)} ${body}`;
    const printed = padded.trimEnd();
    return printed === text.slice(rule.start, rule.end)
      ? []
      : [{ range: document.rangeOf(rule), newText: printed }];
  });
}

function widest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => (length <= WIDEST && length > most ? length : most), 0);
}

/** `[1:60] -A KUBE-SERVICES`: what stands before the conditions, with one blank between words, and where it ends. */
function headOf(text: string, rule: Rule): { readonly text: string; readonly end: number } {
  const end = rule.chain.end;
  const line = text.slice(rule.start, end);
  // `-j ACCEPT -A INPUT` has no head.
  const isHead = /^\s*(?:\[\d+:\d+\]\s*)?-\S+\s+\S+$/.test(line);
  return isHead ? { text: squeeze(line), end } : { text: '', end: rule.start };
}

/** A line that is no rule: without blanks around it, and one between its words; a comment only loses those behind it. */
function squeezed(document: RulesDocument, line: Statement): TextEdit[] {
  const text = document.ruleset.text.slice(line.start, line.end);
  const isRead = line.kind === 'table' || line.kind === 'chain' || line.kind === 'commit';
  const printed = isRead
    ? squeeze(text)
    : line.kind === 'comment' || line.kind === 'blank'
      ? text.trimEnd()
      : text;
  return printed === text ? [] : [{ range: document.rangeOf(line satisfies Span), newText: printed }];
}

/** One blank between words; what stands in quotes stays. iptables-save up to 1.8.9 prints two blanks before some values. */
function squeeze(text: string): string {
  const words = text.match(/(?:[^\s"]|"(?:\\.|[^"\\])*"?)+/g) ?? [];
  return words.join(' ');
}
