/** The two ends of a form as the objects know them, where no node's rules are at hand. */
import { servicePortName } from '../services/portName.ts';
import type { KubernetesNode, Pod, Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import type { SourceKind } from '../../kernel/flow.ts';
import { readEndWords, type NameWords } from '../form/endWords.ts';
import { readPort } from '../form/endpointText.ts';
import { namedEnd } from '../form/namedEnds.ts';
import type { AddressKind, ClusterIndex } from './clusterIndex.ts';

type ServiceWay = AddressKind | 'nodePort';

export type SourceEnd =
  | { readonly kind: 'pod'; readonly pod: Pod }
  /** A process of a node; null where the form does not say of which. */
  | { readonly kind: 'node'; readonly node: KubernetesNode | null }
  /** Any pod, on any node. */
  | { readonly kind: 'somePod' }
  /** A pod that the objects do not have. */
  | { readonly kind: 'unknownPod'; readonly address: string }
  | {
      readonly kind: 'outside';
      /** Null of any client. */
      readonly address: string | null;
    }
  | { readonly kind: 'unread' };

export type DestinationEnd =
  | { readonly kind: 'node'; readonly node: KubernetesNode; readonly address: string }
  | { readonly kind: 'pod'; readonly pod: Pod; readonly address: string }
  | {
      readonly kind: 'service';
      readonly service: Service;
      /** Null where the form names none, or one that the Service does not have. */
      readonly port: ServicePortSpec | null;
      /** As the form names it. */
      readonly name: string;
      readonly via: ServiceWay;
    }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'unread' };

const unread = { kind: 'unread' } as const;

/** As `readSource` takes it: `pod:10.244.1.7`, `default/client`, `node:node-1`, `external`, `10.244.1.7`. */
export function sourceEnd(text: string, index: ClusterIndex): SourceEnd {
  const words = readEndWords(text);
  switch (words.kind) {
    case 'wrong':
      return unread;
    case 'address':
      return ofAddress(words.of, words.address, index);
    case 'localhost':
      return { kind: 'node', node: null };
    case 'somebody':
      return ofSomebody(words.of);
    default: {
      const found = namedEnd(words, 'source', index.named);
      return found.kind === 'wrong' || found.kind === 'service' ? unread : found;
    }
  }
}

function ofSomebody(of: SourceKind): SourceEnd {
  if (of === 'node') return { kind: 'node', node: null };
  return of === 'pod' ? { kind: 'somePod' } : { kind: 'outside', address: null };
}

function ofAddress(kind: SourceKind | null, address: string, index: ClusterIndex): SourceEnd {
  if (kind === 'external') return { kind: 'outside', address };
  const node = index.nodeAt(address);
  if (node !== null && kind !== 'pod') return { kind: 'node', node };
  if (kind === 'node' || /^127\.|^::1$/.test(address)) return { kind: 'node', node: null };
  const [pod] = index.podsAt(address);
  if (pod !== undefined) return { kind: 'pod', pod };
  const isPod = kind === 'pod' || index.nodeOfRange(address) !== null;
  return isPod ? { kind: 'unknownPod', address } : { kind: 'outside', address };
}

/**
 * `10.96.12.3:80`, `default/web:http`, `web.default`, `192.168.0.2:30080`, `:30080`, of a packet from outside. A node's
 * address is the node's, whoever else has it.
 */
export function destinationEnd(text: string, protocol: string, index: ClusterIndex): DestinationEnd {
  const words = readEndWords(text);
  switch (words.kind) {
    case 'address':
      return atAddress(words.address, words.port, protocol, index);
    case 'somebody':
      return words.of === 'node' && words.port !== null ? ofNodePort(words.port, protocol, index) : unread;
    case 'name':
      return ofName(words, protocol, index);
    default:
      return unread;
  }
}

function atAddress(
  address: string,
  port: number | null,
  protocol: string,
  index: ClusterIndex,
): DestinationEnd {
  const node = index.nodeAt(address);
  if (node !== null) return { kind: 'node', node, address };
  const frontends = index.servicesAt(address);
  const [frontend] = [
    ...frontends.filter(({ service }) => portAt(service, port, protocol) !== null),
    ...frontends,
  ];
  if (frontend !== undefined) {
    const { service, kind: via } = frontend;
    const own = portAt(service, port, protocol);
    return { kind: 'service', service, port: own, name: nameOf(service, own), via };
  }
  const [pod] = index.podsAt(address);
  return pod === undefined ? { kind: 'address', address } : { kind: 'pod', pod, address };
}

/** Of any node. */
function ofNodePort(number: number, protocol: string, index: ClusterIndex): DestinationEnd {
  for (const service of index.objects.services) {
    const own = service.ports.filter((each) => each.nodePort === number);
    const port = own.find((each) => each.protocol === protocol.toLowerCase()) ?? own[0];
    if (port !== undefined) {
      return { kind: 'service', service, port, name: nameOf(service, port), via: 'nodePort' };
    }
  }
  return unread;
}

function portAt(service: Service, port: number | null, protocol: string): ServicePortSpec | null {
  const own = service.ports.filter((each) => each.port === port);
  return own.find((each) => each.protocol === protocol.toLowerCase()) ?? own[0] ?? null;
}

function ofName(words: NameWords, protocol: string, index: ClusterIndex): DestinationEnd {
  const found = namedEnd(words, 'destination', index.named);
  switch (found.kind) {
    case 'wrong':
      return unread;
    case 'node': {
      const [address] = found.node.internalAddresses;
      return address === undefined ? unread : { kind: 'node', node: found.node, address };
    }
    case 'pod': {
      const [address] = found.pod.ips;
      return address === undefined ? unread : { kind: 'pod', pod: found.pod, address };
    }
    default: {
      const { service } = found;
      const number = words.port === null ? null : readPort(words.port);
      const port =
        words.port === null
          ? (service.ports[0] ?? null)
          : (service.ports.find(({ name }) => name === words.port) ?? portAt(service, number, protocol));
      const name = port === null || words.port === null ? nameOf(service, null) : nameOf(service, port);
      return { kind: 'service', service, port, name, via: viaFromOutside(service) };
    }
  }
}

/** By what a packet from outside reaches a Service that is only named. */
function viaFromOutside(service: Service): ServiceWay {
  if (service.loadBalancerIngress.length > 0) return 'loadBalancerIP';
  if (service.externalIPs.length > 0) return 'externalIP';
  return service.ports.some(({ nodePort }) => nodePort !== null) ? 'nodePort' : 'clusterIP';
}

function nameOf(service: Service, port: ServicePortSpec | null): string {
  return servicePortName(service.namespace, service.name, port?.name ?? '');
}
