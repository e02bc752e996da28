/** Asks the node's routing, and says what is taken for granted where the snapshot cannot answer. */
import { type Address, formatAddress } from '../../values/address.ts';
import { presume, type Question } from '../answers.ts';
import { broadcastFact } from '../facts.ts';
import { isAlwaysJoined } from '../node/inputIPv6.ts';
import { Assuming, type OutputDecision } from '../node/decisions.ts';
import { addressType, routeOutput } from '../node/routing.ts';
import { isIPv6LinkLocal, isIPv6Multicast } from '../node/sourceAddressIPv6.ts';
import { likelyMasqueradeSource } from '../node/sourceAddress.ts';
import type { AddressType, Nexthop } from '../node/node.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { localQuestion } from './ownAddress.ts';
import {
  arriving,
  leavesFromLoopback,
  noteAll,
  plainRoute,
  refusedEverywhere,
  refusesArrival,
  refusesForwarding,
  refusesLoopback,
} from './refusals.ts';
import { askIn, trafficOf } from './traffic.ts';
import type { Way } from './way.ts';
import { type End, kernelDrop } from '../end.ts';

export type Routed = Way | End;

/** The kernel's decision on a packet that came in, after PREROUTING. `onBridge`: a bridge asks, of a new destination. */
export function decideInput(run: Run, packet: Packet, onBridge: boolean): Routed {
  if (packet.destinationUnknown) {
    return routed(run, { kind: 'local', interface: packet.input ?? undefined });
  }
  if (typeof packet.input !== 'string') {
    const refused = refusedEverywhere(run, packet, onBridge);
    if (refused !== null) return routed(run, refused);
    return guess(run, packet, NO_WAY_IN, []);
  }
  const decision = arriving(run, packet, packet.input, onBridge);
  noteAll(run, decision.assuming);
  packet.gateway = decision.kind === 'forward' ? decision.gateway : undefined;
  packet.route = decision.kind === 'forward' ? decision.route : undefined;
  if (decision.kind === 'unknown') return guess(run, packet, openFor(decision.reason), decision.candidates);
  if (decision.kind === 'drop') return routed(run, kernelDrop(decision.reason, decision.refusal));
  return routed(run, { kind: decision.kind, interface: decision.interface });
}

export interface Departure {
  readonly way: Routed;
  /** The source that routing chose for a packet without one; null where it has one, or that is not known. */
  readonly source: bigint | null;
}

/** The kernel's decision on a packet that the node makes. What is not known is left open: a rule may still send it elsewhere. */
export function decideDeparture(run: Run, packet: Packet): Departure {
  return decideOutput(run, packet, packet.uid, false);
}

/** The decision on a packet that was left open, now that its rules are through. */
export function settleDeparture(run: Run, packet: Packet): Routed {
  return decideOutput(run, packet, packet.uid, true).way;
}

/**
 * Routes a packet again in OUTPUT: IPv4's ip_route_me_harder forgets whose it is, IPv6's does not, and keeps to the interface of the
 * first decision for a link-local or multicast destination.
 */
export function decideAgain(run: Run, packet: Packet): Routed {
  if (packet.family === 4) return decideOutput(run, packet, 0, true).way;
  const destination = addressOf(packet, 'destination');
  const isOfLink = isIPv6Multicast(destination) || isIPv6LinkLocal(destination);
  return decideOutput(run, packet, packet.uid, true, isOfLink ? (packet.way?.interface ?? null) : null).way;
}

/** By its destination alone, whatever its source, mark and TOS: ip_vs_xmit.c, do_output_route4. */
export function decideOnward(run: Run, packet: Packet): Departure {
  const decision = routeOutput(run.node, packet.family, {
    source: null,
    destination: addressOf(packet, 'destination'),
    mark: 0,
    tos: 0,
    traffic: { protocol: 0, sourcePort: 0, destinationPort: 0, uid: 0, ask: askIn(run, packet) },
    outputInterface: null,
    anySource: true,
  });
  const made = true;
  return follow(run, packet, decision, true, made);
}

function decideOutput(
  run: Run,
  packet: Packet,
  uid: number | null,
  guessing: boolean,
  outputInterface: string | null = null,
): Departure {
  const decision = routeOutput(run.node, packet.family, {
    source: packet.sourceUnknown ? null : addressOf(packet, 'source'),
    destination: addressOf(packet, 'destination'),
    mark: packet.mark,
    tos: packet.tos,
    traffic: trafficOf(run, packet, uid),
    outputInterface,
    // Raw and transparent sockets may send with any source; others could not have got this far with a foreign one.
    anySource: true,
  });
  return follow(run, packet, decision, guessing);
}

/** `made`: the node itself sends the packet, whoever made it. */
function follow(
  run: Run,
  packet: Packet,
  decision: OutputDecision,
  guessing: boolean,
  made = packet.local,
): Departure {
  noteAll(run, decision.assuming);
  if (decision.kind === 'error') {
    return { way: routed(run, kernelDrop(`${decision.errno}: ${decision.reason}`)), source: null };
  }
  packet.gateway = undefined;
  packet.route = undefined;
  if (decision.kind === 'unknown') {
    const refused = guessing || !leavesFromLoopback(run, packet) ? null : refusesLoopback(run, packet);
    if (refused !== null) return { way: routed(run, refused), source: null };
    if (!guessing) return { way: { kind: 'forward', interface: undefined, open: true }, source: null };
    return { way: guess(run, packet, openFor(decision.reason), decision.candidates, made), source: null };
  }
  packet.gateway = decision.gateway;
  packet.route = decision.route;
  const kind = decision.type === 'LOCAL' || decision.type === 'ANYCAST' ? 'local' : 'forward';
  const heard =
    decision.type === 'BROADCAST' ||
    (decision.type === 'MULTICAST' && isJoined(run, packet, decision.interface));
  const way: Way = { kind, interface: kind === 'local' ? 'lo' : decision.interface, heard };
  const source = decision.source ?? likelySource(run, packet, decision);
  return { way: routed(run, way), source: source?.value ?? null };
}

/**
 * The source of a packet that has none, on a node whose addresses are known in part: what the route and the interface
 * make likely, named as an assumption. Null where that is not clear.
 */
function likelySource(
  run: Run,
  packet: Packet,
  decision: OutputDecision & { readonly kind: 'send' },
): Address | null {
  if (!packet.sourceUnknown || run.node.glimpsed === null) return null;
  const destination = addressOf(packet, 'destination');
  const likely =
    decision.type === 'LOCAL'
      ? { address: destination, because: 'the packet goes to this address of the node' }
      : likelyMasqueradeSource(run.node, decision.interface, decision.gateway ?? destination);
  if (likely === null) return null;
  const text = formatAddress(likely.address);
  run.assume(
    `own-source:${text}`,
    'source-assumed',
    `The packet is taken to have ${text} as its source: ${likely.because}.`,
  );
  return likely.address;
}

/** Whether the node is in the group, as far as the kernel itself joins it: 224.0.0.1, ff02::1, ff02::2 of a router … */
export function isJoined(run: Run, packet: Packet, name: string): boolean {
  if (packet.family === 4) return packet.destination === 0xe0000001n;
  return isAlwaysJoined(run.node, addressOf(packet, 'destination'), name);
}

/** Why routing is open, and what it is called that it is taken to work. */
interface OpenRouting {
  readonly reason: string;
  readonly key: string;
}

function openFor(reason: string): OpenRouting {
  return { reason, key: `routing:${reason}` };
}

const NO_WAY_IN = openFor('it is not known where the packet comes in');

/** Routing that the snapshot leaves open: the destination's kind is asked, the rest is taken to work. */
function guess(
  run: Run,
  packet: Packet,
  { reason, key }: OpenRouting,
  candidates: readonly Nexthop[],
  made = packet.local,
): Routed {
  const destination = addressOf(packet, 'destination');
  const text = formatAddress(destination);
  const refused = made ? null : refusesArrival(run, packet);
  if (refused !== null) return routed(run, refused);
  const isHanded = packet.socket !== null && packet.physicalInput === null;
  if (isHanded && run.ask(socketRoute(packet))) {
    return routed(run, { kind: 'local', interface: packet.input ?? undefined });
  }
  const type = addressType(run.node, destination);
  if (type === 'MULTICAST' && !made && !isJoined(run, packet, '')) return notJoined(run, destination);
  const isLocal = type === null ? run.ask(localQuestion(run, packet, destination)) : type === 'LOCAL';
  if (isLocal || (!made && isToAll(run, text, type))) {
    run.assume(
      `routing:${text}`,
      'routing-unknown',
      () =>
        `${text} is ${isLocal ? 'this node’s' : 'everybody’s'}: the packet is taken to be delivered here (${reason}).`,
    );
    return routed(run, { kind: 'local', interface: made ? 'lo' : (packet.input ?? undefined) });
  }
  const kept = made ? refusesLoopback(run, packet) : refusesForwarding(run, packet);
  if (kept !== null) return routed(run, kept);
  run.assume(
    key,
    'routing-unknown',
    () =>
      `What is not this node’s is taken to be forwarded: how it is routed cannot be worked out (${reason}).`,
  );
  const hop = candidates.length === 0 ? null : (candidates[run.pick(candidates.length)] ?? null);
  const way = hop ?? plainRoute(run, destination);
  packet.gateway = way?.gateway;
  return routed(run, { kind: 'forward', interface: way?.interface ?? undefined });
}

/** TPROXY is of no use without a policy rule: who uses it has one. */
function socketRoute({ mark }: Packet): Question {
  const name = `mark 0x${mark.toString(16)}`;
  const claim = `an ip rule leads ${name} to a local route by lo`;
  const message = `An ip rule is taken to lead ${name} to a local route by lo, as TPROXY needs it: the node’s routes are not known.`;
  return presume(true, `tproxy-route:${mark}`, 'tproxy-route-assumed', message, claim);
}

/** What is sent to everybody here is delivered, too, also where it was assumed to be. */
function isToAll(run: Run, address: string, type: AddressType | null): boolean {
  if (type === 'BROADCAST' || type === 'MULTICAST') return true;
  return !address.includes(':') && run.knowledge.holds(broadcastFact(address)) === true;
}

function notJoined(run: Run, group: Address): Routed {
  const { reason, assuming } = new Assuming(run.node, group.family).notJoined(group);
  noteAll(run, assuming);
  return routed(run, kernelDrop(reason));
}

function routed(run: Run, way: Routed): Routed {
  const isEnd = way.kind === 'end';
  run.steps.push({
    kind: 'routing',
    interface: isEnd ? null : (way.interface ?? null),
    result: isEnd ? 'dropped' : way.kind === 'local' ? 'local' : 'unicast',
    reason: isEnd ? way.reason : null,
  });
  return way;
}
