/** A packet's way over several nodes: the rules of those that it goes on to are asked for as they are needed. */
import { basename, dirname, join, resolve } from 'node:path';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { type Leg, traceJourney } from '../kubeproxy/journey/journey.ts';
import { isNodeName, ownNodeName } from '../kubeproxy/ownNode.ts';
import type { NarrativeContinuation } from '../kubeproxy/narrative/narrative.ts';
import type { Flow } from '../kernel/flow.ts';
import { readRules, type Rules } from './readRules.ts';

/** What is had of another node of the same cluster; null where that is nothing. */
export type OtherNode = (node: string) => Promise<Analysis | null>;

/** A Service may have endpoints on a thousand nodes: so many are asked, those that most packets go to first. */
const MOST_OTHER_NODES = 8;

/** Null where there are no rules of the flow's family. */
export async function journeyOf(flow: Flow, analysis: Analysis, otherNode: OtherNode): Promise<Leg | null> {
  const others = new Map<string, Analysis | null>();
  for (;;) {
    const rulesOf = (node: string): Analysis | null => others.get(node) ?? null;
    const leg = traceJourney({ flow, analysis, decisions: [], rulesOf });
    const room = MOST_OTHER_NODES - others.size;
    const wanted = leg === null ? [] : missingNodes(leg.continuations).filter((node) => !others.has(node));
    if (wanted.length === 0 || room <= 0) return leg;
    const asked = wanted.slice(0, room);
    const found = await Promise.all(asked.map(otherNode));
    asked.forEach((node, at) => others.set(node, found[at] ?? null));
  }
}

function missingNodes(continuations: readonly NarrativeContinuation[]): readonly string[] {
  const found = continuations.flatMap(({ kind, node, continuations: next }) => [
    ...(kind === 'missing' ? [node] : []),
    ...missingNodes(next),
  ]);
  return [...new Set(found)];
}

/** Snapshots that lie side by side, in folders that are called as their nodes: `cluster/node-1`, `cluster/node-2`. */
export function besideFolder({ folder, analysis }: Rules): OtherNode {
  return async (node) => {
    const own = ownNodeName(analysis);
    if (folder === null || own === null || basename(resolve(folder)) !== own || !isNodeName(node)) {
      return null;
    }
    const reading = await readRules(join(dirname(resolve(folder)), node));
    return reading.kind === 'rules' && ownNodeName(reading.rules.analysis) === node
      ? reading.rules.analysis
      : null;
  };
}
