import type { Position, Range, SelectionRange } from 'vscode-languageserver-types';
import type { Option, Rule } from '../rules/iptables/nodes.ts';
import { type Span, touches } from '../text/span.ts';
import { runAround } from './chainRuns.ts';
import type { RulesDocument } from './rulesDocument.ts';

/**
 * What *Expand Selection* takes at `offset`, from within: a part of a list, the word, the option, its match or target, the
 * rule, the rules of the chain, the table, the document.
 */
export function selectionRangeAt(document: RulesDocument, offset: number): SelectionRange {
  const whole: Span = { start: 0, end: document.ruleset.text.length };
  const statement = document.statementAt(offset);
  const table = document.tableAt(offset);
  const spans: Span[] = [
    ...(statement === null ? [] : [...innerSpans(document.ruleset.text, statement, offset), statement]),
    ...(table === null || statement?.kind !== 'rule' ? [] : runAround(table, statement)),
    ...(table === null ? [] : [table.span]),
    whole,
  ];
  return nestedRanges(document, offset, spans);
}

/** Each holds `offset` and is wider than the one before; others are left out. */
export function nestedRanges(
  document: RulesDocument,
  offset: number,
  spans: readonly Span[],
): SelectionRange {
  const kept: Span[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    const holds =
      touches(span, offset) && (last === undefined || (span.start <= last.start && span.end >= last.end));
    if (holds && span.end > span.start && (last === undefined || length(span) > length(last)))
      kept.push(span);
  }
  let found: SelectionRange | undefined;
  for (const span of kept.reverse()) {
    const range = document.rangeOf(span);
    // In a listing the words of a rule stand elsewhere than its nodes follow each other.
    if (found === undefined || isWithin(range, found.range))
      found = { range, ...(found && { parent: found }) };
  }
  return found ?? { range: document.rangeOf({ start: offset, end: offset }) };
}

function isWithin(inner: Range, outer: Range): boolean {
  return !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end);
}

function isBefore(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

function length({ start, end }: Span): number {
  return end - start;
}

function innerSpans(text: string, statement: Rule | Span, offset: number): readonly Span[] {
  const word = wordAround(text, statement, offset);
  const part = word === null ? null : partAround(text, word, offset);
  const nodes = 'general' in statement ? nodesAround(statement, offset) : [];
  return [...(part === null ? [] : [part]), ...(word === null ? [] : [word]), ...nodes];
}

/** The option at `offset`, then the match or target that it belongs to. */
function nodesAround(rule: Rule, offset: number): readonly Span[] {
  const at = (option: Option): boolean => touches(option, offset);
  const general = [...rule.general, ...rule.unknown].find(at);
  if (general !== undefined) return [general];
  for (const extension of rule.target === null ? rule.matches : [...rule.matches, rule.target]) {
    const option = extension.options.find(at);
    if (option !== undefined) return [option, extension];
    if (touches(extension, offset)) return [extension];
  }
  return [];
}

/** `RELATED,EST<|>ABLISHED` → `ESTABLISHED` */
function partAround(text: string, word: Span, offset: number): Span | null {
  if (text.charAt(word.start) === '"') return { start: word.start + 1, end: word.end - 1 };
  const from = text.lastIndexOf(',', offset - 1) + 1;
  const next = text.indexOf(',', offset);
  const part = { start: Math.max(from, word.start), end: next < 0 ? word.end : Math.min(next, word.end) };
  return part.start === word.start && part.end === word.end ? null : part;
}

/** The word of a line at `offset`, with its quotes. */
function wordAround(text: string, line: Span, offset: number): Span | null {
  for (const { index, 0: word } of text
    .slice(line.start, line.end)
    .matchAll(/[^\s"]*"(?:\\.|[^"\\])*"?|[^\s"]+/g)) {
    const span = { start: line.start + index, end: line.start + index + word.length };
    if (touches(span, offset)) return span;
  }
  return null;
}
