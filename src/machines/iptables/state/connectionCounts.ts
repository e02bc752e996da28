import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { Connection } from '../../../kernel/conntrack/connection.ts';

/** What a list of nf_conncount.c holds. */
interface List {
  /** Null of packets without a connection. */
  readonly nodes: readonly (Connection | null)[];
  /** The passage in which one was added last; null before any. */
  readonly passage: object | null;
}

/** The connections that each rule of `-m connlimit` has seen, by the network of one of their ends: nf_conncount.c. */
export class ConnectionCounts {
  readonly #seen = new Map<Rule, Map<bigint, List>>();

  /**
   * Notes the packet’s connection (null: it has none); how many there are then, as far as this run began them. `passage` is the
   * same for all that becomes of one packet: in the tick in which it added one, the kernel looks for none that it has already, but
   * for one that is confirmed by now, as that of a packet which comes back by `lo`.
   */
  count(rule: Rule, network: bigint, connection: Connection | null, passage: object): number {
    let networks = this.#seen.get(rule);
    if (networks === undefined) {
      networks = new Map();
      this.#seen.set(rule, networks);
    }
    const list = networks.get(network) ?? { nodes: [], passage: null };
    const isBlind = list.passage === passage && connection?.confirmed !== true;
    const added = isBlind ? [...list.nodes, connection] : withConnection(list.nodes, connection);
    const isSame = added.length === list.nodes.length && added.every((each, at) => each === list.nodes[at]);
    if (!isSame) networks.set(network, { nodes: added, passage });
    return added.length;
  }
}

/** Without what is gone: what was never confirmed, or has no connection. The look ends at the connection itself, where it is there. */
function withConnection(nodes: List['nodes'], connection: Connection | null): List['nodes'] {
  const at = isOpen(connection) ? nodes.indexOf(connection) : -1;
  if (at >= 0) return [...nodes.slice(0, at).filter(isOpen), ...nodes.slice(at)];
  return [...nodes.filter(isOpen), connection];
}

function isOpen(connection: Connection | null): boolean {
  if (connection === null) return false;
  const { confirmed, tcpState } = connection;
  return confirmed && tcpState !== 'TIME_WAIT' && tcpState !== 'CLOSE';
}
