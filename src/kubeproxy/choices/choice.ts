/** What may be chosen as one side of a trace, whatever it was found in: a node's rules, or a cluster's objects. */
import { normalAddress, parseAddress } from '../../values/address.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import { groupBy } from '../../text/groupBy.ts';
import { readEndWords } from '../form/endWords.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { FrontendKind } from '../services/frontend.ts';
import { isOver } from '../services/objectIndex.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import type { ClusterIndex } from './clusterIndex.ts';

export type ChoiceSide = 'source' | 'destination';

/** Labels and descriptions are plain text that may hold anything the rules or the cluster say. */
export interface Choice {
  readonly side: ChoiceSide;
  /** `default/client`, `node-1`, `default/web:http`, an address. */
  readonly label: string;
  /** `pod 10.244.1.7 on node-1`, `ClusterIP 10.96.12.3:80/TCP`. */
  readonly description: string;
  /** The fields of the form that it fills: `from` and, where known, `interface`; or `to` and `protocol`. */
  readonly form: Partial<FlowForm>;
  /** `typed`: the words of the query as they are; its description says how they are understood, or why they are not. */
  readonly kind: 'pod' | 'node' | 'external' | 'service' | 'typed';
}

/** Any client, of whatever family the destination is. */
export function outsideChoice(): Choice {
  return {
    side: 'source',
    label: 'outside the cluster',
    description: 'any client: an address that no rule names stands for it',
    form: { from: 'external' },
    kind: 'external',
  };
}

/** The pod that sends, by its name: the destination says which of its addresses. One on its node's network sends as a process of the node does. */
export function sendingPod(pod: Pod): readonly Choice[] {
  if (isOver(pod)) return [];
  const common = { side: 'source', label: podName(pod), kind: 'pod' } as const;
  if (pod.hostNetwork) {
    if (pod.nodeName === null) return [];
    const description = `pod${onNode(pod)}, on the node’s own network`;
    return [{ ...common, description, form: { from: `node:${pod.nodeName}` } }];
  }
  const [first, ...more] = addressesOfPod(pod);
  if (first === undefined) return [];
  const description = `pod ${[first, ...more].join(', ')}${onNode(pod)}`;
  return [{ ...common, description, form: { from: `pod:${nameable(pod) ?? first}` } }];
}

/** A pod by each port that it is an endpoint with; one of which none is known can be pinged. */
export function* receivingPod(pod: Pod, index: ClusterIndex): Generator<Choice> {
  if (isOver(pod)) return;
  const common = { side: 'destination', label: podName(pod), kind: 'pod' } as const;
  const addresses = addressesOfPod(pod);
  const [first] = addresses;
  if (first === undefined) return;
  const name = nameable(pod);
  const own = new Set(addresses.map(normalAddress));
  const listening = groupBy(
    index.listeningOf(pod).filter(({ address }) => own.has(address)),
    ({ port, protocol }) => `${port} ${protocol}`,
  );
  for (const [at, ...others] of listening.values()) {
    if (at === undefined) continue;
    const { port, protocol } = at;
    const to = name === null ? formatEndpoint(at) : `pod:${name}:${port}`;
    const places = [at, ...others].map((each) => formatEndpoint(each)).join(', ');
    const description = `pod ${places}/${protocol.toUpperCase()}${onNode(pod)}`;
    yield { ...common, description, form: { to, protocol } };
  }
  if (listening.size > 0) return;
  const description = `pod ${addresses.join(', ')}${onNode(pod)}, by ICMP: no port of it is known`;
  yield { ...common, description, form: { to: name === null ? first : `pod:${name}`, protocol: 'icmp' } };
}

function addressesOfPod(pod: Pod): readonly string[] {
  return pod.ips.filter((ip) => parseAddress(ip) !== null);
}

/** Its name, where that can be said in a form; what a file says need not be a name. */
function nameable(pod: Pod): string | null {
  const name = podName(pod);
  const words = readEndWords(`pod:${name}`);
  return words.kind === 'name' && words.namespace === pod.namespace && words.port === null ? name : null;
}

/** A Service port by one of its frontends. */
export interface ServiceEnd {
  /** `default/web:http` */
  readonly label: string;
  readonly kind: FrontendKind;
  /** Empty for a node port of this node, of which no address is known. */
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  /** What stands behind it: ` · no endpoints`; empty where there is nothing to say. */
  readonly behind: string;
}

/** `ClusterIP 10.96.12.3:80/TCP · no ready endpoints` */
export function serviceChoice({ label, kind, address, port, protocol, behind }: ServiceEnd): Choice {
  const to = address === '' ? `:${port}` : formatEndpoint({ address, port });
  return {
    side: 'destination',
    label,
    description: `${frontendKindWords(kind)} ${to}/${protocol.toUpperCase()}${behind}`,
    form: { to, protocol },
    kind: 'service',
  };
}

function podName(pod: Pod): string {
  return `${pod.namespace}/${pod.name}`;
}

function onNode({ nodeName }: Pod): string {
  return nodeName === null ? '' : ` on ${nodeName}`;
}
