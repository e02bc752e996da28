/** The way of a packet that the node itself makes: net/ipv4/ip_output.c, net/ipv4/netfilter.c (ip_route_me_harder). */
import { isTranslatedAway } from '../nat/natHook.ts';
import { addressType } from '../node/routing.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { type End, kernelDrop } from '../../machines/iptables/targets/target.ts';
import { confirm, runHook } from './hooks.ts';
import { deliver, type Ending, leave, refusal } from './incoming.ts';
import { addressOf, decideOutput, type Way } from './routing.ts';

/** Sends a packet from a process of this node; one that left its address to routing gets it here. */
export function send(run: Run, packet: Packet): Ending {
  const departure = decideOutput(run, packet, false);
  if (departure.way.kind === 'end') return departure.way;
  if (packet.sourceUnknown && departure.source !== null) {
    packet.source = departure.source;
    packet.sourceUnknown = false;
  }
  packet.input = null;
  // Every OUTPUT chain sees the interface of this first decision, whatever changes on the way.
  packet.output = departure.way.interface ?? ownDestination(run, packet);
  const rerouting = new Rerouting(run, packet, departure.way);
  const end = runHook(run, packet, 'OUTPUT', (stage) => {
    if (stage === 'raw') rerouting.remember();
    if (stage === 'mangle') return rerouting.afterMangle();
    return stage === 'nat' ? rerouting.afterNat() : null;
  });
  if (end !== null) return end;
  if (rerouting.changed) packet.outputOf = 'output';
  const way = rerouting.way.open === true ? decideOutput(run, packet, true).way : rerouting.way;
  if (way.kind === 'end') return way;
  if (way.kind === 'local' || way.interface === 'lo') return throughLoopback(run, packet, way);
  return way.heard === true ? sendAndHear(run, packet, way) : leave(run, packet, way.interface);
}

/** Without routes it is known at least that the node's own addresses are behind `lo`. */
function ownDestination(run: Run, packet: Packet): string | undefined {
  return addressType(run.node, addressOf(packet, 'destination')) === 'LOCAL' ? 'lo' : undefined;
}

/**
 * A copy of the packet, of no process, goes through POSTROUTING too, in IPv4 before the packet itself (ip_mc_output), in
 * IPv6 behind it, as it is then (ip6_finish_output2); and comes in again by the interface when both are through.
 */
function sendAndHear(run: Run, packet: Packet, way: Way): Ending {
  if (packet.family === 4) {
    const copy = copyOf(packet);
    const copied = leave(run, copy, way.interface);
    const left = leave(run, packet, way.interface);
    if (copied.kind !== 'end') hear(run, copy, way);
    return left;
  }
  const left = leave(run, packet, way.interface);
  const copy = copyOf(packet);
  if (left.kind !== 'end' && leave(run, copy, way.interface).kind !== 'end') hear(run, copy, way);
  return left;
}

function copyOf(packet: Packet): Packet {
  return { ...packet, local: false, uid: null, gid: null };
}

function hear(run: Run, copy: Packet, way: Way): void {
  copy.input = way.interface;
  copy.output = null;
  copy.isOwnCopy = true;
  if (refusal(run, copy) === null && runHook(run, copy, 'PREROUTING') === null) deliver(run, copy);
}

/** Out by `lo` and in again: no second nat, no new routing, the connection stays with the packet. */
function throughLoopback(run: Run, packet: Packet, way: Way): Ending {
  const left = leave(run, packet, 'lo');
  if (left.kind === 'end') return left;
  confirm(run, packet);
  packet.output = null;
  packet.input = 'lo';
  const end = runHook(run, packet, 'PREROUTING');
  if (end !== null) return end;
  const isDelivered = way.kind === 'local' || way.heard === true;
  return isDelivered ? deliver(run, packet) : kernelDrop('the node has not joined this multicast group');
}

/** Which changes in OUTPUT make the kernel route a packet again. */
class Rerouting {
  readonly #run: Run;
  readonly #packet: Packet;
  #before: string;
  #way: Way;
  #changed = false;

  constructor(run: Run, packet: Packet, way: Way) {
    this.#run = run;
    this.#packet = packet;
    this.#way = way;
    this.#before = this.#routed();
  }

  get way(): Way {
    return this.#way;
  }

  /** Whether the packet was routed a second time. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Marks set before the mangle table do not count as changes. */
  remember(): void {
    this.#before = this.#routed();
  }

  /** ipt_mangle_out: address, mark or TOS changed. */
  afterMangle(): End | null {
    return this.#routed() === this.#before ? null : this.#again();
  }

  /** nf_nat_ipv4_local_fn: the connection's destination is translated. */
  afterNat(): End | null {
    return isTranslatedAway(this.#packet) ? this.#again() : null;
  }

  #routed(): string {
    const { source, destination, mark, tos } = this.#packet;
    return `${source} ${destination} ${mark} ${tos}`;
  }

  #again(): End | null {
    this.#changed = true;
    const { way } = decideOutput(this.#run, this.#packet, true);
    if (way.kind === 'end') return way;
    this.#way = way;
    return null;
  }
}
