import type { Family } from '../flow.ts';
import type { ConntrackEntry, ConntrackTuple, Node } from '../node/node.ts';
import { SCTP, TCP, UDP } from '../packet.ts';
import {
  type Connection,
  type Direction,
  newConnection,
  type Tuple,
  tupleKey,
  tupleOf,
} from './connection.ts';
import { tcpStateOf } from './tcp.ts';

export interface Found {
  readonly connection: Connection;
  readonly direction: Direction;
}

/** The connections that a snapshot's `conntrack.txt` tells of, by the tuples of both directions. */
export type KnownConnections = ReadonlyMap<
  string,
  { readonly entry: ConntrackEntry; readonly direction: Direction }
>;

/** Indexes the snapshot's connections of one family; null where the snapshot has no such file. */
export function knownConnections(node: Node, family: Family): KnownConnections | null {
  if (node.conntrack === null) return null;
  const known = new Map<string, { readonly entry: ConntrackEntry; readonly direction: Direction }>();
  for (const entry of node.conntrack) {
    const protocol = protocolNumber(entry.protocol);
    if (entry.family !== family || protocol === null) continue;
    known.set(tupleKey(tupleFrom(protocol, entry.original)), { entry, direction: 'original' });
    known.set(tupleKey(tupleFrom(protocol, entry.reply)), { entry, direction: 'reply' });
  }
  return known;
}

/** The conntrack table of one run: what the snapshot knew and what the run's packets added. */
export class ConntrackTable {
  readonly #known: KnownConnections | null;
  readonly #taken = new Map<ConntrackEntry, Connection>();
  readonly #removed = new Set<Connection>();
  readonly #added: Connection[] = [];

  constructor(known: KnownConnections | null) {
    this.#known = known;
  }

  /** The confirmed connection that a packet with this tuple belongs to. */
  find(tuple: Tuple): Found | null {
    for (const connection of this.#added) {
      if (this.#removed.has(connection)) continue;
      for (const direction of ['original', 'reply'] as const) {
        if (sameTuple(tupleOf(connection, direction), tuple)) return { connection, direction };
      }
    }
    const known = this.#known?.get(tupleKey(tuple));
    if (known === undefined) return null;
    const connection = this.#takeKnown(known.entry, tuple.protocol);
    return this.#removed.has(connection) ? null : { connection, direction: known.direction };
  }

  /** Whether another connection already uses `tuple` for its packets: nf_nat_used_tuple. */
  isUsed(tuple: Tuple, own: Connection): boolean {
    const found = this.find(tuple);
    return found !== null && found.connection !== own;
  }

  /** The first connection in this run that translated the same source: find_appropriate_src. */
  findBySource(tuple: Tuple): Connection | null {
    return (
      this.#added.find(
        ({ original }) =>
          original.protocol === tuple.protocol &&
          original.source === tuple.source &&
          original.sourcePort === tuple.sourcePort,
      ) ?? null
    );
  }

  /** The packet that began `connection` has gone all the way. */
  confirm(connection: Connection): void {
    if (connection.confirmed) return;
    connection.confirmed = true;
    this.#added.push(connection);
  }

  remove(connection: Connection): void {
    this.#removed.add(connection);
  }

  #takeKnown(entry: ConntrackEntry, protocol: number): Connection {
    const taken = this.#taken.get(entry);
    if (taken !== undefined) return taken;
    const original = tupleFrom(protocol, entry.original);
    const reply = tupleFrom(protocol, entry.reply);
    const connection: Connection = {
      ...newConnection(original, reply),
      confirmed: true,
      seenReply: !entry.status.includes('UNREPLIED'),
      assured: entry.status.includes('ASSURED'),
      sourceNat: original.source !== reply.destination || original.sourcePort !== reply.destinationPort,
      destinationNat: original.destination !== reply.source || original.destinationPort !== reply.sourcePort,
      sourceNatDone: true,
      destinationNatDone: true,
      mark: entry.mark,
      tcpState: tcpStateOf(entry.state),
    };
    this.#taken.set(entry, connection);
    return connection;
  }
}

function tupleFrom(protocol: number, tuple: ConntrackTuple): Tuple {
  return {
    protocol,
    source: tuple.source.value,
    sourcePort: tuple.sourcePort,
    destination: tuple.destination.value,
    destinationPort: tuple.destinationPort,
    icmpType: null,
  };
}

function protocolNumber(name: string): number | null {
  if (name === 'tcp') return TCP;
  if (name === 'udp') return UDP;
  return name === 'sctp' ? SCTP : null;
}

/** A port that the kernel picked at random (`'*'`) is the one that an answer comes to. */
function sameTuple(one: Tuple, other: Tuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.source === other.source &&
    one.destination === other.destination &&
    samePort(one.sourcePort, other.sourcePort) &&
    samePort(one.destinationPort, other.destinationPort) &&
    one.icmpType === other.icmpType
  );
}

function samePort(one: Tuple['sourcePort'], other: Tuple['sourcePort']): boolean {
  return one === other || one === '*' || other === '*';
}
