import { parseAddress } from '../../values/address.ts';
import type { KubernetesNode, KubernetesObjects, Pod } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import { isOver } from '../services/objectIndex.ts';
import { outsideAddresses } from '../form/sourceText.ts';
import type { ClusterChoice } from './clusterChoices.ts';
import { addressesOf, type ClusterIndex } from './clusterIndex.ts';

/** So many nodes are listed before the pods; more of them would hide those. */
const FEW_NODES = 20;

/** Who may send: somebody outside, processes of the nodes, the pods. */
export function* sourcesOf({ objects }: ClusterIndex): Generator<ClusterChoice> {
  yield* familiesOf(objects).map(outsideChoice);
  const few = objects.nodes.length <= FEW_NODES;
  if (few) yield* objects.nodes.map(nodeChoice);
  for (const pod of objects.pods) yield* podChoices(pod);
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

function outsideChoice(family: Family): ClusterChoice {
  const address = outsideAddresses[family];
  return {
    label: 'outside the cluster',
    description: `${address}, IPv${family}`,
    form: { from: `external:${address}` },
    icon: 'external',
  };
}

function nodeChoice(node: KubernetesNode): ClusterChoice {
  const at = node.internalAddresses.length === 0 ? '' : `, ${node.internalAddresses.join(', ')}`;
  return {
    label: node.name,
    description: `a process of the node${at}`,
    form: { from: `node:${node.name}` },
    icon: 'node',
  };
}

/** One for each of its addresses. A pod on its node's network sends as a process of the node does. */
function podChoices(pod: Pod): readonly ClusterChoice[] {
  if (isOver(pod)) return [];
  const label = `${pod.namespace}/${pod.name}`;
  const on = pod.nodeName === null ? '' : ` on ${pod.nodeName}`;
  if (pod.hostNetwork) {
    if (pod.nodeName === null) return [];
    const description = `pod${on}, on the node’s own network`;
    return [{ label, description, form: { from: `node:${pod.nodeName}` }, icon: 'pod' }];
  }
  return pod.ips
    .filter((ip) => parseAddress(ip) !== null)
    .map((ip) => ({ label, description: `pod ${ip}${on}`, form: { from: `pod:${ip}` }, icon: 'pod' }));
}
