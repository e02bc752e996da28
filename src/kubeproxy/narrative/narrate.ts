import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision, Outcome, Trace, Verdict } from '../../kernel/trace.ts';
import type { Answer } from '../answer/answer.ts';
import type { DecidableAssumption } from '../answer/assumptionOptions.ts';
import { conditionOf, decidersOf, remedyOf } from './conditions.ts';
import { contextOf, type Context, type Subject } from './context.ts';
import { type Fate, fatesOf } from './fates.ts';
import { servicePortOf } from './servicePort.ts';
import { groupByAssumptions, headlineOf, isOne, named, verdictOf, wordsOf } from './headline.ts';
import type {
  Narrative,
  NarrativeAssumption,
  NarrativeChange,
  NarrativeGroup,
  NarrativeOutcome,
  NarrativeStep,
  NarrativeVerdict,
} from './narrative.ts';
import { keptTelling } from './keptTelling.ts';
import { lossesOf } from './losses.ts';
import { noticeOf } from './noticed.ts';
import { namedLines, namedPods } from './namedLines.ts';
import { nowhere, onwardDetail, onwardNotice, type OnwardOf, partsOf, passes } from './onward.ts';
import { NOT_ANSWERED, pathOf } from './path.ts';
import { passageDetails, replySentence } from './replies.ts';
import { stagesOf } from './stages.ts';
import {
  capitalized,
  markNames,
  markWords,
  nameOf,
  placeOf,
  placeWords,
  policyOf,
  shareWords,
} from './words.ts';

/**
 * Tells the answer for `flow` to a person. `decisions` are those that the caller made about what is not known, `onward` is
 * what follows on other nodes. The outcome `o3` is `answer.outcomes[3]`, and its step `s5` that outcome's `steps[5]`.
 */
export function narrate(
  answer: Answer,
  flow: Flow,
  analysis: Subject,
  decisions: readonly Decision[],
  onward: OnwardOf = nowhere,
): Narrative {
  const context = contextOf(flow, analysis, onward, answer);
  const { alone } = answer;
  const conditions = groupByAssumptions(answer.outcomes);
  const fates = conditions.map((outcomes) => fatesOf(outcomes, context));
  const verdict = verdictOf(fates);
  return {
    ...(keptTelling(flow) ?? {
      verdict,
      headline: headlineOf(conditions, fates, answer, context),
      details: [
        ...(alone === null ? [] : [followedAlone(alone, context)]),
        ...(alone !== null && verdict === 'unknown' ? [] : detailsOf(answer, fates, context)),
      ],
    }),
    assumptions: answer.assumptions.map((each) => assumptionOf(each, decisions, context)),
    groups: conditions.map((outcomes) => groupOf(outcomes, answer, context)),
    named: namedLines(answer.outcomes, context),
    pods: namedPods(answer.outcomes, context),
  };
}

/** Nothing is cut for length: who is seen, how replies come back and whom a client stays with all change what it gets. */
function detailsOf(trace: Trace, fates: readonly (readonly Fate[])[], context: Context): readonly string[] {
  const beyond = onwardDetail(trace.outcomes.flatMap((outcome) => context.onward(outcome) ?? []));
  const { node } = context.analysis;
  const here = isOne(fates)
    ? passageUnder(groupByAssumptions(trace.outcomes), trace, context)
    : [...mustComeBack(trace, context), remedyOf(trace.assumptions, node, context.family)];
  return [...here, beyond].filter((sentence) => sentence !== '');
}

/** Under some condition the answers are not known to come back: what they need is said, whatever else it depends on. */
function mustComeBack(trace: Trace, context: Context): readonly string[] {
  const said = trace.outcomes.filter(passes).map((outcome) => replySentence(outcome, context));
  return [...new Set(said.filter((sentence) => sentence.startsWith('Replies have to come back')))];
}

/** What holds under every condition; where more would be to say under some, on what it depends. */
function passageUnder(
  conditions: readonly (readonly Outcome[])[],
  trace: Trace,
  context: Context,
): readonly string[] {
  const said = conditions.map((outcomes) => passageDetails(outcomes, context));
  const [first = []] = said;
  const common = first.filter((sentence) => said.every((each) => each.includes(sentence)));
  if (said.every((each) => each.length === common.length)) return common;
  const deciders = decidersOf(trace, wordsOf(trace, context));
  const open = `Whom the receiver sees, and how replies come back, depends on ${deciders}.`;
  return [...common, open, remedyOf(trace.assumptions, context.analysis.node, context.family)];
}

/** What the rules that were followed would do, had the packet met no others. */
function followedAlone(followed: Trace, context: Context): string {
  const conditions = groupByAssumptions(followed.outcomes);
  const fates = conditions.map((outcomes) => fatesOf(outcomes, context));
  return `The iptables rules alone say: ${headlineOf(conditions, fates, followed, context)}`;
}

function assumptionOf(
  { key, code, message, branched, claim, options }: DecidableAssumption,
  decisions: readonly Decision[],
  context: Context,
): NarrativeAssumption {
  const isTaken = (wanted: Decision): boolean =>
    decisions.some((each) => each.key === wanted.key && each.value === wanted.value);
  const taken = options.find((each) => each.decisions.length > 0 && each.decisions.every(isTaken));
  return {
    key,
    code,
    message: named(message, context),
    claim: claim === null ? null : named(claim, context),
    branched,
    options,
    decided: taken?.word ?? null,
  };
}

function groupOf(outcomes: readonly Outcome[], trace: Trace, context: Context): NarrativeGroup {
  const own = conditionOf(outcomes[0], wordsOf(trace, context));
  const isRest = own === '' && trace.outcomes.length > outcomes.length;
  const condition = isRest ? 'In the cases that were not followed' : capitalized(own);
  const told = outcomes.map((outcome) => outcomeOf(outcome, trace, context));
  return { condition, outcomes: told.toSorted((a, b) => b.share - a.share) };
}

function outcomeOf(outcome: Outcome, trace: Trace, context: Context): NarrativeOutcome {
  const { source, destination, conntrack } = outcome;
  let path: readonly NarrativeStep[] | null = null;
  const onward = context.onward(outcome);
  const mark = verdictOf([fatesOf([outcome], context)]);
  const returns = partsOf(outcome, context.onward).some(passes);
  const notices = [
    capitalized(noticeOf(outcome, context)),
    onwardNotice(onward),
    ...(returns ? lossesOf(outcome, context).map(({ text }) => `${capitalized(text)}.`) : []),
    returns ? replySentence(outcome, context) : '',
  ];
  return {
    id: `o${trace.outcomes.indexOf(outcome)}`,
    verdict: endVerdict(outcome, context),
    mark,
    share: outcome.shareGivenAssumptions,
    title: titleOf(outcome),
    subtitle: [subtitleOf(outcome, context), stoppedThere(outcome, context), unansweredWord(mark)]
      .filter((part) => part !== '')
      .join(' · '),
    sourceChange: changeOf('source', conntrack?.originalSource ?? null, source),
    destinationChange: changeOf('destination', conntrack?.originalDestination ?? null, destination),
    marks: marksOf(outcome, context),
    notices: notices.filter((notice) => notice !== ''),
    stages: stagesOf(outcome),
    get path() {
      return (path ??= pathOf(outcome, mark, trace.assumptions, context));
    },
  };
}

function unansweredWord(mark: NarrativeVerdict): string {
  return mark === 'unanswered' ? NOT_ANSWERED : '';
}

/** Where the next node stops all of it, that is its end. */
function endVerdict(outcome: Outcome, { onward }: Context): Verdict {
  const verdicts = new Set(partsOf(outcome, onward).map(({ verdict }) => verdict));
  const [only] = verdicts;
  if (verdicts.size !== 1 || only === undefined) return outcome.verdict;
  return only === 'mixed' ? 'unknown' : only;
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
  const policy = by === null ? null : policyOf(by);
  return policy === null ? '' : `policy of ${policy.table} ${policy.chain}`;
}

/** `dropped there`, `25.0 % stopped there`; empty where the next node stops nothing, or there is none. */
function stoppedThere(outcome: Outcome, { onward }: Context): string {
  if (!passes(outcome)) return '';
  const parts = partsOf(outcome, onward);
  const stopped = parts.filter((part) => !passes(part));
  const verdicts = new Set(stopped.map(({ verdict }) => verdict));
  const [only] = verdicts;
  if (only === undefined) return '';
  const share = stopped.reduce((sum, part) => sum + part.share, 0) / outcome.shareGivenAssumptions;
  if (verdicts.has('mixed') || verdicts.has('unknown')) return 'not known there';
  const word = verdicts.size > 1 ? 'stopped' : only === 'drop' ? 'dropped' : 'rejected';
  return stopped.length < parts.length ? `${shareWords(share)} ${word} there` : `${word} there`;
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
function marksOf({ mark, steps }: Outcome, { iptables, dropMark }: Context): readonly string[] {
  const carried = steps.flatMap((step) =>
    step.kind === 'rule' && step.effect.kind === 'mark' ? markNames(step.effect.is, iptables, dropMark) : [],
  );
  const last = mark === null || mark === 0 ? [] : [markWords(mark, iptables, dropMark)];
  return [
    ...new Set([...carried.map((name) => (last.some((each) => each.includes(name)) ? '' : name)), ...last]),
  ].filter((name) => name !== '');
}
