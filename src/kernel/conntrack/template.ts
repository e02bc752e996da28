/**
 * Templates: what a rule before conntrack wants the connection of a packet to be like (zone, helper, timeout, events).
 * net/netfilter/xt_CT.c, xt_ct_target; net/netfilter/nft_ct.c, nft_ct_set_zone_eval.
 */
import type { Packet } from '../packet.ts';
import { newConnection, type Tuple } from './connection.ts';
import { NO_ZONE, type WantedZone, type Zone } from './zone.ts';

const NOTHING: Tuple = {
  protocol: 0,
  source: 0n,
  sourcePort: 0,
  destination: 0n,
  destinationPort: 0,
  icmp: null,
};

/**
 * Gives the packet a template. Until conntrack takes it away it looks like a connection, with addresses of zeros. A packet that has
 * one already, belongs to a connection or is untracked stays as it is: "Previously seen (loopback)? Ignore."
 */
export function attachTemplate(packet: Packet, zone: WantedZone): void {
  if (isTaken(packet)) return;
  packet.template = zone;
  packet.connection = { ...newConnection(NOTHING, NOTHING), confirmed: true };
  packet.direction = 'original';
  packet.state = 'NEW';
}

/** Takes the packet out of conntrack, unless it has a template or a connection. */
export function untrack(packet: Packet): void {
  if (!isTaken(packet)) packet.state = 'UNTRACKED';
}

function isTaken({ connection, state }: Packet): boolean {
  return connection !== null || state === 'UNTRACKED';
}

/** Takes the template off the packet; the zone that it, or nothing, asks for: nf_ct_zone_tmpl. */
export function takeTemplate(packet: Packet): Zone {
  if (packet.template === null) return NO_ZONE;
  const { id, counts } = packet.template;
  packet.template = null;
  packet.connection = null;
  packet.state = null;
  // The number of a zone has 16 bits.
  return { id: id === 'mark' ? packet.mark & 0xffff : id, counts };
}
