import type { Connection, Tuple } from './connection.ts';
import { tupleKey } from './connection.ts';
import type { ConntrackTable } from './table.ts';
import { tupleOfPacket } from './track.ts';
import { NO_ZONE, type Zone } from './zone.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';

/** What a list of nf_conncount.c remembers of a connection: nf_conncount_tuple. */
interface Counted {
  readonly tuple: Tuple;
  readonly zone: Zone;
}

interface List {
  readonly nodes: readonly Counted[];
  /** The passage in which the kernel last looked through all of it, as where it makes it; null before any. */
  readonly looked: object | null;
}

/** Before any packet: the list of a rule with `ct count` is there from the start, that of an address comes with its first packet. */
export type Beginning = 'empty' | 'none';

const EMPTY: List = { nodes: [], looked: null };

/** The connections that each rule which counts them (`-m connlimit`, `ct count`) has seen, by the network of one of their ends: nf_conncount.c. */
export class ConnectionCounts {
  readonly #seen = new Map<object, Map<string, List>>();

  /** Notes the packet’s connection; how many there are then, as far as this run began them. */
  count(rule: object, network: bigint, beginning: Beginning, packet: Packet, run: Run): number {
    let lists = this.#seen.get(rule);
    if (lists === undefined) {
      lists = new Map();
      this.#seen.set(rule, lists);
    }
    const own = countedOf(packet);
    const key = `${network} ${own.zone.id}`;
    const before = lists.get(key) ?? (beginning === 'empty' ? EMPTY : null);
    const after =
      before === null ? { nodes: [own], looked: run.steps } : withPacket(before, own, packet, run);
    lists.set(key, after);
    return after.nodes.length;
  }
}

/**
 * A connection that is confirmed and assured is never added (of Linux 6.18.44: __nf_conncount_add), only what is gone is left out.
 * All that becomes of one packet happens in a tick: in that in which it looked through the list, the kernel looks for none that it
 * has already, but for one that is confirmed by now, as that of a packet which comes back by `lo`.
 */
function withPacket(list: List, own: Counted, { connection, template }: Packet, run: Run): List {
  const passage = run.steps;
  const isConfirmed = connection?.confirmed === true && template === null;
  const isBlind = list.looked === passage;
  if (isConfirmed && connection.assured) {
    run.assume('connlimit-release', 'connlimit-assumed', OF_RELEASE);
    return isBlind || list.nodes.length === 0 ? list : looked(list, run);
  }
  if (isBlind && !isConfirmed) return { nodes: [...list.nodes, own], looked: passage };
  return withCounted(list, own, run);
}

const OF_RELEASE =
  'Connections are counted as Linux 6.18 does it: one that was answered is not added to those that a rule has counted. Other releases count it.';

/** Without what is gone: nf_conncount_gc_list. */
function looked({ nodes }: List, { conntrack, steps }: Run): List {
  return { nodes: nodes.filter((each) => isOpen(connectionOf(each, conntrack))), looked: steps };
}

/** Without what is gone, and with the connection. The look ends at the connection itself, where it is there. */
function withCounted(list: List, own: Counted, run: Run): List {
  const { nodes } = list;
  const at = nodes.findIndex((each) => isSame(each, own) && connectionOf(each, run.conntrack) !== null);
  if (at < 0) {
    const rest = looked(list, run);
    return { nodes: [...rest.nodes, own], looked: rest.looked };
  }
  const before = looked({ nodes: nodes.slice(0, at), looked: null }, run);
  return { nodes: [...before.nodes, ...nodes.slice(at)], looked: list.looked };
}

/** A packet that conntrack has not looked at yet is counted by what it carries, in the zone that its template asks for. */
function countedOf(packet: Packet): Counted {
  const { connection, template } = packet;
  if (connection !== null && template === null) return { tuple: connection.original, zone: connection.zone };
  return { tuple: tupleOfPacket(packet), zone: zoneOf(template) };
}

/** What a template has by itself: the mark decides only when conntrack takes it. */
function zoneOf(template: Packet['template']): Zone {
  if (template === null) return NO_ZONE;
  return { id: template.id === 'mark' ? 0 : template.id, counts: template.counts };
}

function isSame(one: Counted, other: Counted): boolean {
  return (
    one.zone.id === other.zone.id &&
    tupleKey(one.tuple) === tupleKey(other.tuple) &&
    one.tuple.icmp?.id === other.tuple.icmp?.id
  );
}

/** Null where it was never confirmed, or is over. */
function connectionOf({ tuple, zone }: Counted, conntrack: ConntrackTable): Connection | null {
  return conntrack.find(tuple, zone)?.connection ?? null;
}

function isOpen(connection: Connection | null): boolean {
  return connection !== null && connection.tcpState !== 'TIME_WAIT' && connection.tcpState !== 'CLOSE';
}
