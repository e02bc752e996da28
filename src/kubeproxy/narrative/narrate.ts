import { formatEndpoint } from '../../netfilter/endpoint.ts';
import type { Flow } from '../../netfilter/flow.ts';
import type { Decision, Outcome, Trace } from '../../netfilter/trace.ts';
import { conditionOf, type ConditionContext, decidersOf, remedyOf } from './conditions.ts';
import { contextOf, type Context, type Subject } from './context.ts';
import { fatesOf, servicePortOf, type Fate } from './fates.ts';
import type {
  Narrative,
  NarrativeAssumption,
  NarrativeChange,
  NarrativeGroup,
  NarrativeOutcome,
} from './narrative.ts';
import { noticeOf } from './noticed.ts';
import { pathOf } from './path.ts';
import { passageDetails, replySentence } from './replies.ts';
import { stagesOf } from './stages.ts';
import {
  capitalized,
  either,
  markNames,
  markWords,
  nameOf,
  placeOf,
  placeWords,
  shareWords,
} from './words.ts';

/**
 * Tells a trace of `flow` to a person. `decisions` are those that the caller made about what is not known. The outcome
 * `o3` is `trace.outcomes[3]`, and its step `s5` that outcome's `steps[5]`.
 */
export function narrate(
  trace: Trace,
  flow: Flow,
  analysis: Subject,
  decisions: readonly Decision[],
): Narrative {
  const context = contextOf(flow, analysis);
  const conditions = groupByAssumptions(trace.outcomes);
  const fates = conditions.map((outcomes) => fatesOf(outcomes, context));
  const verdicts = new Set(trace.outcomes.map((outcome) => outcome.verdict));
  const [verdict = 'unknown'] = verdicts;
  const remedies = [remedyOf(trace.assumptions, analysis.node, flow.family)].filter((each) => each !== '');
  return {
    verdict: verdicts.size > 1 ? 'mixed' : verdict,
    headline: headlineOf(conditions, fates, trace, context),
    details: conditions.length === 1 ? passageDetails(trace.outcomes, context).slice(0, 3) : remedies,
    assumptions: trace.assumptions.map((each) => assumptionOf(each, decisions, context)),
    groups: conditions.map((outcomes) => groupOf(outcomes, trace, context)),
  };
}

/** Outcomes by the decisions they stand behind, in the order in which the trace has them. */
function groupByAssumptions(outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = outcome.assuming
      .map((each) => JSON.stringify([each.key, each.value]))
      .toSorted(byText)
      .join();
    const group = groups.get(key);
    if (group) group.push(outcome);
    else groups.set(key, [outcome]);
  }
  return [...groups.values()];
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function assumptionOf(
  { key, code, message, branched, claim }: Trace['assumptions'][number],
  decisions: readonly Decision[],
  context: Context,
): NarrativeAssumption {
  const decided = decisions.find((each) => each.key === key)?.value ?? null;
  return {
    key,
    code,
    message: named(message, context),
    claim: claim === null ? null : named(claim, context),
    branched,
    decided,
  };
}

/** Puts the endpoint before the hash of its chain, which is also the name of its list of recent clients. */
function named(text: string, { catalog, family }: Context): string {
  return text.replace(/KUBE-SEP-[A-Z2-7]{16}/g, (chain) => {
    const endpoint = catalog.ofChain(chain, family)?.endpoint;
    return endpoint ? `${formatEndpoint(endpoint)} (${chain})` : chain;
  });
}

function headlineOf(
  conditions: readonly (readonly Outcome[])[],
  fates: readonly (readonly Fate[])[],
  trace: Trace,
  context: Context,
): string {
  const [only = []] = fates;
  if (conditions.length <= 1) return sentenceOf(only);
  const clauses = new Set(fates.map((each) => sentenceOf(each)));
  const [same] = clauses;
  if (clauses.size === 1 && same !== undefined) return same;
  if (conditions.length > 2) {
    const ends = new Set(fates.flatMap((each) => each.map(({ clause }) => clause)));
    const deciders = decidersOf(trace, wordsOf(trace, context));
    const what = deciders === '' ? 'what is not known' : deciders;
    return `It depends on ${what}: ${ends.size <= 3 ? either([...ends]) : `${ends.size} different ends are possible`}.`;
  }
  const parts = conditions.map((outcomes, index) => {
    const condition = conditionOf(outcomes[0], wordsOf(trace, context));
    const clause = clauseOf(fates[index] ?? []);
    return `${clause}${clause.includes(', ') ? ',' : ''} ${condition}`;
  });
  return `It depends: ${parts.join('; ')}.`;
}

/** `Dropped by rule 12 of DOCKER-USER: the client hangs until it times out.` */
function sentenceOf(fates: readonly Fate[]): string {
  const [only] = fates;
  if (!only) return 'Nothing is known of this packet.';
  if (fates.length > 1) return `${capitalized(clauseOf(fates))}.`;
  if (only.notice === '') return `${capitalized(only.clause)}.`;
  return `${capitalized(only.clause)}${only.clause.includes(': ') ? '; ' : ': '}${only.notice}.`;
}

/** `forwarded to … (66.7 %) or dropped by … (33.3 %)`; of many the likeliest three. */
function clauseOf(fates: readonly Fate[]): string {
  const [only] = fates;
  if (fates.length === 1 && only) return only.clause;
  const shown = fates.slice(0, 3).map(({ clause, share }) => `${clause} (${shareWords(share)})`);
  return either(fates.length > 3 ? [...shown, `${fates.length - 3} other ways`] : shown);
}

function wordsOf({ assumptions }: Trace, context: Context): ConditionContext {
  return { assumptions, named: (text) => named(text, context) };
}

function groupOf(outcomes: readonly Outcome[], trace: Trace, context: Context): NarrativeGroup {
  const own = conditionOf(outcomes[0], wordsOf(trace, context));
  const isRest = own === '' && trace.outcomes.length > outcomes.length;
  const condition = isRest ? 'In the cases that were not followed' : capitalized(own);
  const told = outcomes.map((outcome) => outcomeOf(outcome, trace, context));
  return { condition, outcomes: told.toSorted((a, b) => b.share - a.share) };
}

function outcomeOf(outcome: Outcome, trace: Trace, context: Context): NarrativeOutcome {
  const { verdict, source, destination, conntrack } = outcome;
  const notices = [capitalized(noticeOf(outcome, context.flow)), replySentence(outcome, context)];
  return {
    id: `o${trace.outcomes.indexOf(outcome)}`,
    verdict,
    share: outcome.shareGivenAssumptions,
    title: titleOf(outcome),
    subtitle: subtitleOf(outcome, context),
    sourceChange: changeOf('source', conntrack?.originalSource ?? null, source),
    destinationChange: changeOf('destination', conntrack?.originalDestination ?? null, destination),
    marks: marksOf(outcome, context),
    notices: notices.filter((notice) => notice !== ''),
    stages: stagesOf(outcome),
    path: pathOf(outcome, trace.assumptions, context),
  };
}

function titleOf({ verdict, destination, by }: Outcome): string {
  if (destination && (verdict === 'forward' || verdict === 'local')) return formatEndpoint(destination);
  const words = {
    forward: 'forwarded',
    local: 'delivered to this node',
    drop: 'dropped',
    reject: 'rejected',
    unknown: 'not known',
  } as const;
  const place = by === null ? null : placeOf(by);
  return place ? `${words[verdict]} by ${placeWords(place)}` : words[verdict];
}

function subtitleOf(outcome: Outcome, context: Context): string {
  const { destination, verdict, reason, by } = outcome;
  if (verdict === 'forward' || verdict === 'local') {
    const name = destination ? nameOf(destination.address, context.catalog) : '';
    return name === '' ? (servicePortOf(outcome, context)?.name ?? '') : name;
  }
  if (reason !== null) return reason;
  return by?.endsWith('/policy') === true ? `policy of ${by.split('/').slice(0, 2).join(' ')}` : '';
}

function changeOf(
  field: 'source' | 'destination',
  was: { readonly address: string; readonly port: number | '*' | null } | null,
  is: { readonly address: string; readonly port: number | '*' | null } | null,
): NarrativeChange | null {
  if (!was || !is || (was.address === is.address && was.port === is.port)) return null;
  return { field, was: formatEndpoint(was), is: formatEndpoint(is) };
}

/** Marks that the packet carried on its way or at its end, by name. */
function marksOf({ mark, steps }: Outcome, { catalog, dropMark }: Context): readonly string[] {
  const carried = steps.flatMap((step) =>
    step.kind === 'rule' && step.effect.kind === 'mark' ? markNames(step.effect.is, catalog, dropMark) : [],
  );
  const last = mark === null || mark === 0 ? [] : [markWords(mark, catalog, dropMark)];
  return [
    ...new Set([...carried.map((name) => (last.some((each) => each.includes(name)) ? '' : name)), ...last]),
  ].filter((name) => name !== '');
}
