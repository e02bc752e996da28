/** NAT's part in a hook: nf_nat_core.c (nf_nat_inet_fn, nf_nat_packet) and nf_nat_proto.c (ICMP errors). */
import { question } from '../answers.ts';
import type { Connection, Tuple } from '../conntrack/connection.ts';
import type { Direction } from '../conntrack/zone.ts';
import { type Ending, kernelDrop } from '../end.ts';
import { enter, type HookCall } from '../hookCall.ts';
import { hasTrackedPorts, isIcmp, type Packet, type QuotedEnds } from '../packet.ts';
import type { Run } from '../run.ts';
import type { HookName } from '../trace.ts';
import { routeAgain } from '../passage/reroute.ts';
import type { Manipulation } from './range.ts';
import { setupNullBinding } from './setup.ts';

/**
 * nf_nat_icmpv6_reply_translation looks at the checksum first, whatever there is to translate, unless that was found right before:
 * by the network card, or in PREROUTING where no rule has changed the header before nat (nf_ip6_checksum, skb_forward_csum).
 */
const SUMMED = question(
  'checksum:again',
  'checksum-assumed',
  'Whether the checksum of the ICMP error is looked at once more, behind the rule that made it wrong, is not known.',
  'the checksum of the error is looked at again',
);

/** Which end of the packet a hook may translate. */
export function manipulationOf(hook: HookName): Manipulation {
  return hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
}

/**
 * Asks `chains` for the first packet of a connection, in order until one has translated it, and translates: nf_nat_inet_fn.
 * Null when the packet goes on.
 */
export function runNat(chains: readonly HookCall[], hook: HookName, packet: Packet, run: Run): Ending | null {
  const { connection, destination } = packet;
  if (connection === null) return null;
  const manipulation = manipulationOf(hook);
  const isError = packet.state === 'RELATED' && isIcmp(packet);
  if (isError && isRefused(packet, connection)) return kernelDrop('a redirect about a translated connection');
  if (isError && packet.isDamaged && isSummed(packet, hook, run)) return kernelDrop('its checksum is wrong');
  if (!isError && packet.state !== 'ESTABLISHED' && !isDone(connection, manipulation)) {
    const end = bind(chains, packet, connection, manipulation, run);
    if (end !== null) return end;
    if (packet.leftNat) {
      packet.leftNat = false;
      return null;
    }
  } else if (!isError && hook === 'POSTROUTING' && leavesElsewhere(packet, connection)) {
    run.conntrack.remove(connection);
    return kernelDrop(`the connection was masqueraded for ${connection.masqueradedBy}`);
  }
  translate(packet, connection, manipulation, isError);
  if (hook === 'PREROUTING') packet.lostRoute = packet.destination !== destination;
  return hook === 'OUTPUT' && isTranslatedAway(packet) ? routeAgain(packet, run) : null;
}

/** Of what the node makes the sum is looked at in OUTPUT, and not again where it leaves (nf_ip6_checksum). */
function isSummed({ local }: Packet, hook: HookName, run: Run): boolean {
  if (local && hook === 'OUTPUT') return true;
  return !(local && hook === 'POSTROUTING') && run.ask(SUMMED);
}

/** nf_nat_icmp_reply_translation: "Redirects on non-null nats must be dropped, else they'll start talking to each other". */
function isRefused(packet: Packet, connection: Connection): boolean {
  if (packet.family !== 4 || packet.icmpType !== 5) return false;
  const { sourceNat, destinationNat, sourceNatDone, destinationNatDone } = connection;
  return sourceNat || destinationNat || !sourceNatDone || !destinationNatDone;
}

/** nf_nat_oif_changed: the address that the connection was given is of another interface. */
function leavesElsewhere({ direction, output }: Packet, { masqueradedBy }: Connection): boolean {
  if (masqueradedBy === null || direction !== 'original') return false;
  return typeof output === 'string' && output !== masqueradedBy;
}

function bind(
  chains: readonly HookCall[],
  packet: Packet,
  connection: Connection,
  manipulation: Manipulation,
  run: Run,
): Ending | null {
  for (const chain of chains) {
    const end = enter(chain, packet, run);
    if (end !== null || packet.leftNat || isDone(connection, manipulation)) return end;
  }
  setupNullBinding(packet, connection, run, manipulation);
  return null;
}

function isDone(connection: Connection, manipulation: Manipulation): boolean {
  return manipulation === 'source' ? connection.sourceNatDone : connection.destinationNatDone;
}

function translate(
  packet: Packet,
  connection: Connection,
  manipulation: Manipulation,
  isError: boolean,
): void {
  if (!isTranslated(connection, packet.direction, manipulation)) return;
  const opposite = packet.direction === 'original' ? connection.reply : connection.original;
  if (isError && packet.quoted !== null) translateQuoted(packet.quoted, opposite, manipulation);
  const keepsPorts = isError || !hasTrackedPorts(packet.protocol);
  if (manipulation === 'source') {
    packet.source = opposite.destination;
    if (!keepsPorts) packet.sourcePort = opposite.destinationPort;
  } else {
    packet.destination = opposite.source;
    if (!keepsPorts) packet.destinationPort = opposite.sourcePort;
  }
}

/** The quoted packet went the other way: its other end is translated, to what it was before (nf_nat_icmp_reply_translation). */
function translateQuoted(quoted: QuotedEnds, opposite: Tuple, manipulation: Manipulation): void {
  if (manipulation === 'source') {
    quoted.destination = opposite.destination;
    if (hasTrackedPorts(quoted.protocol)) quoted.destinationPort = opposite.destinationPort;
  } else {
    quoted.source = opposite.source;
    if (hasTrackedPorts(quoted.protocol)) quoted.sourcePort = opposite.sourcePort;
  }
}

/** Replies are translated the other way round: what was DNAT is SNAT for them. */
function isTranslated(connection: Connection, direction: Direction, manipulation: Manipulation): boolean {
  const forSource = (manipulation === 'source') === (direction === 'original');
  return forSource ? connection.sourceNat : connection.destinationNat;
}

/** Whether the packet's destination was translated, so that OUTPUT has to route it again (nf_nat_ipv4_local_fn). */
function isTranslatedAway(packet: Packet): boolean {
  const { connection, direction } = packet;
  if (connection === null) return false;
  const own = direction === 'original' ? connection.original : connection.reply;
  const opposite = direction === 'original' ? connection.reply : connection.original;
  return own.destination !== opposite.source;
}
