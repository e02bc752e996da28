/** What may be chosen as one side of a trace, whatever it was found in: a node's rules, or a cluster's objects. */
import { normalAddress, parseAddress } from '../../values/address.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { outsideAddresses } from '../form/sourceText.ts';
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
  readonly kind: 'pod' | 'node' | 'external' | 'service';
}

export function outsideChoice(family: Family): Choice {
  const address = outsideAddresses[family];
  return {
    side: 'source',
    label: 'outside the cluster',
    description: `${address}, IPv${family}`,
    form: { from: `external:${address}` },
    kind: 'external',
  };
}

/** A pod that sends: one choice for each of its addresses. One on its node's network sends as a process of the node does. */
export function sendingPod(pod: Pod): readonly Choice[] {
  if (isOver(pod)) return [];
  const common = { side: 'source', label: podName(pod), kind: 'pod' } as const;
  if (pod.hostNetwork) {
    if (pod.nodeName === null) return [];
    const description = `pod${onNode(pod)}, on the node’s own network`;
    return [{ ...common, description, form: { from: `node:${pod.nodeName}` } }];
  }
  return pod.ips
    .filter((ip) => parseAddress(ip) !== null)
    .map((ip) => ({ ...common, description: `pod ${ip}${onNode(pod)}`, form: { from: `pod:${ip}` } }));
}

/** A pod by each port that it is an endpoint with; one of which none is known can be pinged. */
export function* receivingPod(pod: Pod, index: ClusterIndex): Generator<Choice> {
  if (isOver(pod)) return;
  const common = { side: 'destination', label: podName(pod), kind: 'pod' } as const;
  for (const address of pod.ips) {
    if (parseAddress(address) === null) continue;
    const ports = index.listeningOf(pod).filter((each) => each.address === normalAddress(address));
    for (const { port, protocol } of ports) {
      const to = formatEndpoint({ address, port });
      const description = `pod ${to}/${protocol.toUpperCase()}${onNode(pod)}`;
      yield { ...common, description, form: { to, protocol } };
    }
    if (ports.length > 0) continue;
    const description = `pod ${address}${onNode(pod)}, by ICMP: no port of it is known`;
    yield { ...common, description, form: { to: address, protocol: 'icmp' } };
  }
}

/** A Service port by one of its frontends. */
export interface ServiceEnd {
  /** `default/web:http` */
  readonly label: string;
  readonly kind: FrontendKind;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  /** What stands behind it: ` · no endpoints`; empty where there is nothing to say. */
  readonly behind: string;
}

/** `ClusterIP 10.96.12.3:80/TCP · no ready endpoints` */
export function serviceChoice({ label, kind, address, port, protocol, behind }: ServiceEnd): Choice {
  const to = formatEndpoint({ address, port });
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
