/** Which virtual servers are of one Service port: the rules alone do not say it, the objects do. */
import type { Family } from '../../../kernel/flow.ts';
import { isInterfaceAddress } from '../../../kernel/node/addressTypes.ts';
import type { Node } from '../../../kernel/node/node.ts';
import { ipvsPlace, type RuleAt } from '../../../kernel/ruleAt.ts';
import type { Service, ServicePortSpec } from '../../../kubernetes/objects.ts';
import { virtualName } from '../../../rules/ipvs/names.ts';
import type { IpvsRules, VirtualServer } from '../../../rules/ipvs/nodes.ts';
import { formatAddress, normalAddress } from '../../../values/address.ts';
import type { FrontendKind } from '../../services/frontend.ts';
import { servicePortName } from '../../services/portName.ts';
import { ProxySets } from './sets.ts';

/** A virtual server with what it is to kube-proxy. */
export interface Member {
  readonly server: VirtualServer;
  /** `TCP 10.96.0.1:443` */
  readonly name: string;
  readonly family: Family;
  readonly protocol: string;
  /** In one spelling; null of one that goes by a mark. */
  readonly address: string | null;
  readonly port: number;
  readonly kind: FrontendKind;
  /** Its traffic policy is Local: it stands in a set of those that are not masqueraded. */
  readonly isLocal: boolean;
  /**
   * Nothing but the objects could tell that it is kube-proxy's, which leaves those of `--ipvs-exclude-cidrs` alone: it stands in none of
   * the sets, where they are known, and no link for Services holds its address; or it does not translate, as LVS of others does.
   */
  readonly isStrange: boolean;
}

/** Virtual servers of one Service port. */
export interface Group {
  readonly key: string;
  readonly title: string;
  readonly members: readonly Member[];
}

/** Its line, as a place. */
export function placeOf({ server, name }: Member): RuleAt {
  return ipvsPlace('ipvs', name, server);
}

/** The links that hold addresses of Services, of kube-proxy and of kube-router. */
const HOLDERS = ['kube-ipvs0', 'kube-dummy-if'];

export function membersOf(rules: IpvsRules, node: Node): readonly Member[] {
  const sets = new ProxySets(node);
  return rules.services.map((server) => {
    const { virtual } = server;
    const name = virtualName(virtual);
    if (virtual.kind === 'mark') {
      const { family } = virtual;
      return {
        server,
        name,
        family,
        protocol: '',
        address: null,
        port: 0,
        kind: 'external',
        isLocal: false,
        isStrange: true,
      };
    }
    const { protocol, port } = virtual;
    const { family } = virtual.address;
    const address = formatAddress(virtual.address);
    const end = { family, address, protocol, port };
    const kind = kindOf(end, node, sets);
    const isStrange = !isTranslating(server) || isUnlisted(end, node, sets);
    return { server, name, ...end, kind, isLocal: isLocal(kind, end, sets), isStrange };
  });
}

type End = Pick<Member, 'family' | 'protocol' | 'port'> & { readonly address: string };

/** kube-proxy has all servers by masquerading; what goes to the node itself is listed as local. */
function isTranslating({ servers }: VirtualServer): boolean {
  return servers.every(({ forwarding }) => forwarding !== 'route' && forwarding !== 'tunnel');
}

/** The sets that name an address and port of a Service. */
const OF_ADDRESSES = ['CLUSTER-IP', 'EXTERNAL-IP', 'EXTERNAL-IP-LOCAL', 'LOAD-BALANCER'] as const;

/** Whether a set has it as the address of a Service. */
export function isListed(end: End, sets: ProxySets): boolean {
  return OF_ADDRESSES.some((name) => sets.has(end.family, name, entryOf(end)));
}

function isUnlisted(end: End, node: Node, sets: ProxySets): boolean {
  return (
    sets.isKnown(end.family) && !isListed(end, sets) && !isNodePort(end, sets) && !isHeld(end.address, node)
  );
}

function isHeld(text: string, node: Node): boolean {
  const holder = HOLDERS.map((name) => node.interfaces?.get(name)).find((each) => each !== undefined);
  return holder?.addresses.some(({ address }) => formatAddress(address) === text) === true;
}

/** By the sets that it stands in; without them by whose address it is. */
function kindOf(end: End, node: Node, sets: ProxySets): FrontendKind {
  const entry = entryOf(end);
  const { family } = end;
  if (sets.has(family, 'CLUSTER-IP', entry)) return 'clusterIP';
  if (sets.has(family, 'EXTERNAL-IP', entry) || sets.has(family, 'EXTERNAL-IP-LOCAL', entry))
    return 'externalIP';
  if (sets.has(family, 'LOAD-BALANCER', entry)) return 'loadBalancerIP';
  if (isNodePort(end, sets)) return 'nodePort';
  if (isHeld(end.address, node)) return sets.isKnown(family) ? 'external' : 'clusterIP';
  const isOwn = node.interfaces === null ? null : isOwnAddress(node, end.address);
  return isOwn === true ? 'nodePort' : 'external';
}

function isOwnAddress(node: Node, text: string): boolean {
  return [...(node.interfaces?.values() ?? [])].some(({ addresses }) =>
    addresses.some(
      ({ address }) => formatAddress(address) === text && isInterfaceAddress(node, address) === true,
    ),
  );
}

/** Whether a set of node ports has it. */
export function isNodePort(end: End, sets: ProxySets): boolean {
  const { family, protocol, port } = end;
  if (protocol === 'sctp') return sets.has(family, 'NODE-PORT-SCTP-HASH', entryOf(end));
  return sets.has(family, `NODE-PORT-${protocol.toUpperCase()}`, String(port));
}

function isLocal(kind: FrontendKind, end: End, sets: ProxySets): boolean {
  const { family, protocol, port } = end;
  if (kind === 'externalIP') return sets.has(family, 'EXTERNAL-IP-LOCAL', entryOf(end));
  if (kind === 'loadBalancerIP') return sets.has(family, 'LOAD-BALANCER-LOCAL', entryOf(end));
  if (kind !== 'nodePort') return false;
  if (protocol === 'sctp') return sets.has(family, 'NODE-PORT-LOCAL-SCTP-HASH', entryOf(end));
  return sets.has(family, `NODE-PORT-LOCAL-${protocol.toUpperCase()}`, String(port));
}

export function entryOf({ address, protocol, port }: End): string {
  return `${address},${protocol}:${port}`;
}

/** Each virtual server by itself, but those of one node port together. */
export function groupsOfRules(members: readonly Member[]): readonly Group[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const { kind, protocol, port, name } = member;
    const key = kind === 'nodePort' ? `${protocol.toUpperCase()} node port ${port}` : name;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [member]);
    else known.push(member);
  }
  return [...groups].map(([key, own]) => ({ key, title: key, members: own }));
}

/** As `groupsOfRules`, with those of each Service port together; its key is then its name. */
export function groupsOfObjects(members: readonly Member[], services: readonly Service[]): readonly Group[] {
  const byEnd = new Map(
    members.map((member) => [endKey(member.protocol, member.address, member.port), member]),
  );
  const byNodePort = new Map<string, Member[]>();
  for (const member of members) {
    if (member.kind !== 'nodePort') continue;
    const key = endKey(member.protocol, null, member.port);
    const known = byNodePort.get(key);
    if (known === undefined) byNodePort.set(key, [member]);
    else known.push(member);
  }
  const taken = new Set<Member>();
  const groups: Group[] = [];
  for (const service of services) {
    for (const port of service.ports) {
      const own = membersOfPort(service, port, byEnd, byNodePort).filter((member) => !taken.has(member));
      if (own.length === 0) continue;
      for (const member of own) taken.add(member);
      const name = servicePortName(service.namespace, service.name, port.name);
      const key = portKey(name, port.protocol);
      groups.push({ key, title: own[0]?.name ?? key, members: own });
    }
  }
  return [...groups, ...groupsOfRules(members.filter((member) => !taken.has(member)))];
}

export function portKey(name: string, protocol: string): string {
  return `${name}/${protocol.toLowerCase()}`;
}

function membersOfPort(
  service: Service,
  { port, nodePort, protocol }: ServicePortSpec,
  byEnd: ReadonlyMap<string, Member>,
  byNodePort: ReadonlyMap<string, readonly Member[]>,
): readonly Member[] {
  const { clusterIPs, externalIPs, loadBalancerIngress } = service;
  const addresses = [...clusterIPs, ...externalIPs, ...loadBalancerIngress.map(({ ip }) => ip)];
  const own = addresses.flatMap(
    (address) => byEnd.get(endKey(protocol.toLowerCase(), normalAddress(address), port)) ?? [],
  );
  const onNode =
    nodePort === null ? [] : (byNodePort.get(endKey(protocol.toLowerCase(), null, nodePort)) ?? []);
  return [...new Set([...own, ...onNode])];
}

function endKey(protocol: string, address: string | null, port: number): string {
  return `${protocol} ${address ?? ''} ${port}`;
}
