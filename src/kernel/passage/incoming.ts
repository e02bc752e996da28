/** The way of a packet that comes in by an interface: net/ipv4/ip_input.c, ip_forward.c and their IPv6 twins. */
import { confirm } from '../conntrack/conntrackHook.ts';
import { isAlwaysJoined, refusalBeforeRules } from '../node/inputIPv6.ts';
import { isIPv6Multicast } from '../node/sourceAddressIPv6.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { type End, type Ending, kernelDrop } from '../end.ts';
import { filtersBridge, hairpinDrop, isNoBridge, noteCopies, noteHairpin, onlyPort } from './bridges.ts';
import { priorityOfTos } from './priority.ts';
import { decideInput } from './routing.ts';
import type { Way } from './way.ts';

/** Takes a packet through the node. `frame`: it is addressed, on layer 2, to another machine on the same bridge. */
export function receive(run: Run, packet: Packet, frame: 'to-node' | 'bridged'): Ending {
  const bridge =
    typeof packet.input === 'string' && filtersBridge(run, packet, packet.input) ? packet.input : null;
  if (bridge !== null) packet.physicalInput = onlyPort(run, bridge);
  const taken = run.enterDevice('ingress', 'port', packet);
  if (taken !== null) return taken;
  if (frame === 'bridged' && bridge === null) return passBy(run, packet);
  const before = packet.destination;
  const end = (bridge === null ? takeIn(run, packet) : null) ?? run.enterHook('PREROUTING', packet);
  if (end !== null) return end;
  const isRewritten = packet.destination !== before;
  if (frame === 'bridged' && !isRewritten && bridge !== null) return bridgeOn(run, packet, bridge);
  if (bridge !== null && isRewritten) return rerouteOnBridge(run, packet, bridge);
  const refused = bridge === null ? null : takeIn(run, packet);
  return refused ?? routeIn(run, packet, bridge);
}

/**
 * A frame for another machine that no hook of iptables sees: a bridge hands it on, and any other device takes it in for nothing
 * (PACKET_OTHERHOST of ip_rcv_core and ip6_rcv_core).
 */
function passBy(run: Run, packet: Packet): Ending {
  const { input } = packet;
  if (typeof input !== 'string' || !isNoBridge(run, input)) {
    return { kind: 'forward', interface: input ?? undefined };
  }
  return (
    run.enterDevice('ingress', 'interface', packet) ??
    kernelDrop(`its frame is addressed to another machine, and ${input} is no bridge that would hand it on`)
  );
}

/** Routes it behind PREROUTING, and on. `bridge`: the one whose port it came by, where its hooks run there. */
export function routeIn(run: Run, packet: Packet, bridge: string | null = null): Ending {
  const way = decideInput(run, packet, false);
  if (way.kind === 'end') return way;
  if (bridge !== null && way.kind === 'local') noteCopies(run, packet, bridge);
  return goOn(run, packet, way);
}

/**
 * A bridge routes a packet with a new destination itself; one that goes back to it never comes to ip_rcv. The route of a group of
 * IPv6 is one of the bridge (ff00::/8 dev cni0), and br_nf_pre_routing_finish_ipv6 asks for no more: the frame goes to all ports,
 * and to the node where it has joined.
 */
function rerouteOnBridge(run: Run, packet: Packet, bridge: string): Ending {
  const destination = addressOf(packet, 'destination');
  if (isIPv6Multicast(destination)) {
    if (!isAlwaysJoined(run.node, destination, bridge)) return bridgeOn(run, packet, bridge);
    noteCopies(run, packet, bridge);
  }
  const way = decideInput(run, packet, true);
  if (way.kind === 'end') return way;
  if (way.kind === 'forward' && way.interface === bridge) return bridgeOn(run, packet, bridge);
  return takeIn(run, packet) ?? goOn(run, packet, way);
}

function goOn(run: Run, packet: Packet, way: Way): Ending {
  return way.kind === 'local' ? deliver(run, packet) : forward(run, packet, way);
}

/** Stands for an interface that is not known, and is not `lo`. */
const SOMEWHERE = '';

/**
 * The interface takes the packet in, and IP looks at it: before PREROUTING, but behind it where the hooks run on the bridge. Null
 * where it goes on. A socket that it has by then is lost: ip_rcv_core, ip6_rcv_core.
 */
export function takeIn(run: Run, packet: Packet): Ending | null {
  packet.socket = null;
  return run.enterDevice('ingress', 'interface', packet) ?? refusal(run, packet);
}

/** What ip6_rcv throws away at once. */
function refusal(run: Run, packet: Packet): End | null {
  if (packet.family === 4 || packet.input === null) return null;
  const reason = refusalBeforeRules(run.node, {
    source: addressOf(packet, 'source'),
    destination: addressOf(packet, 'destination'),
    inputInterface: packet.input ?? SOMEWHERE,
    isOwnCopy: packet.isOwnCopy,
  });
  return reason === null ? null : kernelDrop(reason);
}

/** The INPUT side: also of packets that came round through `lo`. */
export function deliver(run: Run, packet: Packet): Ending {
  packet.output = null;
  const end = run.enterHook('INPUT', packet) ?? confirm(packet, run);
  if (end !== null) return end;
  return { kind: 'local', interface: packet.input ?? undefined };
}

function forward(run: Run, packet: Packet, way: Way): Ending {
  if (packet.socket !== null) {
    return kernelDrop(
      'TPROXY gave it to a socket of this node, but routing sends it on: no route takes its mark to lo',
    );
  }
  if (packet.ttl <= 1) {
    return kernelDrop(packet.family === 4 ? 'the TTL ran out' : 'the hop limit ran out', 'TTL');
  }
  // ip_forward lowers the TTL before the FORWARD hook sees the packet.
  packet.ttl--;
  if (packet.family === 4) packet.priority = priorityOfTos(packet.tos);
  packet.output = way.interface;
  const end = run.enterHook('FORWARD', packet) ?? leave(run, packet, way.interface);
  if (end.kind !== 'end') noteHairpin(run, packet);
  return end;
}

/** POSTROUTING, and out. A routed packet still shows the interface that it came in by (ip_output: `indev`). */
export function leave(run: Run, packet: Packet, output: string | undefined): Ending {
  const end = passPostrouting(run, packet, output) ?? run.enterDevice('egress', 'interface', packet);
  return end ?? run.enterDevice('egress', 'port', packet) ?? { kind: 'forward', interface: output };
}

/** Through POSTROUTING, but not out yet. Null when it passes. */
export function passPostrouting(run: Run, packet: Packet, output: string | undefined): Ending | null {
  packet.output = output;
  return run.enterHook('POSTROUTING', packet) ?? confirm(packet, run);
}

/** A bridge forwards the frame itself: the hooks see the bridge on both sides, the TTL stays. */
function bridgeOn(run: Run, packet: Packet, bridge: string): Ending {
  packet.bridged = true;
  packet.output = bridge;
  packet.physicalInput = onlyPort(run, bridge);
  packet.physicalOutput = onlyPort(run, bridge);
  const end = run.enterHook('FORWARD', packet);
  if (end !== null) return end;
  packet.input = null;
  const left = passPostrouting(run, packet, bridge) ?? hairpinDrop(run, packet, bridge);
  return left ?? run.enterDevice('egress', 'port', packet) ?? { kind: 'forward', interface: bridge };
}
