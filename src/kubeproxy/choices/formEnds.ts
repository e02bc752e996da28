/** The two ends of a form as the objects know them, where no node's rules are at hand. */
import { servicePortName } from '../services/portName.ts';
import type { KubernetesNode, Pod, Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import { readEndpoint, readPort } from '../form/endpointText.ts';
import type { AddressKind, ClusterIndex } from './clusterIndex.ts';

export type SourceEnd =
  | { readonly kind: 'pod'; readonly pod: Pod }
  /** A process of a node; null where the form does not say of which. */
  | { readonly kind: 'node'; readonly node: KubernetesNode | null }
  /** A pod that the objects do not have. */
  | { readonly kind: 'unknownPod'; readonly address: string }
  | { readonly kind: 'outside'; readonly address: string }
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
      readonly via: AddressKind;
    }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'unread' };

const unread = { kind: 'unread' } as const;

/** `pod:10.244.1.7`, `pod:default/client`, `node:node-1`, `node:192.168.0.2`, `external:203.0.113.9`, `10.244.1.7`. */
export function sourceEnd(text: string, index: ClusterIndex): SourceEnd {
  const [, prefix, given] = /^(pod|external|node)(?::(.*))?$/is.exec(text.trim()) ?? [];
  const kind = prefix?.toLowerCase() ?? '';
  const rest = (kind === '' ? text : (given ?? '')).trim();
  if (kind === 'node' && (rest === '' || readPort(rest) !== null)) return { kind: 'node', node: null };
  if (kind === 'node') {
    const node = index.nodeNamed(rest) ?? nodeAt(rest, index);
    if (node !== null) return { kind: 'node', node };
  }
  if (kind === 'pod') {
    const pod = index.podNamed(rest);
    if (pod !== null) return { kind: 'pod', pod };
  }
  const reading = readEndpoint(rest);
  if (reading.kind === 'wrong') return unread;
  return ofAddress(kind, reading.endpoint.address, index);
}

function ofAddress(kind: string, address: string, index: ClusterIndex): SourceEnd {
  if (kind === 'external') return { kind: 'outside', address };
  const node = index.nodeAt(address);
  if (node !== null && kind !== 'pod') return { kind: 'node', node };
  if (kind === 'node' || /^127\.|^::1$/.test(address)) return { kind: 'node', node: null };
  const [pod] = index.podsAt(address);
  if (pod !== undefined) return { kind: 'pod', pod };
  const isPod = kind === 'pod' || index.nodeOfRange(address) !== null;
  return isPod ? { kind: 'unknownPod', address } : { kind: 'outside', address };
}

function nodeAt(text: string, index: ClusterIndex): KubernetesNode | null {
  const reading = readEndpoint(text);
  return reading.kind === 'wrong' ? null : index.nodeAt(reading.endpoint.address);
}

/** `10.96.12.3:80`, `default/web:http`, `192.168.0.2:30080`. A node's address is the node's, whoever else has it. */
export function destinationEnd(text: string, protocol: string, index: ClusterIndex): DestinationEnd {
  const named = serviceEnd(text.trim(), index);
  if (named !== null) return named;
  const reading = readEndpoint(text.trim());
  if (reading.kind === 'wrong') return unread;
  const { address, port } = reading.endpoint;
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

function portAt(service: Service, port: number | null, protocol: string): ServicePortSpec | null {
  const own = service.ports.filter((each) => each.port === port);
  return own.find((each) => each.protocol === protocol.toLowerCase()) ?? own[0] ?? null;
}

/** `default/web:http`, `default/web`: packets to a name go to its cluster IP. */
function serviceEnd(name: string, index: ClusterIndex): DestinationEnd | null {
  const [, service = '', port = null] = /^([^/:]+\/[^/:]+)(?::([^/:]+))?$/.exec(name) ?? [];
  const found = index.serviceNamed(service);
  if (found === null) return null;
  const own = port === null ? found.ports[0] : found.ports.find((each) => each.name === port);
  return { kind: 'service', service: found, port: own ?? null, name, via: 'clusterIP' };
}

function nameOf(service: Service, port: ServicePortSpec | null): string {
  return servicePortName(service.namespace, service.name, port?.name ?? '');
}
