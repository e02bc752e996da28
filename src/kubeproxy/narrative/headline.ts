/** The one sentence that is said of a trace, and what it is made of: outcomes under one condition, their fates. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Outcome, Trace } from '../../kernel/trace.ts';
import { conditionOf, type ConditionContext, decidersOf } from './conditions.ts';
import type { Context } from './context.ts';
import type { Fate } from './fates.ts';
import type { NarrativeVerdict } from './narrative.ts';
import { passes } from './onward.ts';
import { capitalized, either, shareWords } from './words.ts';

/** Outcomes by the decisions they stand behind, in the order in which the trace has them. */
export function groupByAssumptions(outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] {
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

/** Puts the endpoint before the hash of its chain, which is also the name of its list of recent clients. */
export function named(text: string, { iptables, family }: Context): string {
  return text.replace(/KUBE-SEP-[A-Z2-7]{16}/g, (chain) => {
    const endpoint = iptables.ofChain(chain, family)?.endpoint;
    return endpoint ? `${formatEndpoint(endpoint)} (${chain})` : chain;
  });
}

/** `fates[i]` are those of `conditions[i]`. */
export function headlineOf(
  conditions: readonly (readonly Outcome[])[],
  fates: readonly (readonly Fate[])[],
  trace: Trace,
  context: Context,
): string {
  const [only = []] = fates;
  if (isOne(fates)) return sentenceOf(only);
  const isStopped = ['drop', 'reject'].includes(verdictOf(fates));
  if (conditions.length > 2) {
    const ends = new Set(fates.flatMap((each) => each.map(({ clause }) => clause)));
    const deciders = decidersOf(trace, wordsOf(trace, context));
    const what = deciders === '' ? 'what is not known' : deciders;
    return `${isStopped ? 'Stopped in every case; how depends' : 'It depends'} on ${what}: ${ends.size <= 3 ? either([...ends]) : either(verdictsOf(fates))}.`;
  }
  const told = conditions.map((outcomes) => conditionOf(outcomes[0], wordsOf(trace, context)));
  const parts = told.map((condition, index) => {
    const clause = clauseOf(fates[index] ?? []);
    if (index === 1 && isOpposite(told[0] ?? '', condition)) return `else ${clause}`;
    return `${clause}${/[,:] /.test(clause) ? ',' : ''} ${condition}`;
  });
  return `${isStopped ? 'Stopped either way' : 'It depends'}: ${parts.join('; ')}.`;
}

/** `if X` and `unless X` */
function isOpposite(one: string, other: string): boolean {
  const [, what] = /^if (.*)$/s.exec(one) ?? [];
  return what !== undefined && other === `unless ${what}`;
}

/** Whether it becomes of the packet the same under all conditions: the headline then does not depend on them. */
export function isOne(fates: readonly (readonly Fate[])[]): boolean {
  return new Set(fates.map((each) => sentenceOf(each))).size <= 1;
}

/** The verdict for who sent the packet; where it was delivered makes none. */
export function verdictOf(fates: readonly (readonly Fate[])[]): NarrativeVerdict {
  const all = fates.flat();
  if (!all.every(passes)) {
    const verdicts = new Set(all.map(({ verdict }) => verdict));
    const [only = 'unknown'] = verdicts;
    const none = all.every(({ verdict }) => verdict === 'drop' || verdict === 'reject');
    return verdicts.size === 1 ? only : none ? 'drop' : 'mixed';
  }
  if (all.length > 0 && all.every(({ lost }) => lost > 1 - 1e-9)) return 'unanswered';
  if (all.some(({ lost, doubtful }) => lost + doubtful > 0) || !isOne(fates)) return 'mixed';
  return all.every(({ verdict }) => verdict === 'local') ? 'local' : 'forward';
}

const verdictWords = {
  forward: 'forwarded',
  local: 'delivered to this node',
  drop: 'dropped',
  reject: 'rejected',
  mixed: 'stopped behind this node',
  unknown: 'not known',
} as const;

/** Of many ends, which kinds there are. */
function verdictsOf(fates: readonly (readonly Fate[])[]): readonly string[] {
  return [...new Set(fates.flatMap((each) => each.map(({ verdict }) => verdictWords[verdict])))];
}

/** `Dropped by rule 12 of DOCKER-USER: the client hangs until it times out.` */
function sentenceOf(fates: readonly Fate[]): string {
  const [only] = fates;
  if (!only) return 'Nothing is known of this packet.';
  if (fates.length > 1) return `${capitalized(clauseOf(fates))}.`;
  if (only.notice === '') return `${capitalized(only.clause)}.`;
  return `${capitalized(only.clause)}${/: |, but (?!on )/.test(only.clause) ? '; ' : ': '}${only.notice}.`;
}

/** `forwarded to … (66.7 %) or dropped by … (33.3 %)`; of many the likeliest three. */
function clauseOf(fates: readonly Fate[]): string {
  const [only] = fates;
  if (fates.length === 1 && only) return only.clause;
  const shown = fates.slice(0, 3).map(({ clause, share }) => `${clause} (${shareWords(share)})`);
  return either(fates.length > 3 ? [...shown, `${fates.length - 3} other ways`] : shown);
}

export function wordsOf({ assumptions }: Trace, context: Context): ConditionContext {
  return { assumptions, named: (text) => named(text, context) };
}
