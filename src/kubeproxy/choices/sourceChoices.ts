import type { KubernetesNode } from '../../kubernetes/objects.ts';
import { type Choice, outsideChoice, sendingPod } from './choice.ts';
import type { ClusterIndex } from './clusterIndex.ts';

/** So many nodes are listed before the pods; more of them would hide those. */
const FEW_NODES = 20;

/** Who may send: somebody outside, processes of the nodes, the pods. */
export function* sourcesOf({ objects }: ClusterIndex): Generator<Choice> {
  yield outsideChoice();
  const few = objects.nodes.length <= FEW_NODES;
  if (few) yield* objects.nodes.map(nodeChoice);
  for (const pod of objects.pods) yield* sendingPod(pod);
  if (!few) for (const node of objects.nodes) yield nodeChoice(node);
}

function nodeChoice(node: KubernetesNode): Choice {
  const at = node.internalAddresses.length === 0 ? '' : `, ${node.internalAddresses.join(', ')}`;
  return {
    side: 'source',
    label: node.name,
    description: `a process of the node${at}`,
    form: { from: `node:${node.name}` },
    kind: 'node',
  };
}
