/** The one loop that follows a packet over nodes: rules of other nodes are got as the packet goes on to them. */
import type { Flow } from '../../kernel/flow.ts';
import type { Decision } from '../../kernel/trace.ts';
import { finish, type Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import type { NarrativeContinuation } from '../narrative/narrative.ts';
import { ownNodeName } from '../ownNode.ts';
import { type Leg, tracingJourney } from './journey.ts';

export interface FollowQuestion {
  readonly flow: Flow;
  /** The rules of the first node. */
  readonly analysis: Analysis;
  readonly decisions: readonly Decision[];
  /** Gets what is had of another node of the same cluster; null where that is nothing. Asked once for each node. */
  readonly otherNode: (node: string) => Promise<Analysis | null>;
  /** Of so many other nodes at most; a Service may have endpoints on a thousand. */
  readonly most: number;
  /** Runs the long work of tracing. Default: at once. */
  readonly run?: (steps: Steps<Leg | null>) => Promise<Leg | null>;
}

export interface FollowedPacket {
  /** Null where the first node has no rules of the flow's family. */
  readonly leg: Leg | null;
  /** The nodes that it goes on to and whose rules were not had, those that most packets go to first. */
  readonly missing: readonly string[];
}

/** Traces the packet from the first node on, over others as far as their rules are to be had. */
export async function followPacket(question: FollowQuestion): Promise<FollowedPacket> {
  const { flow, analysis, decisions, otherNode, most, run = atOnce } = question;
  const own = ownNodeName(analysis);
  const others = new Map<string, Analysis | null>();
  for (;;) {
    const rulesOf = (node: string): Analysis | null => (node === own ? analysis : (others.get(node) ?? null));
    const leg = await run(tracingJourney({ flow, analysis, decisions, rulesOf }));
    const missing = leg === null ? [] : missingNodes(leg.continuations);
    const asked = missing.filter((node) => !others.has(node)).slice(0, Math.max(0, most - others.size));
    if (asked.length === 0) return { leg, missing };
    const found = await Promise.all(asked.map(otherNode));
    asked.forEach((node, at) => others.set(node, found[at] ?? null));
  }
}

async function atOnce<Result>(steps: Steps<Result>): Promise<Result> {
  return Promise.resolve(finish(steps));
}

function missingNodes(continuations: readonly NarrativeContinuation[]): readonly string[] {
  const found = continuations.flatMap(({ kind, node, continuations: next }) => [
    ...(kind === 'missing' ? [node] : []),
    ...missingNodes(next),
  ]);
  return [...new Set(found)];
}
