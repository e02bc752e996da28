/** net/ipv6/ip6_input.c: ip6_rcv_core, net/ipv6/route.c: ip6_route_input, net/ipv6/ip6_output.c: ip6_forward. */
import { type Address, formatAddress } from '../../values/address.ts';
import { isLoopbackInterface, typeOfAddress } from './addressTypes.ts';
import { Assuming, type InputDecision, type InputQuery } from './decisions.ts';
import { findRoute } from './findRoute.ts';
import type { Node, RouteResult } from './node.ts';
import { ipv6Scope, isIPv6LinkLocal, isIPv6Multicast } from './sourceAddressIPv6.ts';
import { forwardsFrom } from './forwarding.ts';
import { flagSysctl, numberSysctl } from './sysctls.ts';
import { ANY_TRAFFIC } from './traffic.ts';

const LOOPBACK = 1n;
const WITHIN = '::1 is only valid within one machine';

/**
 * Why the kernel throws an IPv6 packet away before any rule sees it; null when it does not. Loopback addresses from
 * outside, multicast sources, and destinations of scope 0 or 1 never reach PREROUTING. `isOwnCopy`: what the node hears of
 * its own (PACKET_LOOPBACK) may have scope 1 (ip6_rcv_core).
 */
export function refusalBeforeRules(
  node: Node,
  query: Pick<InputQuery, 'source' | 'destination' | 'inputInterface'> & { readonly isOwnCopy?: boolean },
): string | null {
  const { source, destination, inputInterface, isOwnCopy = false } = query;
  const outside = !isLoopbackInterface(node, inputInterface);
  if (outside && (source.value === LOOPBACK || destination.value === LOOPBACK)) return WITHIN;
  if (isIPv6Multicast(source)) return 'a multicast address cannot be a source';
  if (isIPv6Multicast(destination)) {
    const scope = ipv6Scope(destination);
    if (scope === 0) return 'multicast scope 0 is reserved';
    if (scope === 1 && outside && !isOwnCopy)
      return 'interface-local multicast is only valid within one machine';
  }
  if (flagSysctl(node, 6, inputInterface, 'disable_ipv6', 'own') === true) {
    return `IPv6 is disabled on ${inputInterface}`;
  }
  return null;
}

/** The kernel's decision on an IPv6 packet that came in. */
export function routeInputIPv6(node: Node, query: InputQuery): InputDecision {
  const assuming = new Assuming(node, 6);
  const { source, destination, inputInterface, mark, tos, traffic = ANY_TRAFFIC } = query;
  const refused = query.accepted === true ? null : refusalBeforeRules(node, query);
  if (refused !== null) return assuming.drop(refused);
  if (isIPv6Multicast(destination)) return multicast(node, query, assuming);
  const found = findRoute(node, 6, {
    source,
    destination,
    inputInterface,
    outputInterface: null,
    through: inputInterface,
    mark,
    tos,
    traffic,
    strict: isIPv6LinkLocal(destination) || destination.value === LOOPBACK,
  });
  if (found.kind === 'unknown') return withoutRoute(node, query, found, assuming);
  if (found.kind === 'none') {
    const told = query.routedOnBridge === true ? null : found.type;
    return assuming.drop(withoutWay(node, query, found.reason), told);
  }
  if (found.type === 'LOCAL' || found.type === 'ANYCAST') {
    return assuming.local(found.type, inputInterface, found.route);
  }
  return forward(node, query, found, assuming);
}

/**
 * Why there is no way. ip6_pkt_discard tells the sender, but br_nf_pre_routing_finish_ipv6 frees what it finds no way for, and
 * no one hears of it.
 */
function withoutWay(node: Node, query: InputQuery, reason: string): string {
  const { destination, inputInterface, routedOnBridge = false } = query;
  const lacking = `${reason} to ${formatAddress(destination)}`;
  if (destination.value !== LOOPBACK || isLoopbackInterface(node, inputInterface)) {
    return routedOnBridge ? `${lacking}, and a bridge tells nobody` : lacking;
  }
  return routedOnBridge ? WITHIN : `${WITHIN}: there is ${lacking}`;
}

function withoutRoute(
  node: Node,
  query: InputQuery,
  found: RouteResult & { readonly kind: 'unknown' },
  assuming: Assuming,
): InputDecision {
  const known = node.routes[6] === null && typeOfAddress(node, query.destination, null) === 'LOCAL';
  return known
    ? assuming.local('LOCAL', query.inputInterface, null)
    : assuming.unknown(found.reason, found.candidates);
}

function forward(
  node: Node,
  query: InputQuery,
  found: RouteResult & { readonly kind: 'found' },
  assuming: Assuming,
): InputDecision {
  const refused = staysOnBridge(query, found.interface) ? null : refusedOnward(node, query, found, assuming);
  if (refused !== null) return assuming.drop(refused.reason, refused.refusal);
  assuming.addRoute(found.route, found.interface);
  return {
    kind: 'forward',
    type: found.type,
    interface: found.interface,
    gateway: found.gateway,
    route: found.route,
    reason: null,
    assuming: assuming.list,
  };
}

/** Whether the bridge forwards the frame itself: ip6_forward, which asks for forwarding and a hop limit, never sees it. */
function staysOnBridge(query: InputQuery, output: string): boolean {
  return query.routedOnBridge === true && output === query.inputInterface;
}

/** Why ip6_forward does not forward it; null when it does. */
function refusedOnward(
  node: Node,
  query: InputQuery,
  found: RouteResult & { readonly kind: 'found' },
  assuming: Assuming,
): Pick<InputDecision & { readonly kind: 'drop' }, 'reason' | 'refusal'> | null {
  const forwarding = forwardsFrom(node, 6, query.inputInterface);
  if (forwarding === null) assuming.add('IPv6 forwarding is on');
  if (forwarding === false) return { reason: 'IPv6 forwarding is off', refusal: null };
  if (query.ttl !== undefined && query.ttl <= 1) return { reason: 'the hop limit ran out', refusal: 'TTL' };
  const reason = seemsToGoBack(query, found.interface) ? null : refusedSource(query.source);
  return reason === null ? null : { reason, refusal: null };
}

/**
 * Whether ip6_forward takes it for a packet that goes back to its link. Of one that br_nf_pre_routing_finish_ipv6 has routed,
 * ip6_rcv_core notes the interface of that route as the one it came in by.
 */
function seemsToGoBack(query: InputQuery, output: string): boolean {
  return query.routedOnBridge === true || output === query.inputInterface;
}

/** Sources that never get from one link to another; a packet that goes back to its link may have them (ip6_forward). */
export function refusedSource(source: Address): string | null {
  if (source.value === 0n) return 'a packet from :: is not forwarded';
  return isIPv6LinkLocal(source) ? `a link-local source (${formatAddress(source)}) is not forwarded` : null;
}

/** ip6_mc_input: unlike in IPv4, INPUT's rules see it, and a group that nobody joined is dropped after the routing. */
function multicast(node: Node, query: InputQuery, assuming: Assuming): InputDecision {
  const { destination, inputInterface } = query;
  const joined = isAlwaysJoined(node, destination, inputInterface);
  return joined ? assuming.local('MULTICAST', inputInterface, null) : assuming.notJoined(destination);
}

/** All nodes; all routers when it forwards; the solicited-node groups of its own addresses (RFC 4291 section 2.8). */
export function isAlwaysJoined(node: Node, group: Address, inputInterface: string): boolean {
  const low = group.value & ((1n << 112n) - 1n);
  const scope = ipv6Scope(group);
  if (low === 1n && (scope === 1 || scope === 2)) return true;
  // ff01::2 and ff05::2 are joined where forwarding was switched on while the interface was there, which nothing tells afterwards.
  if (low === 2n && scope === 2) {
    return numberSysctl(node, 'net.ipv6.conf.all.forwarding') !== 0;
  }
  if (group.value >> 24n !== 0xff0200000000000000000001ffn) return false;
  const addresses = node.interfaces?.get(inputInterface)?.addresses ?? [];
  return addresses.some(
    (at) => at.address.family === 6 && (at.address.value & 0xffffffn) === (group.value & 0xffffffn),
  );
}
