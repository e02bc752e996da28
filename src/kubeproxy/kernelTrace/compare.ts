/** A kernel's trace beside our own trace of the same packet: where they part. */
import { type RuleAt, placeText } from '../../kernel/ruleAt.ts';
import type { Outcome, Step, Trace } from '../../kernel/trace.ts';
import type { LaidStep } from './laid.ts';
import { append } from '../../text/lists.ts';

export interface Comparison {
  /** The outcome of ours that agrees the longest; null where there is none. */
  readonly outcome: number | null;
  /** Index of the first line of the trace that is not on our way; null where all that can be laid over the rules are. */
  readonly differsAt: number | null;
  /** Where our way goes in the chain of that line, else where it ends; null where nothing differs. */
  readonly instead: OwnPlace | null;
  /** Rules on our way, before the last line that is on it, of which the trace has no line. */
  readonly notLogged: readonly RuleAt[];
}

/** A rule of ours, from 0, or the policy of a chain (null). */
export interface OwnPlace {
  readonly table: string;
  readonly chain: string;
  readonly index: number | null;
}

/** One point of our way that the kernel would log. */
interface OwnPoint {
  /** `nat/KUBE-SERVICES/12`, `filter/FORWARD/policy` */
  readonly key: string;
  readonly at: RuleAt | null;
  readonly place: OwnPlace;
}

/** Lines that cannot be laid over the rules, and returns from chains, which our trace does not tell, are passed over. */
export function compareWith(steps: readonly LaidStep[], trace: Pick<Trace, 'outcomes'>): Comparison {
  const compared = trace.outcomes.map((outcome, index) => ({ index, ...compareOne(steps, outcome) }));
  let best: (typeof compared)[number] | null = null;
  for (const each of compared) if (best === null || isBetter(each, best)) best = each;
  if (best === null) return { outcome: null, differsAt: null, instead: null, notLogged: [] };
  const { index: outcome, differsAt, instead, notLogged } = best;
  return { outcome, differsAt, instead, notLogged };
}

type One = Omit<Comparison, 'outcome'>;

function isBetter(one: One, other: One): boolean {
  const [far, before] = [one.differsAt ?? Infinity, other.differsAt ?? Infinity];
  return far === before ? one.notLogged.length < other.notLogged.length : far > before;
}

function compareOne(steps: readonly LaidStep[], outcome: Outcome): One {
  const own = outcome.steps.flatMap(ownPoint);
  let at = 0;
  let isBegun = false;
  const notLogged: RuleAt[] = [];
  for (const [index, step] of steps.entries()) {
    const key = keyOf(step);
    if (key === null) continue;
    const found = own.findIndex((point, place) => place >= at && point.key === key);
    if (found === -1) return { differsAt: index, instead: insteadOf(own, at, step), notLogged };
    // What lies before the first line is the way to the rule that turned the trace on.
    if (isBegun)
      append(
        notLogged,
        own.slice(at, found).flatMap((point) => point.at ?? []),
      );
    isBegun = true;
    at = found + 1;
  }
  return { differsAt: null, instead: null, notLogged };
}

/** From `at` on. A log need not have a line of each rule, so that what comes next of ours is not what stands for it. */
function insteadOf(own: readonly OwnPoint[], at: number, { event }: LaidStep): OwnPlace | null {
  const there = ({ place }: OwnPoint): boolean => place.table === event.table && place.chain === event.chain;
  return (own.slice(at).find(there) ?? own.at(-1))?.place ?? null;
}

/** Whether a line says something of the way that ours can be held against. */
export function isCompared(step: LaidStep): boolean {
  return keyOf(step) !== null;
}

/** Null for a line that is not compared. */
function keyOf({ event, index, end, why }: LaidStep): string | null {
  const { table, chain } = event;
  if (index !== null) return placeText({ table, chain, index });
  return end === 'policy' && why === null ? `${table}/${chain}/policy` : null;
}

function ownPoint(step: Step): readonly OwnPoint[] {
  if (step.kind === 'rule') return [{ key: placeText(step.at), at: step.at, place: step.at }];
  if (step.kind !== 'policy') return [];
  const { table, chain } = step;
  return [{ key: `${table}/${chain}/policy`, at: null, place: { table, chain, index: null } }];
}
