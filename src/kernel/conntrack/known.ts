/** The connections that a snapshot's `conntrack.txt` tells of. */
import type { Family } from '../flow.ts';
import type { ConntrackEntry, ConntrackTuple, Node } from '../node/node.ts';
import { SCTP } from '../packet.ts';
import { type Connection, newConnection, type Tuple, tupleKey } from './connection.ts';
import { isClosing, tcpStateOf } from './tcp.ts';
import type { Direction } from './zone.ts';

/** An entry, and which of its directions the look-up was about. */
interface KnownTuple {
  readonly entry: ConntrackEntry;
  readonly direction: Direction;
}

/** An index of them; the order of a list is that of the file. */
export interface KnownConnections {
  /** Whether IPVS, and no nat, gave the answers another source: nf_conntrack_alter_reply leaves no IPS_DST_NAT. */
  readonly isBalanced: (entry: ConntrackEntry) => boolean;
  /** By `tupleKey`; the reply comes first where both directions have one tuple, as in the kernel’s table. */
  readonly byTuple: ReadonlyMap<string, readonly KnownTuple[]>;
  /** By `sourceKey` of the original direction. */
  readonly bySource: ReadonlyMap<string, readonly ConntrackEntry[]>;
}

/** Whether IPVS balances what goes to an end. */
type Balances = (protocol: number, address: bigint, port: number) => boolean;

const nobody: Balances = () => false;

/** Indexes the snapshot's connections of one family; null where the snapshot has no such file. */
export function knownConnections(
  node: Node,
  family: Family,
  balances: Balances = nobody,
): KnownConnections | null {
  if (node.conntrack === null) return null;
  const byTuple = new Map<string, KnownTuple[]>();
  const bySource = new Map<string, ConntrackEntry[]>();
  for (const entry of node.conntrack) {
    if (entry.family !== family) continue;
    for (const direction of ['reply', 'original'] as const) {
      put(byTuple, tupleKey(entryTuple(entry, direction)), { entry, direction });
    }
    put(bySource, sourceKey(entryTuple(entry, 'original')), entry);
  }
  const isBalanced = ({ protocol, original }: ConntrackEntry): boolean =>
    balances(protocol, original.destination.value, original.destinationPort ?? 0);
  return { isBalanced, byTuple, bySource };
}

function put<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

/** What find_appropriate_src goes by, without the ICMP identifier. */
export function sourceKey({ protocol, source, sourcePort }: Tuple): string {
  return `${protocol} ${source} ${sourcePort}`;
}

/** The tuple that packets of a direction carry. */
export function entryTuple(entry: ConntrackEntry, direction: Direction): Tuple {
  const { protocol, family } = entry;
  const tuple: ConntrackTuple = direction === 'original' ? entry.original : entry.reply;
  const ports = portsOf(tuple);
  return {
    protocol,
    source: tuple.source.value,
    sourcePort: ports.source,
    destination: tuple.destination.value,
    destinationPort: ports.destination,
    icmp: tuple.icmp === null ? null : { family, ...tuple.icmp },
  };
}

/** Of GRE they are the keys of a PPTP call; plain GRE has none. */
function portsOf({ keys, sourcePort, destinationPort }: ConntrackTuple): {
  readonly source: number | null;
  readonly destination: number | null;
} {
  if (keys === null) return { source: sourcePort, destination: destinationPort };
  const isPlain = keys.source === 0 && keys.destination === 0;
  return isPlain ? { source: null, destination: null } : keys;
}

/** The entry as a connection that packets of this run belong to. `balanced`: see `KnownConnections.isBalanced`. */
export function connectionOf(entry: ConntrackEntry, balanced: boolean): Connection {
  const original = entryTuple(entry, 'original');
  const reply = entryTuple(entry, 'reply');
  const tcpState = tcpStateOf(entry.state);
  return {
    ...newConnection(original, reply, entry.zone),
    confirmed: true,
    seenReply: !entry.status.includes('UNREPLIED'),
    assured: entry.status.includes('ASSURED'),
    sourceNat: original.source !== reply.destination || sourceIsOther(original, reply),
    destinationNat:
      !balanced && (original.destination !== reply.source || original.destinationPort !== reply.sourcePort),
    sourceNatDone: true,
    destinationNatDone: true,
    mark: entry.mark,
    tcpState,
    sctpClosed: original.protocol === SCTP && entry.state === 'CLOSED',
    closing: isClosing(tcpState),
  };
}

/** The source part of a translated ICMP query is its identifier. */
function sourceIsOther(original: Tuple, reply: Tuple): boolean {
  return original.sourcePort !== reply.destinationPort || original.icmp?.id !== reply.icmp?.id;
}
