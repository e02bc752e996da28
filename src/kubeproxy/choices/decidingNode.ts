/** Whose rules decide first what becomes of a packet: told from the cluster's objects alone. */
import type { KubernetesObjects, Pod } from '../../kubernetes/objects.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { isOver } from '../services/objectIndex.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { type ClusterIndex, clusterIndexOf } from './clusterIndex.ts';
import { type DestinationEnd, destinationEnd, sourceEnd } from './formEnds.ts';
import { nodesByLikelihood, nodesWithEndpoints } from './likelyNodes.ts';

export interface DecidingNode {
  /** Null where any of several nodes may be asked: `candidates` then, the likeliest first. */
  readonly node: string | null;
  readonly candidates: readonly string[];
  /** One sentence: "The packet enters at node-1, where the pod default/client runs." */
  readonly because: string;
}

/** Never fails: a form that cannot be read leaves every node open. */
export function decidingNode(
  objects: KubernetesObjects,
  form: Pick<FlowForm, 'from' | 'to' | 'protocol'>,
): DecidingNode {
  const index = clusterIndexOf(objects);
  const source = sourceEnd(form.from, index);
  switch (source.kind) {
    case 'pod':
      return ofPod(source.pod, index);
    case 'node':
      return source.node === null
        ? open(index, [], 'The form does not say which node’s process sends the packet.')
        : settled(source.node.name, `A process of ${source.node.name} sends the packet.`);
    case 'somePod':
      return open(index, [], 'The form does not say which pod sends the packet.');
    case 'unknownPod':
      return ofUnknownPod(source.address, index);
    case 'outside':
      return ofOutside(source.address, destinationEnd(form.to, form.protocol, index), index);
    case 'unread':
      break;
  }
  return open(index, [], 'The form does not say who sends the packet.');
}

function settled(node: string, because: string): DecidingNode {
  return { node, candidates: [node], because };
}

function open(index: ClusterIndex, first: Iterable<string>, because: string): DecidingNode {
  const nodes = nodesByLikelihood(index, new Set(first));
  return { node: null, candidates: nodes.map(({ name }) => name), because };
}

/** As `open`, for nodes that come first even while they are not ready. */
function openAt(index: ClusterIndex, node: string, because: string): DecidingNode {
  const others = open(index, [], because).candidates.filter((each) => each !== node);
  return { node: null, candidates: [node, ...others], because };
}

function ofPod(pod: Pod, index: ClusterIndex): DecidingNode {
  const name = `${pod.namespace}/${pod.name}`;
  if (pod.nodeName === null) return open(index, [], `The pod ${name} is on no node yet.`);
  if (isOver(pod))
    return openAt(index, pod.nodeName, `The pod ${name} ran on ${pod.nodeName} and has ended.`);
  return settled(
    pod.nodeName,
    pod.hostNetwork
      ? `The pod ${name} uses the network of ${pod.nodeName} and sends as a process of it.`
      : `The packet enters at ${pod.nodeName}, where the pod ${name} runs.`,
  );
}

function ofUnknownPod(address: string, index: ClusterIndex): DecidingNode {
  const found = index.nodeOfRange(address);
  if (found === null)
    return open(index, [], `No pod has the address ${address}, and no node’s range holds it.`);
  const { node, range } = found;
  return openAt(
    index,
    node.name,
    `No pod has the address ${address}; ${range} is the range of ${node.name}, so a pod with it would be there, if the network plugin keeps to these ranges.`,
  );
}

function ofOutside(source: string | null, destination: DestinationEnd, index: ClusterIndex): DecidingNode {
  const from = `${source ?? 'The client'} is outside the cluster`;
  switch (destination.kind) {
    case 'node': {
      const { node, address } = destination;
      return settled(node.name, `The packet goes to ${address}, an address of ${node.name}.`);
    }
    case 'pod': {
      const { pod, address } = destination;
      const name = `${pod.namespace}/${pod.name}`;
      if (pod.nodeName === null) return open(index, [], `${from}, and the pod ${name} is on no node yet.`);
      return openAt(
        index,
        pod.nodeName,
        `${from}; the way to ${address} may lead straight to ${pod.nodeName}, where the pod ${name} runs, or through any node.`,
      );
    }
    case 'service':
      return ofService(from, destination, index);
    case 'address':
    case 'unread':
      break;
  }
  return open(index, [], `${from}, and nothing tells at which node the packet comes in.`);
}

function ofService(
  from: string,
  { service, port, name, via }: Extract<DestinationEnd, { kind: 'service' }>,
  index: ClusterIndex,
): DecidingNode {
  const what = `the ${frontendKindWords(via)} of ${name}`;
  if (via === 'clusterIP') {
    return open(index, [], `${from}: any node that a router sends packets for ${what} to may get it.`);
  }
  if (service.externalTrafficPolicy !== 'Local' || port === null) {
    return open(index, [], `${from}: any node may get a packet for ${what}.`);
  }
  const local = nodesWithEndpoints(index, service, port);
  const which = local.size === 0 ? 'no node has a ready endpoint' : 'those with a ready endpoint come first';
  return open(
    index,
    local,
    `${from}: any node may get a packet for ${what}; its externalTrafficPolicy is Local, so ${which}.`,
  );
}
