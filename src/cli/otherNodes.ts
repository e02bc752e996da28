/** Where the command line gets the rules of other nodes that a packet goes on to. */
import { basename, dirname, join, resolve } from 'node:path';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { isNodeName, ownNodeName } from '../kubeproxy/ownNode.ts';
import { readRules, type Rules } from './readRules.ts';

/** What is had of another node of the same cluster; null where that is nothing. */
export type OtherNode = (node: string) => Promise<Analysis | null>;

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
