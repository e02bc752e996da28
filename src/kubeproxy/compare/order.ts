/** Whether it matters that rules changed places. */
import { areApart } from '../../rules/iptables/apart.ts';
import { isStateful } from '../../rules/iptables/meaning.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { RulePair } from './chainRules.ts';

/** More pairs are not looked at: then every move counts. */
const MOST_PAIRS = 2_000_000;

/**
 * The moves that may change what becomes of a packet: those past a rule that the same packet may match, with another end.
 * `stayed`: rules that both states have where they were, each as it stands before and after.
 */
export function movesThatMatter(
  moved: readonly RulePair[],
  stayed: readonly RulePair[],
): readonly RulePair[] {
  if (moved.length * (stayed.length + moved.length) > MOST_PAIRS) return moved;
  const all = [...stayed, ...moved];
  return moved.filter((move) =>
    all.some((other) => hasPassed(move, other) && !commute(move.after, other.after)),
  );
}

function hasPassed(a: RulePair, b: RulePair): boolean {
  return a.before.index < b.before.index !== a.after.index < b.after.index;
}

/** Whether two rules do the same to every packet in either order. */
function commute(a: Rule, b: Rule): boolean {
  return areApart(a, b) || (endsAlike(a, b) && !isStateful(a) && !isStateful(b));
}

const verdicts: ReadonlySet<string> = new Set(['ACCEPT', 'DROP']);

/** Of two rules with the same verdict the first that matches gives it. */
function endsAlike(a: Rule, b: Rule): boolean {
  if (a.target === null || b.target === null) return false;
  const [one, other] = [canonicalName(a.target), canonicalName(b.target)];
  return one === other && verdicts.has(one);
}
