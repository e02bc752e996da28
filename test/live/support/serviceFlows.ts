/** Packets to every frontend of a cluster's Services, from every kind of source. */
import type { Flow, FlowSource, Protocol } from '../../../src/kernel/flow.ts';
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';
import type { Pair } from './addresses.ts';

export interface NamedFlow {
  /** `pod to shop/web cluster IP 198.18.130.7:80/tcp` */
  readonly title: string;
  readonly flow: Flow;
}

export type SourceName = 'pod' | 'outside' | 'node';

export interface FlowSources {
  /** A Pod of the node, with the bridge that it comes by. */
  readonly pod: Pair;
  /** By which the Pod's packets come to the node; default `cni0`. */
  readonly podInterface?: string;
  readonly outside: Pair;
  readonly node: Pair;
}

interface Frontend {
  readonly title: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** A high port that no frontend has. */
const sourcePort = 41_234;

/** `interface`: as the packet really comes; leave it out of the question to the product, which has to know. */
export function sourceOf(kind: SourceName, sources: FlowSources, family: 4 | 6): FlowSource {
  const address = sources[kind][family];
  if (kind === 'pod')
    return { kind: 'pod', address, port: sourcePort, interface: sources.podInterface ?? 'cni0' };
  if (kind === 'outside') return { kind: 'external', address, port: sourcePort, interface: 'eth0' };
  return { kind: 'node', address: null, port: sourcePort, interface: null };
}

/** Every source to every frontend. */
export function flowsToServices(services: readonly JsonRecord[], sources: FlowSources): readonly NamedFlow[] {
  const frontends = services.flatMap((service) => frontendsOf(service, sources.node));
  return (['pod', 'outside', 'node'] as const).flatMap((kind) =>
    frontends.map((frontend) => ({
      title: `${kind} to ${frontend.title}`,
      flow: flowTo(sourceOf(kind, sources, frontend.family), frontend),
    })),
  );
}

function flowTo(from: FlowSource, { family, address, port, protocol }: Frontend): Flow {
  return { family, from, to: { address, port }, protocol };
}

function frontendsOf({ metadata, spec, status }: JsonRecord, node: Pair): readonly Frontend[] {
  if (!isRecord(metadata) || !isRecord(spec)) return [];
  const name = `${String(metadata['namespace'])}/${String(metadata['name'])}`;
  const clusterAddresses = textsOf(spec['clusterIPs']).filter((address) => address !== 'None');
  const families = new Set(clusterAddresses.map(familyOf));
  const ingress =
    isRecord(status) && isRecord(status['loadBalancer']) ? status['loadBalancer']['ingress'] : [];
  const balancers = recordsOf(ingress).map(({ ip }) => String(ip));
  return recordsOf(spec['ports']).flatMap((port) => {
    const number = Number(port['port']);
    const nodePort = Number(port['nodePort'] ?? 0);
    const protocol = port['protocol'] === 'UDP' ? 'udp' : 'tcp';
    const frontend = (kind: string, address: string, at: number): Frontend => ({
      title: `${name} ${kind} ${address} ${at}/${protocol}`,
      family: familyOf(address),
      address,
      port: at,
      protocol,
    });
    return [
      ...clusterAddresses.map((address) => frontend('cluster IP', address, number)),
      ...balancers.map((address) => frontend('LoadBalancer', address, number)),
      ...(nodePort === 0 ? [] : [...families].map((family) => frontend('node port', node[family], nodePort))),
    ];
  });
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

function recordsOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
