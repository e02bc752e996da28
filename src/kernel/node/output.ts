/** net/ipv4/route.c: ip_route_output_key_hash_rcu; net/ipv6/route.c: ip6_route_output_flags. */
import { type Address, type Family, formatAddress } from '../../values/address.ts';
import {
  interfaceOf,
  isInterfaceAddress,
  isIPv4Loopback,
  isIPv4Multicast,
  isLoopbackInterface,
  typeOfAddress,
} from './addressTypes.ts';
import { Assuming, type OutputDecision, type OutputQuery } from './decisions.ts';
import { findRoute, loopbackOf } from './findRoute.ts';
import type { AddressType, Node, RouteResult } from './node.ts';
import { selectIPv4Source } from './sourceAddress.ts';
import { isIPv6LinkLocal, isIPv6Multicast } from './sourceAddressIPv6.ts';
import { flagSysctl } from './sysctls.ts';
import { ANY_TRAFFIC } from './traffic.ts';

const LIMITED_BROADCAST = 0xffffffffn;
const LINK_SCOPE = 253;

/** The look-up for a packet that the node makes, as `ip route get`. */
export function findOutputRoute(node: Node, family: Family, query: OutputQuery): RouteResult {
  return findRoute(node, family, {
    source: query.source,
    destination: query.destination,
    inputInterface: loopbackOf(node),
    outputInterface: query.outputInterface,
    through: query.outputInterface,
    mark: query.mark,
    tos: query.tos,
    traffic: query.traffic ?? ANY_TRAFFIC,
    strict: needsStrict(query),
    isSent: true,
  });
}

/** rt6_need_strict, or a bound socket that has no source yet. */
function needsStrict(query: OutputQuery): boolean {
  const { destination } = query;
  if (destination.family === 4) return true;
  if (isIPv6LinkLocal(destination) || isIPv6Multicast(destination) || destination.value === 1n) return true;
  return query.outputInterface !== null && query.source === null;
}

/** The kernel's decision on a packet that the node makes. */
export function decideOutput(node: Node, family: Family, query: OutputQuery): OutputDecision {
  const assuming = new Assuming(node, family);
  if (family === 4) {
    const early = beforeRouteIPv4(node, query, assuming);
    if (early !== null) return early;
  }
  const found = findOutputRoute(node, family, query);
  if (found.kind === 'unknown') return withoutRoute(node, query, found, assuming);
  if (found.kind === 'none') return noRoute(node, family, query, found, assuming);
  const source = query.source ?? found.source;
  return send(node, query, { ...found, source }, assuming);
}

interface Way {
  readonly type: AddressType;
  readonly interface: string;
  readonly gateway: Address | null;
  readonly source: Address | null;
  readonly route: (RouteResult & { readonly kind: 'found' })['route'] | null;
}

/** __mkroute_output: a loopback source leaves the machine only with route_localnet on the way out. */
function send(node: Node, query: OutputQuery, way: Way, assuming: Assuming): OutputDecision {
  const { destination } = query;
  const { source, route } = way;
  assuming.addRoute(route, way.interface);
  const fromLoopback = destination.family === 4 && source !== null && isIPv4Loopback(source.value);
  if (fromLoopback && !isLoopbackInterface(node, way.interface)) {
    const allowed = flagSysctl(node, 4, way.interface, 'route_localnet', 'either');
    const subject = `${formatAddress(source)} cannot leave by ${way.interface}`;
    if (allowed === null) {
      return {
        kind: 'unknown',
        reason: `whether route_localnet is on for ${way.interface} is not known`,
        candidates: [],
        assuming: assuming.list,
      };
    }
    if (!allowed) return failure('EINVAL', `${subject}: route_localnet is off`, assuming);
  }
  const type = sentType(destination, way.type);
  // A default route is not used for what goes to all, neither its gateway nor its realm.
  const spread = type === 'BROADCAST' || (type === 'MULTICAST' && (route === null || route.prefixLength < 4));
  const used = destination.family === 4 && spread ? { route: null, gateway: null } : way;
  const { gateway } = used;
  return {
    kind: 'send',
    type,
    interface: way.interface,
    gateway,
    source,
    route: used.route,
    assuming: assuming.list,
  };
}

function sentType(destination: Address, type: AddressType): AddressType {
  if (destination.family === 6) return isIPv6Multicast(destination) ? 'MULTICAST' : type;
  if (destination.value === LIMITED_BROADCAST) return 'BROADCAST';
  return isIPv4Multicast(destination.value) ? 'MULTICAST' : type;
}

/** What is decided of an IPv4 packet without looking at a table; null = look. */
function beforeRouteIPv4(node: Node, query: OutputQuery, assuming: Assuming): OutputDecision | null {
  const { source, destination, outputInterface } = query;
  const everywhere = isIPv4Multicast(destination.value) || destination.value === LIMITED_BROADCAST;
  const refused = source === null ? null : refuseSource(node, query, source, assuming);
  if (refused !== null) return refused;
  if (source !== null && everywhere && outputInterface === null) {
    const name = interfaceOf(node, source);
    if (name !== null) return send(node, query, wayOut('UNICAST', name, source), assuming);
    // __ip_dev_find: "It is equivalent to inet_addr_type(saddr) == RTN_LOCAL".
    const type = typeOfAddress(node, source, null);
    if (type !== null && type !== 'LOCAL')
      return failure('ENETUNREACH', `${formatAddress(source)} is not an address of the node`, assuming);
  }
  const local = destination.value >> 8n === 0xe00000n || destination.value === LIMITED_BROADCAST;
  if (outputInterface !== null && local) {
    const chosen = source ?? selectIPv4Source(node, outputInterface, null, LINK_SCOPE);
    return send(node, query, wayOut('UNICAST', outputInterface, chosen), assuming);
  }
  if (destination.value !== 0n) return null;
  const own = source ?? { family: 4, value: 0x7f000001n };
  return send(node, query, wayOut('LOCAL', loopbackOf(node), own), assuming);
}

function wayOut(type: AddressType, name: string, source: Address | null): Way {
  return { type, interface: name, gateway: null, source, route: null };
}

function refuseSource(
  node: Node,
  query: OutputQuery,
  source: Address,
  assuming: Assuming,
): OutputDecision | null {
  if (isIPv4Multicast(source.value) || source.value === LIMITED_BROADCAST || source.value === 0n) {
    return failure('EINVAL', `${formatAddress(source)} cannot be a source`, assuming);
  }
  if (query.anySource === true) return null;
  const type = typeOfAddress(node, source, null);
  if (type === 'LOCAL' || isInterfaceAddress(node, source) === true) return null;
  if (type === null) {
    assuming.add(`${formatAddress(source)} is an address of the node`);
    return null;
  }
  return failure('ENETUNREACH', `${formatAddress(source)} is not an address of the node`, assuming);
}

/** Without a route a bound IPv4 socket still sends: the destination is taken to be on the link. */
function noRoute(
  node: Node,
  family: Family,
  query: OutputQuery,
  found: RouteResult & { readonly kind: 'none' },
  assuming: Assuming,
): OutputDecision {
  const { destination, outputInterface } = query;
  if (family === 4 && outputInterface !== null) {
    const source = query.source ?? selectIPv4Source(node, outputInterface, null, LINK_SCOPE);
    return send(node, query, wayOut('UNICAST', outputInterface, source), assuming);
  }
  const errno = ERRNO[found.type];
  return failure(errno, `${found.reason} to ${formatAddress(destination)}`, assuming);
}

const ERRNO = {
  NONE: 'ENETUNREACH',
  UNREACHABLE: 'EHOSTUNREACH',
  BLACKHOLE: 'EINVAL',
  PROHIBIT: 'EACCES',
} as const;

/** Where the routes are not known, the addresses may still say that the packet stays on the node. */
function withoutRoute(
  node: Node,
  query: OutputQuery,
  found: RouteResult & { readonly kind: 'unknown' },
  assuming: Assuming,
): OutputDecision {
  const { destination } = query;
  if (found.candidates.length > 0) return severalHops(node, query, found, assuming);
  const isOwn =
    node.routes[destination.family] === null && typeOfAddress(node, destination, null) === 'LOCAL';
  if (!isOwn)
    return { kind: 'unknown', reason: found.reason, candidates: found.candidates, assuming: assuming.list };
  const source = query.source ?? destination;
  return send(node, query, wayOut('LOCAL', loopbackOf(node), source), assuming);
}

/** Of several next hops some may be out of the question for the source. */
function severalHops(
  node: Node,
  query: OutputQuery,
  found: RouteResult & { readonly kind: 'unknown' },
  assuming: Assuming,
): OutputDecision {
  const answers = found.candidates.map((hop) =>
    send(node, query, wayOut('UNICAST', hop.interface ?? '', query.source), assuming),
  );
  const [first] = answers;
  if (first !== undefined && answers.every((answer) => answer.kind === 'error')) return first;
  const also = answers.some((answer) => answer.kind === 'error')
    ? '; by some the packet is dropped as its source is refused'
    : '';
  const { candidates } = found;
  return { kind: 'unknown', reason: `${found.reason}${also}`, candidates, assuming: assuming.list };
}

function failure(
  errno: (OutputDecision & { readonly kind: 'error' })['errno'],
  reason: string,
  assuming: Assuming,
): OutputDecision {
  return { kind: 'error', errno, reason, assuming: assuming.list };
}
