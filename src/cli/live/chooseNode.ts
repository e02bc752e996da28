import { clusterIndexOf } from '../../kubeproxy/choices/clusterIndex.ts';
import { decidingNode } from '../../kubeproxy/choices/decidingNode.ts';
import { sourceEnd } from '../../kubeproxy/choices/formEnds.ts';
import type { FlowForm } from '../../kubeproxy/form/flowForm.ts';
import { readObjects } from '../../kubernetes/readObjects.ts';
import type { Terminal } from '../command.ts';
import { plain } from '../terminal.ts';
import { Refusal, type LiveCluster } from './liveCluster.ts';
import { meantOr, theOnes } from './suggestions.ts';

/**
 * `wanted`, the node that `--node` names, else the one whose rules decide about the packet of `form`, else the only one there is.
 * A choice that the user did not make is told on standard error. Null `form`: no packet is asked about.
 */
export async function chooseNode(
  cluster: LiveCluster,
  form: FlowForm | null,
  wanted: string | null,
  terminal: Terminal,
): Promise<string> {
  if (wanted !== null) return wanted;
  const names = (await cluster.nodes()).map(({ name }) => name);
  const [only] = names;
  if (form !== null && names.length > 1) {
    const { objects } = readObjects(await cluster.objects());
    if (sourceEnd(form.from, clusterIndexOf(objects)).kind === 'unread') {
      throw new Refusal(
        `--from: "${plain(form.from)}" is no address, and no pod (pod:namespace/name) or node (node:name) of this cluster.`,
      );
    }
    const { node, candidates, because } = decidingNode(objects, form);
    if (node !== null) {
      terminal.complain(`${plain(because)} Its rules are used.`);
      return node;
    }
    throw new Refusal(
      `${plain(because)} Say whose rules decide, with --node NODE. ${theOnes('node', candidates)}`,
    );
  }
  if (only !== undefined && names.length === 1) {
    terminal.complain(`The rules are those of ${plain(only)}, the only node.`);
    return only;
  }
  throw new Refusal(`Say which node's rules are meant, with --node NODE. ${theOnes('node', names)}`);
}

/** Why a node that was named is none; null where it is one, or where nobody knows. */
export function unknownNode(cluster: LiveCluster, node: string): string | null {
  const names = cluster.known.map(({ name }) => name);
  if (names.length === 0 || names.includes(node)) return null;
  return `Context "${plain(cluster.context)}" has no node "${plain(node)}". ${meantOr('node', node, names)}`;
}
