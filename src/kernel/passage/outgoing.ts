/** The way of a packet that the node itself makes: net/ipv4/ip_output.c. */
import { type Ending, kernelDrop } from '../end.ts';
import { addressType } from '../node/routing.ts';
import { addressOf, type Packet } from '../packet.ts';
import { headerState } from '../packetState.ts';
import type { Run } from '../run.ts';
import { deliver, leave, passPostrouting, routeIn, takeIn } from './incoming.ts';
import { decideDeparture, isJoined, settleDeparture } from './routing.ts';
import type { Way } from './way.ts';

/** Sends a packet from a process of this node; one that left its address to routing gets it here. */
export function send(run: Run, packet: Packet): Ending {
  const departure = decideDeparture(run, packet);
  if (departure.way.kind === 'end') return departure.way;
  if (packet.sourceUnknown && departure.source !== null) {
    packet.source = departure.source;
    packet.sourceUnknown = false;
    packet.arrived = headerState(packet);
  }
  packet.input = null;
  // Every OUTPUT chain sees the interface of this first decision, whatever changes on the way.
  packet.output = departure.way.interface ?? ownDestination(run, packet);
  packet.way = departure.way;
  const end = run.enterHook('OUTPUT', packet);
  if (end !== null) return end;
  if (packet.way !== departure.way) packet.outputOf = 'output';
  const way = packet.way.open === true ? settleDeparture(run, packet) : packet.way;
  if (way.kind === 'end') return way;
  if (way.kind === 'local' || way.interface === 'lo') return throughLoopback(run, packet, way);
  return way.heard === true ? sendAndHear(run, packet, way) : leave(run, packet, way.interface);
}

/**
 * Sends on a packet that a call at a hook took away, and that routing sent out by `way`: through OUTPUT from its start, whoever
 * made it (NF_HOOK of LOCAL_OUT).
 */
export function sendOnward(run: Run, packet: Packet, way: Way): Ending {
  packet.input = null;
  packet.output = way.interface;
  packet.outputOf = 'output';
  packet.way = way;
  const end = run.enterHook('OUTPUT', packet);
  if (end !== null) return end;
  const { way: last } = packet;
  return last.kind === 'local' || last.interface === 'lo'
    ? throughLoopback(run, packet, last)
    : leave(run, packet, last.interface);
}

/** Without routes it is known at least that the node's own addresses are behind `lo`. */
function ownDestination(run: Run, packet: Packet): string | undefined {
  return addressType(run.node, addressOf(packet, 'destination')) === 'LOCAL' ? 'lo' : undefined;
}

/**
 * A copy of the packet, of no process, goes through POSTROUTING too and comes in again by the interface: in IPv4 all of that
 * before the packet itself leaves (ip_mc_output), in IPv6 behind it, as it is then, and only to a group (ip6_finish_output2).
 */
function sendAndHear(run: Run, packet: Packet, way: Way): Ending {
  if (packet.family === 4) {
    const copy = copyOf(packet);
    if (passPostrouting(run, copy, way.interface) === null) hear(run, copy, way);
    return leave(run, packet, way.interface);
  }
  const left = leave(run, packet, way.interface);
  if (left.kind === 'end' || !isStillHeard(run, packet, way.interface)) return left;
  const copy = copyOf(packet);
  if (passPostrouting(run, copy, way.interface) === null) hear(run, copy, way);
  return left;
}

function copyOf(packet: Packet): Packet {
  return { ...packet, local: false, uid: null, gid: null };
}

function hear(run: Run, copy: Packet, way: Way): void {
  copy.input = way.interface;
  copy.output = null;
  copy.isOwnCopy = true;
  if (takeIn(run, copy) !== null || run.enterHook('PREROUTING', copy) !== null) return;
  if (isStillHeard(run, copy, way.interface)) deliver(run, copy);
}

/** The packet keeps the route that it left by: ip6_mc_input hears a group of the interface, and no address that a rule has put in its place. */
function isStillHeard(run: Run, packet: Packet, at: string | undefined): boolean {
  return packet.family === 4 || (at !== undefined && isJoined(run, packet, at));
}

/** Out by `lo` and in again: no second nat, the connection stays with the packet, and so does its route where nat leaves it that. */
function throughLoopback(run: Run, packet: Packet, way: Way): Ending {
  const left = leave(run, packet, 'lo');
  if (left.kind === 'end') return left;
  packet.output = null;
  packet.input = 'lo';
  const end = takeIn(run, packet) ?? run.enterHook('PREROUTING', packet);
  if (end !== null) return end;
  if (packet.lostRoute) return routeIn(run, packet);
  const isDelivered = way.kind === 'local' || (way.heard === true && isStillHeard(run, packet, 'lo'));
  return isDelivered ? deliver(run, packet) : kernelDrop('the node has not joined this multicast group');
}
