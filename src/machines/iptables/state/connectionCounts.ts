import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { Connection } from '../../../kernel/conntrack/connection.ts';

/** The connections that each rule of `-m connlimit` has seen, by the network of one of their ends: nf_conncount.c. */
export class ConnectionCounts {
  readonly #seen = new Map<Rule, Map<bigint, readonly Connection[]>>();

  /** Notes the packet’s connection (null: it has none); how many there are then, as far as this run began them. */
  count(rule: Rule, network: bigint, connection: Connection | null): number {
    let networks = this.#seen.get(rule);
    if (networks === undefined) {
      networks = new Map();
      this.#seen.set(rule, networks);
    }
    // One that was never confirmed is gone, and a packet without a connection counts once.
    const others = (networks.get(network) ?? []).filter((each) => each !== connection && isOpen(each));
    const known = connection === null ? others : [...others, connection];
    networks.set(network, known);
    return others.length + 1;
  }
}

function isOpen({ confirmed, tcpState }: Connection): boolean {
  return confirmed && tcpState !== 'TIME_WAIT' && tcpState !== 'CLOSE';
}
