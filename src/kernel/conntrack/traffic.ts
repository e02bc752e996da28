/** What has gone through connections: nf_conntrack_acct. */
import { isIcmp, isIcmpError, type Packet } from '../packet.ts';
import type { Traffic, TrafficCount } from './connection.ts';
import type { Direction } from './zone.ts';

/** Counts one packet, when conntrack gives it its connection. ICMP errors are not counted. */
export function countTraffic(packet: Packet): void {
  const { connection } = packet;
  if (connection === null || (isIcmp(packet) && isIcmpError(packet.family, packet.icmpType ?? 0))) return;
  if (packet.state === 'NEW' && !connection.confirmed) connection.traffic ??= nothingYet();
  const { traffic: count } = connection;
  if (count === null) return;
  const traffic = count[packet.direction];
  traffic.packets++;
  traffic.bytes += packet.length;
  count.lengthsAssumed ||= packet.lengthAssumed;
}

function nothingYet(): TrafficCount {
  return { original: { packets: 0, bytes: 0 }, reply: { packets: 0, bytes: 0 }, lengthsAssumed: false };
}

export function totalOf(count: Readonly<TrafficCount>, direction: Direction | 'both'): Traffic {
  if (direction !== 'both') return count[direction];
  const { original, reply } = count;
  return { packets: original.packets + reply.packets, bytes: original.bytes + reply.bytes };
}
