/** What becomes of the answer to a packet: plain data, as a trace is. */
import type { Flow } from './flow.ts';
import type { Assumption, Outcome } from './trace.ts';

/** How an answer comes back. */
export type ReplyWay =
  /** Through this node, as `flow`. Not `sure` where routes do not tell: it may go past this node as well. */
  | { readonly kind: 'through'; readonly flow: Flow; readonly sure: boolean }
  /** Most likely past this node: over the network `by` that both ends are on, or (null) by gateways of their own. */
  | { readonly kind: 'past'; readonly by: string | null }
  /** Not at all: the receiver takes the source for its own address. */
  | { readonly kind: 'itself' }
  /** To an address that many have, and nobody as its own: a broadcast or multicast one. */
  | { readonly kind: 'to-many' }
  /** Of the node's own refusal: it cannot send it, for this reason. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** Nobody waits for one, or makes one: a reset, an error, a broadcast, what a rule has damaged. */
  | { readonly kind: 'not-awaited' }
  /** That is not known: to an address that is not, or there were too many ways to follow. */
  | { readonly kind: 'open' };

/** One way in which the answer to an outcome's packet may end. */
export interface Reply {
  readonly way: ReplyWay;
  /** What becomes of it on this node; null where it does not come through. Its shares are of this outcome's answers. */
  readonly outcome: Outcome | null;
  /** Of the answers to this outcome's packets. */
  readonly share: number;
}

export interface Replies {
  /** Those to the outcome with the same index in the packet's trace; empty where the packet does not get through. */
  readonly byOutcome: readonly (readonly Reply[])[];
  /** What they take for granted that the packet's trace does not. */
  readonly assumptions: readonly Assumption[];
}

/** One run of a packet and its answer. */
export interface AnsweredRun {
  /** What tells the packet's outcome from others. */
  readonly request: string;
  /** Null where the packet does not get through. */
  readonly way: ReplyWay | null;
  readonly reply: Outcome | null;
  /** What tells the answer's outcome from others. */
  readonly key: string;
  readonly probability: number;
}

interface Answered {
  /** What tells the packet's outcome from others. */
  readonly key: string;
  readonly passes: boolean;
}

/** Where there are too many ways to follow the answers of each. */
const NOT_FOLLOWED: Reply = { way: { kind: 'open' }, outcome: null, share: 1 };

/** The answers to each outcome, by what tells it from others: those that end alike are one, the likeliest first. */
export function repliesTo(
  outcomes: readonly Answered[],
  runs: readonly AnsweredRun[],
): readonly (readonly Reply[])[] {
  const byRequest = new Map<string, AnsweredRun[]>();
  for (const run of runs) {
    const known = byRequest.get(run.request);
    if (known === undefined) byRequest.set(run.request, [run]);
    else known.push(run);
  }
  return outcomes.map(({ key, passes }) => {
    const own = byRequest.get(key);
    return own === undefined ? (passes ? [NOT_FOLLOWED] : []) : alike(own);
  });
}

function alike(runs: readonly AnsweredRun[]): readonly Reply[] {
  const total = runs.reduce((sum, { probability }) => sum + probability, 0);
  const found = new Map<string, { -readonly [K in keyof Reply]: Reply[K] }>();
  for (const { way, reply, key, probability } of runs) {
    if (way === null) continue;
    const name = `${way.kind} ${key}`;
    const known = found.get(name);
    if (known === undefined) found.set(name, { way, outcome: reply, share: probability / total });
    else known.share += probability / total;
  }
  return [...found.values()].toSorted((a, b) => b.share - a.share);
}
