import type { ConsideredRule as EngineRule } from '../../kernel/engine.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, consideredOf } from '../answer/answer.ts';
import { contextOf } from './context.ts';
import type { ConsideredRule } from './narrative.ts';

/** Which rules that did not match: of one outcome, from one index of a chain to another, both included. */
export interface ConsideredQuery {
  /** `o3`: the id of a `NarrativeOutcome`. */
  readonly outcome: string;
  readonly table: string;
  readonly chain: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** What was asked, and the answer that is told. */
interface Told {
  readonly flow: Flow;
  readonly analysis: Analysis;
  readonly decisions: readonly Decision[];
  readonly answer: Pick<Answer, 'ways'>;
}

/** The rules of a "skipped" step with the first test that each failed. `total` counts all, `items` holds the first of them. */
export function consideredRules(
  { flow, analysis, decisions, answer }: Told,
  query: ConsideredQuery,
): { readonly items: readonly ConsideredRule[]; readonly total: number } {
  const { table, chain, from, to } = query;
  const way = answer.ways[Number(query.outcome.slice(1))];
  if (way === undefined) return { items: [], total: 0 };
  const found = new Map<number, EngineRule>();
  const slice = { table, chain, from, to: to + 1 };
  for (const step of consideredOf(analysis, flow, way, slice, { decisions })) {
    if (!found.has(step.at.index)) found.set(step.at.index, step);
  }
  const context = contextOf(flow, analysis);
  const items = [...found.values()].slice(0, query.limit).map(({ at, failure }) => ({
    number: at.index + 1,
    text: context.text.slice(at.span.start, at.span.end),
    failStart: failure.start - at.span.start,
    failEnd: failure.end - at.span.start,
    reason: failure.reason,
    location: context.locate(at),
  }));
  return { items, total: found.size };
}
