/** What routing refuses, also where little is known of a node: addresses that no packet may have there. */
import { type Address, formatAddress } from '../../values/address.ts';
import { question } from '../answers.ts';
import { type End, kernelDrop } from '../end.ts';
import { isInterfaceAddress, isIPv4Loopback } from '../node/addressTypes.ts';
import type { InputDecision } from '../node/decisions.ts';
import { martianSource, OWN_SOURCE, refusalOfAddresses } from '../node/inputIPv4.ts';
import { refusedSource } from '../node/inputIPv6.ts';
import type { Nexthop } from '../node/node.ts';
import { addressType, lookupRoute, routeInput } from '../node/routing.ts';
import { forwardsAtAll, forwardsFrom } from '../node/forwarding.ts';
import { flagSysctl, interfaceSysctl } from '../node/sysctls.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { localQuestion } from './ownAddress.ts';
import { trafficOf } from './traffic.ts';

/** What routing decides on a packet that came in by an interface. `onBridge`: a bridge asks, of a new destination. */
export function arriving(run: Run, packet: Packet, inputInterface: string, onBridge: boolean): InputDecision {
  return routeInput(run.node, packet.family, {
    source: addressOf(packet, 'source'),
    destination: addressOf(packet, 'destination'),
    inputInterface,
    mark: packet.mark,
    tos: packet.tos,
    traffic: trafficOf(run, packet, 0),
    accepted: true,
    routedOnBridge: onBridge,
  });
}

/** Of a node with more ways in than these nobody says that a packet is refused by all. */
const MOST_WAYS_IN = 16;

/** The end of a packet that is refused by whichever interface of the node it comes in; null where one may take it. */
export function refusedEverywhere(run: Run, packet: Packet, onBridge: boolean): End | null {
  if (run.node.interfaces === null) return null;
  const names = [...run.node.interfaces.values()]
    .filter(({ up, loopback, master }) => up && !loopback && master === null)
    .map(({ name }) => name);
  if (names.length > MOST_WAYS_IN) return null;
  const [first, ...others] = names;
  if (first === undefined) return null;
  const decision = arriving(run, packet, first, onBridge);
  if (decision.kind !== 'drop') return null;
  const isEvery = others.every((name) => arriving(run, packet, name, onBridge).kind === 'drop');
  if (!isEvery) return null;
  noteAll(run, decision.assuming);
  return kernelDrop(decision.reason, decision.refusal);
}

/**
 * Why a packet from another machine goes no further, as far as its addresses tell: it has some that no packet has, or one that
 * is the node's own.
 */
export function refusesArrival(run: Run, packet: Packet): End | null {
  const source = addressOf(packet, 'source');
  const always = packet.family === 4 ? refusalOfAddresses(source, addressOf(packet, 'destination')) : null;
  return always === null
    ? (refusesOwn(run, packet, source) ?? refusesLoopback(run, packet))
    : kernelDrop(always);
}

/** IPv4 refuses what has a source that is an address of the node (inet_lookup_ifaddr_rcu), unless accept_local is on. */
function refusesOwn(run: Run, packet: Packet, source: Address): End | null {
  if (packet.family === 6 || packet.sourceUnknown) return null;
  const name = typeof packet.input === 'string' ? packet.input : null;
  const isOwn =
    source.value === LOCALHOST ||
    isInterfaceAddress(run.node, source) === true ||
    (isIPv4Loopback(source.value) && looksAtRoutes(run, name));
  if (!isOwn) return null;
  const accepts = flagSysctl(run.node, 4, name ?? 'all', 'accept_local', 'either');
  if (accepts === true) return null;
  const where = name ?? 'the interface';
  if (accepts === null || name === null) noteAll(run, [`accept_local is off for ${where}`]);
  return kernelDrop(martianSource(source, OWN_SOURCE));
}

/** Whether the source is looked up in the routes, where all of 127/8 is the node's own. */
function looksAtRoutes(run: Run, name: string | null): boolean {
  return name !== null && (interfaceSysctl(run.node, 4, name, 'rp_filter', 'greater') ?? 0) > 0;
}

/** Why a packet does not get to another link: the node forwards nothing, or it has an IPv6 source of its own link, or none. */
export function refusesForwarding(run: Run, packet: Packet): End | null {
  const { family, input } = packet;
  const isOn =
    typeof input === 'string' ? forwardsFrom(run.node, family, input) : forwardsAtAll(run.node, family);
  if (isOn === false) return kernelDrop(family === 4 ? 'forwarding is off' : 'IPv6 forwarding is off');
  const reason = packet.family === 6 ? refusedSource(addressOf(packet, 'source')) : null;
  if (reason === null) return null;
  noteAll(run, [
    `${formatAddress(addressOf(packet, 'destination'))} is not on the link by which the packet came`,
  ]);
  return kernelDrop(reason);
}

const LOCALHOST = 0x7f000001n;

/** Whether a process sends from 127/8 to another machine: routing is asked before any rule sees the packet. */
export function leavesFromLoopback(run: Run, packet: Packet): boolean {
  if (packet.family === 6 || packet.sourceUnknown || !isIPv4Loopback(packet.source)) return false;
  if (isIPv4Loopback(packet.destination)) return false;
  const destination = addressOf(packet, 'destination');
  const type = addressType(run.node, destination);
  return type === null ? !run.ask(localQuestion(run, packet, destination)) : type === 'UNICAST';
}

/**
 * Loopback addresses cross an interface only with route_localnet; a packet that stays within the node needs nothing. ::1 is
 * never found behind another interface than lo (rt6_need_strict, net/ipv6/route.c), whatever the routes are.
 */
export function refusesLoopback(run: Run, packet: Packet): End | null {
  if (packet.family === 6 && packet.destination === 1n && !packet.local) {
    return kernelDrop('::1 is only valid within one machine');
  }
  const staysInside = packet.local && isIPv4Loopback(packet.destination);
  const fromLoopback = !packet.sourceUnknown && isIPv4Loopback(packet.source);
  const crosses = fromLoopback || isIPv4Loopback(packet.destination);
  if (packet.family === 6 || !crosses || staysInside) return null;
  // Of its own packet the first decision's interface is no longer it, once a rule chose another destination.
  const known = packet.local ? plainRoute(run, addressOf(packet, 'destination'))?.interface : packet.input;
  const name = known ?? (packet.local ? 'the interface that it leaves by' : 'the interface');
  const allowed =
    passesLoopback(run, known ?? null) ??
    run.ask(
      question(
        // An answer comes in by where its request left: where neither is known, they are one question.
        `route_localnet:${known ?? 'the interface'}`,
        'route-localnet-unknown',
        `Whether route_localnet is on for ${name} is not known (no sysctl.txt): without it the kernel drops loopback addresses there.`,
        `route_localnet is on for ${name}`,
      ),
    );
  const error = packet.local ? 'EINVAL: ' : '';
  return allowed
    ? null
    : kernelDrop(`${error}loopback addresses are not routed, as route_localnet is off for ${name}`);
}

/** Whether route_localnet is on for the interface, or, where that is not known (null), for every one; null where nothing tells. */
function passesLoopback(run: Run, name: string | null): boolean | null {
  if (name !== null) return flagSysctl(run.node, 4, name, 'route_localnet', 'either');
  return flagSysctl(run.node, 4, 'all', 'route_localnet', 'own') === true ? true : null;
}

/** Where the routes alone, without the rest, would send it. */
export function plainRoute(run: Run, destination: Address): Omit<Nexthop, 'flags'> | null {
  const query = { destination, source: null, inputInterface: null, outputInterface: null, mark: 0, tos: 0 };
  const found = lookupRoute(run.node, destination.family, query);
  return found.kind === 'found' ? found : null;
}

/** Says what routing takes for granted. */
export function noteAll(run: Run, assuming: readonly string[]): void {
  for (const text of assuming)
    run.assume(`routing:${text}`, 'routing-assumed', `Routing takes for granted: ${text}.`);
}
