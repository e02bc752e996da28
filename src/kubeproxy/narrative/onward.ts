/** What becomes of a packet behind this node, on the node that its endpoint lives on, as a telling takes it in. */
import type { Outcome, Verdict } from '../../kernel/trace.ts';
import { capitalized, either, plural, shareWords } from './words.ts';

/** One way in which a packet may end on the next node. */
export interface OnwardEnd {
  readonly verdict: Verdict | 'mixed';
  /** Of what reaches that node. */
  readonly share: number;
  /** `dropped by rule 3 of FORWARD`; empty where it passes as it came, to where it was sent. */
  readonly clause: string;
  readonly notice: string;
  /** Of what passes there: those packets that surely get no answer, and those that may get none. */
  readonly lost: number;
  readonly doubtful: number;
}

/** An outcome's packet on the next node. */
export interface Onward {
  readonly node: string;
  /** Null where it cannot be followed there: `message` says why. */
  readonly ends: readonly OnwardEnd[] | null;
  readonly message: string;
  /** Whether the receiver sees another source than the one that left this node. */
  readonly sourceChanged: boolean;
}

/** Null for an outcome whose packet goes to no other node, as far as anything tells. */
export type OnwardOf = (outcome: Outcome) => Onward | null;

export const nowhere: OnwardOf = () => null;

/** A part of an outcome's packets: those that pass, or those that end in one way on the next node. */
export interface Part {
  readonly outcome: Outcome;
  readonly share: number;
  readonly verdict: Verdict | 'mixed';
  /** Null where nothing is to be said of the next node. */
  readonly end: (OnwardEnd & { readonly node: string }) | null;
}

/** The parts of an outcome; those of the next node that pass as they came are one. */
export function partsOf(outcome: Outcome, onwardOf: OnwardOf): readonly Part[] {
  const { shareGivenAssumptions: share, verdict } = outcome;
  const onward = onwardOf(outcome);
  if (onward === null || onward.ends === null) return [{ outcome, share, verdict, end: null }];
  const { node, ends } = onward;
  const plain = ends.filter(({ clause }) => clause === '').reduce((sum, end) => sum + end.share, 0);
  const others = ends
    .filter(({ clause }) => clause !== '')
    .map((end): Part => ({ outcome, share: share * end.share, verdict: end.verdict, end: { ...end, node } }));
  return plain > 0 ? [{ outcome, share: share * plain, verdict, end: null }, ...others] : others;
}

export function passes({ verdict }: { readonly verdict: Verdict | 'mixed' }): boolean {
  return verdict === 'forward' || verdict === 'local';
}

/** What follows on the next node, as a sentence; empty where none follows. */
export function onwardNotice(onward: Onward | null): string {
  if (onward === null) return '';
  const { node, ends, message } = onward;
  if (ends === null) return message;
  const [only] = ends;
  if (ends.every(({ clause }) => clause === '')) return `The rules of ${node} let it through.`;
  if (ends.length === 1 && only !== undefined) {
    const notice = only.notice === '' ? '' : `: ${only.notice}`;
    return `On ${node} ${only.clause}${notice}.`;
  }
  const clauses = ends.map(
    ({ clause, share }) => `${clause === '' ? 'let through' : clause} (${shareWords(share)})`,
  );
  return `On ${node} ${either(clauses)}.`;
}

/** What is to be said of the next nodes where nothing on them stops the packet; empty where nothing is. */
export function onwardDetail(onwards: readonly Onward[]): string {
  const followed = nodesOf(onwards.filter(({ ends }) => ends?.every(({ clause }) => clause === '') === true));
  const open = onwards.filter(({ ends }) => ends === null);
  const missing = nodesOf(open.filter(({ node }) => !followed.has(node)));
  const more = open.filter(({ node }) => followed.has(node)).length;
  const does = missing.size === 1 ? 'does' : 'do';
  const clauses = [
    followed.size === 0 ? '' : `the rules of ${namesIn(followed)} let it through`,
    missing.size === 0 ? '' : `what ${namesIn(missing)} ${does} with the packet is not known`,
    more === 0 ? '' : `${plural(more, 'more way')} to them ${more === 1 ? 'is' : 'are'} not followed`,
  ];
  const said = clauses.filter((clause) => clause !== '').join('; ');
  return said === '' ? '' : `${capitalized(said)}.`;
}

/** So many nodes are named; of more there is a count. */
const FEW = 3;

function namesIn(nodes: ReadonlySet<string>): string {
  const names = [...nodes];
  const shown =
    names.length <= FEW ? names : [...names.slice(0, FEW - 1), `${names.length - FEW + 1} other nodes`];
  return either(shown, 'and');
}

function nodesOf(onwards: readonly Onward[]): ReadonlySet<string> {
  return new Set(onwards.map(({ node }) => node));
}
