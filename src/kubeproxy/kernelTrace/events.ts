/** What the kernel logged of packets on their way through the rules, as plain data. Every text is input. */

/** A packet as a line shows it; what the line does not tell is null. */
export interface SeenPacket {
  readonly family: 4 | 6;
  /** The interface by which it came in; null for one that the node made. */
  readonly input: string | null;
  readonly output: string | null;
  readonly source: string;
  readonly destination: string;
  /** `tcp`, `udp`, `icmp`, a number. */
  readonly protocol: string;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** `SYN`, `ACK`; empty for other protocols than TCP. */
  readonly flags: readonly string[];
  readonly icmpType: number | null;
  readonly mark: number;
  readonly ttl: number | null;
}

/** Where a packet was seen: at a rule that it matched, or at the end of a chain. */
export type TracePoint =
  /** `number`: from 1, as the TRACE target counts; one behind the last rule is the end of the chain. */
  | { readonly kind: 'rule' | 'policy' | 'return'; readonly number: number }
  /** As xtables-monitor (`iptables`) or nft write the rule, with neither number nor place. */
  | { readonly kind: 'text'; readonly language: 'iptables' | 'nft'; readonly text: string }
  /** `verdict` null where the line does not say it. */
  | { readonly kind: 'end'; readonly of: 'policy' | 'return'; readonly verdict: string | null };

export interface TraceEvent {
  readonly table: string;
  /** `inet`: of a table that nftables has for itself; null for one of iptables, whichever backend. */
  readonly nftFamily: string | null;
  readonly chain: string;
  readonly point: TracePoint;
  /** As this line, or the last one before it that shows a packet, has it. */
  readonly packet: SeenPacket;
}

/** One packet's way, as far as it was logged; at least one event. */
export interface TracedPacket {
  readonly events: readonly TraceEvent[];
}
