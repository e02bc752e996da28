/** Stretches of lines that follow each other: rules of one chain, as iptables-save prints them. */
import type { Rule, Table } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';

/** A line ending is one or two characters; more between two statements means that something stands between them. */
const LONGEST_LINE_ENDING = 2;

/** The stretches of `lines` in which each follows right after the one before. */
export function runsOf(lines: readonly Span[]): readonly Span[] {
  const runs: Span[] = [];
  let start: Span | undefined;
  let last: Span | undefined;
  for (const line of lines) {
    if (last !== undefined && start !== undefined && line.start - last.end > LONGEST_LINE_ENDING) {
      runs.push({ start: start.start, end: last.end });
      start = line;
    }
    start ??= line;
    last = line;
  }
  if (start !== undefined && last !== undefined) runs.push({ start: start.start, end: last.end });
  return runs;
}

/** The run of the rule's chain that the rule stands in; none for a chain that nobody knows. */
export function runAround(table: Table, rule: Rule): readonly Span[] {
  const rules = table.chains.get(rule.chain.text)?.rules ?? [];
  return runsOf(rules).filter((run) => run.start <= rule.start && rule.end <= run.end);
}
