import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { Connection, Tuple } from '../../../kernel/conntrack/connection.ts';
import { tupleKey } from '../../../kernel/conntrack/connection.ts';
import type { ConntrackTable } from '../../../kernel/conntrack/table.ts';
import { tupleOfPacket } from '../../../kernel/conntrack/track.ts';
import { NO_ZONE, type Zone } from '../../../kernel/conntrack/zone.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';

/** What a list of nf_conncount.c remembers of a connection: nf_conncount_tuple. */
interface Counted {
  readonly tuple: Tuple;
  readonly zone: Zone;
}

interface List {
  readonly nodes: readonly Counted[];
  /** The passage in which one was added last; null before any. */
  readonly passage: object | null;
}

/** The connections that each rule of `-m connlimit` has seen, by the network of one of their ends: nf_conncount.c. */
export class ConnectionCounts {
  readonly #seen = new Map<Rule, Map<string, List>>();

  /**
   * Notes the packet’s connection; how many there are then, as far as this run began them. All that becomes of one packet happens
   * in a tick: in that in which it added one, the kernel looks for none that it has already, but for one that is confirmed by now,
   * as that of a packet which comes back by `lo`.
   */
  count(rule: Rule, network: bigint, packet: Packet, { conntrack, steps: passage }: Run): number {
    let lists = this.#seen.get(rule);
    if (lists === undefined) {
      lists = new Map();
      this.#seen.set(rule, lists);
    }
    const own = countedOf(packet);
    const key = `${network} ${own.zone.id}`;
    const list = lists.get(key) ?? { nodes: [], passage: null };
    const isBlind = list.passage === passage && packet.connection?.confirmed !== true;
    const nodes = isBlind ? [...list.nodes, own] : withCounted(list.nodes, own, conntrack);
    if (nodes !== list.nodes) lists.set(key, { nodes, passage });
    return nodes.length;
  }
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

/** Without what is gone: what was never confirmed, or is over. The look ends at the connection itself, where it is there. */
function withCounted(nodes: List['nodes'], own: Counted, conntrack: ConntrackTable): List['nodes'] {
  const isOpen = (each: Counted): boolean => isCounted(conntrack.find(each.tuple, each.zone)?.connection);
  const at = nodes.findIndex((each) => isSame(each, own) && isOpen(each));
  if (at < 0) return [...nodes.filter(isOpen), own];
  const before = nodes.slice(0, at).filter(isOpen);
  return before.length === at ? nodes : [...before, ...nodes.slice(at)];
}

function isSame(one: Counted, other: Counted): boolean {
  return (
    one.zone.id === other.zone.id &&
    tupleKey(one.tuple) === tupleKey(other.tuple) &&
    one.tuple.icmp?.id === other.tuple.icmp?.id
  );
}

function isCounted(connection: Connection | undefined): boolean {
  return connection !== undefined && connection.tcpState !== 'TIME_WAIT' && connection.tcpState !== 'CLOSE';
}
