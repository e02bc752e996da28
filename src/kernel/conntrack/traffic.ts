/** What has gone through connections: nf_conntrack_acct. */
import { isIcmp, isIcmpError, type Packet } from '../packet.ts';
import type { Connection } from './connection.ts';
import type { Direction } from './zone.ts';

export interface Traffic {
  packets: number;
  bytes: number;
}

interface Count {
  readonly original: Traffic;
  readonly reply: Traffic;
  /** The flows do not say all lengths. */
  lengthsAssumed: boolean;
}

/** Of the connections that began in this run; what went through others before is not known. */
export class TrafficCounts {
  readonly #counts = new Map<Connection, Count>();

  /** One packet, when conntrack gives it its connection. ICMP errors are not counted. */
  count(packet: Packet): void {
    const { connection } = packet;
    if (connection === null || (isIcmp(packet) && isIcmpError(packet.family, packet.icmpType ?? 0))) return;
    const count = this.#counts.get(connection) ?? this.#begin(packet, connection);
    if (count === null) return;
    const traffic = count[packet.direction];
    traffic.packets++;
    traffic.bytes += packet.length;
    count.lengthsAssumed ||= packet.lengthAssumed;
  }

  /** Null where it is not known. */
  of(connection: Connection): Readonly<Count> | null {
    return this.#counts.get(connection) ?? null;
  }

  #begin(packet: Packet, connection: Connection): Count | null {
    if (packet.state !== 'NEW' || connection.confirmed) return null;
    const count = {
      original: { packets: 0, bytes: 0 },
      reply: { packets: 0, bytes: 0 },
      lengthsAssumed: false,
    };
    this.#counts.set(connection, count);
    return count;
  }
}

export function totalOf(count: Readonly<Count>, direction: Direction | 'both'): Traffic {
  if (direction !== 'both') return count[direction];
  const { original, reply } = count;
  return { packets: original.packets + reply.packets, bytes: original.bytes + reply.bytes };
}
