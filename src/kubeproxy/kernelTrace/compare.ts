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
  /** Rules on our way, before the last line that is on it, of which the trace has no line. */
  readonly notLogged: readonly RuleAt[];
}

/** One point of our way that the kernel would log. */
interface OwnPoint {
  /** `nat/KUBE-SERVICES/12`, `filter/FORWARD/policy` */
  readonly key: string;
  readonly at: RuleAt | null;
}

/** Lines that cannot be laid over the rules, and returns from chains, which our trace does not tell, are passed over. */
export function compareWith(steps: readonly LaidStep[], trace: Pick<Trace, 'outcomes'>): Comparison {
  const compared = trace.outcomes.map((outcome, index) => ({ index, ...compareOne(steps, outcome) }));
  let best: (typeof compared)[number] | null = null;
  for (const each of compared) if (best === null || isBetter(each, best)) best = each;
  if (best === null) return { outcome: null, differsAt: null, notLogged: [] };
  return { outcome: best.index, differsAt: best.differsAt, notLogged: best.notLogged };
}

type One = Pick<Comparison, 'differsAt' | 'notLogged'>;

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
    if (found === -1) return { differsAt: index, notLogged };
    // What lies before the first line is the way to the rule that turned the trace on.
    if (isBegun)
      append(
        notLogged,
        own.slice(at, found).flatMap((point) => point.at ?? []),
      );
    isBegun = true;
    at = found + 1;
  }
  return { differsAt: null, notLogged };
}

/** Null for a line that is not compared. */
function keyOf({ event, index, end, why }: LaidStep): string | null {
  const { table, chain } = event;
  if (index !== null) return placeText({ table, chain, index });
  return end === 'policy' && why === null ? `${table}/${chain}/policy` : null;
}

function ownPoint(step: Step): readonly OwnPoint[] {
  if (step.kind === 'rule') return [{ key: placeText(step.at), at: step.at }];
  return step.kind === 'policy' ? [{ key: `${step.table}/${step.chain}/policy`, at: null }] : [];
}
