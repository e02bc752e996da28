import type { ConsideredRule as EngineRule } from '../../kernel/engine.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision } from '../../kernel/trace.ts';
import { groupBy } from '../../text/groupBy.ts';
import type { SourceSpan } from '../sources.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, consideredOf } from '../answer/answer.ts';
import { contextOf } from './context.ts';
import { type FailureKind, failureKind } from './failureKind.ts';
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
  /** Only those that failed such a test; left out: all. */
  readonly kind?: FailureKind;
  /** Only those whose text has each of these words, in any case; left out: all. */
  readonly words?: string;
}

/** The first of the rules that were asked for, how many those are, and of which kinds all of the stretch are. */
export interface ConsideredPage {
  readonly items: readonly ConsideredRule[];
  readonly total: number;
  /** Those with more rules first. */
  readonly kinds: readonly { readonly kind: FailureKind; readonly count: number }[];
}

export const noConsidered: ConsideredPage = { items: [], total: 0, kinds: [] };

/** What was asked, and the answer that is told. */
interface Told {
  readonly flow: Flow;
  readonly analysis: Analysis;
  readonly decisions: readonly Decision[];
  readonly answer: Pick<Answer, 'ways'>;
}

/** The rules of a "skipped" step with the first test that each failed. */
export function consideredRules(
  { flow, analysis, decisions, answer }: Told,
  query: ConsideredQuery,
): ConsideredPage {
  const { table, chain, from, to } = query;
  const way = answer.ways[Number(query.outcome.slice(1))];
  if (way === undefined) return noConsidered;
  const found = new Map<number, EngineRule>();
  const slice = { table, chain, from, to: to + 1 };
  for (const step of consideredOf(analysis, flow, way, slice, { decisions })) {
    if (!found.has(step.at.index)) found.set(step.at.index, step);
  }
  const context = contextOf(flow, analysis);
  const searched = wordsIn(query.words ?? '');
  const wordsAt = ({ source, span }: SourceSpan): string =>
    analysis.sources.textOf(source).slice(span.start, span.end);
  const textOf = ({ at }: EngineRule): string => wordsAt(at);
  const rules = [...found.values()].filter((rule) => {
    const text = searched.length === 0 ? '' : textOf(rule).toLowerCase();
    return searched.every((word) => text.includes(word));
  });
  const byKind = groupBy(rules, ({ at, failure }) =>
    failureKind(wordsAt({ source: at.source, span: failure })),
  );
  const asked = query.kind === undefined ? rules : (byKind.get(query.kind) ?? []);
  const items = asked.slice(0, query.limit).map((rule) => {
    const { at, failure } = rule;
    return {
      number: at.index + 1,
      text: textOf(rule),
      failStart: failure.start - at.span.start,
      failEnd: failure.end - at.span.start,
      reason: failure.reason,
      location: context.locate(at),
    };
  });
  const kinds = Array.from(byKind, ([kind, alike]) => ({ kind, count: alike.length }));
  return { items, total: asked.length, kinds: kinds.toSorted((a, b) => b.count - a.count) };
}

function wordsIn(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
}
