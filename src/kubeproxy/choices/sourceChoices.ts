import { parseAddress } from '../../values/address.ts';
import type { KubernetesNode, KubernetesObjects } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import { type Choice, outsideChoice, sendingPod } from './choice.ts';
import { addressesOf, type ClusterIndex } from './clusterIndex.ts';

/** So many nodes are listed before the pods; more of them would hide those. */
const FEW_NODES = 20;

/** Who may send: somebody outside, processes of the nodes, the pods. */
export function* sourcesOf({ objects }: ClusterIndex): Generator<Choice> {
  yield outsideChoice(familiesOf(objects));
  const few = objects.nodes.length <= FEW_NODES;
  if (few) yield* objects.nodes.map(nodeChoice);
  for (const pod of objects.pods) yield* sendingPod(pod);
  if (!few) for (const node of objects.nodes) yield nodeChoice(node);
}

/** The families that the cluster has addresses of; IPv4 where it has none. */
function familiesOf({ nodes, services }: KubernetesObjects): readonly Family[] {
  const found = new Set<Family>();
  const note = (text: string): void => {
    const family = parseAddress(text)?.family;
    if (family !== undefined) found.add(family);
  };
  for (const node of nodes)
    for (const text of [...node.addresses, ...node.podCIDRs]) note(networkAddress(text));
  for (const service of services) {
    if (found.size === 2) break;
    for (const { family } of addressesOf(service)) found.add(family);
  }
  return found.size === 0 ? [4] : [...found].toSorted((a, b) => a - b);
}

/** `10.244.1.0/24` → `10.244.1.0` */
function networkAddress(text: string): string {
  return text.replace(/\/.*$/, '');
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
