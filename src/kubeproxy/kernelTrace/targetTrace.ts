/** Log lines of the TRACE target of iptables-legacy (net/ipv4/netfilter/ip_tables.c: trace_packet), behind whatever a log puts before them. */
import type { TraceEvent, TracedPacket } from './events.ts';
import { seenPacket } from './seenPacket.ts';

/** `TRACE: nat:KUBE-NODEPORTS:rule:1 IN=eth0 …` → nat, KUBE-NODEPORTS, rule, 1, the packet */
const LINE = /\bTRACE: (\w+):(\S+):(rule|policy|return):(\d+) (.*)$/;

/** The packets in the order in which they were first seen. */
export function targetTrace(text: string): readonly TracedPacket[] {
  const packets = new Map<string, TraceEvent[]>();
  for (const line of text.split('\n')) {
    const [, table = '', chain = '', kind, number, rest = ''] = LINE.exec(line) ?? [];
    const packet = seenPacket(rest);
    if (packet === null) continue;
    const key = keyOf(rest, packet.sourcePort);
    const events = packets.get(key) ?? [];
    packets.set(key, events);
    const point = {
      kind: kind === 'policy' || kind === 'return' ? kind : 'rule',
      number: Number(number),
    } as const;
    events.push({ table, nftFamily: null, chain, point, packet });
  }
  return [...packets.values()].map((events) => ({ events }));
}

/** What no rule changes: identification, sequence number, length. Without identification (IPv6) the source port helps. */
function keyOf(rest: string, sourcePort: number | null): string {
  const fields = ['ID', 'PROTO', 'SEQ', 'ACK', 'FLOWLBL'].map(
    (name) => new RegExp(`\\b${name}=(\\S+)`).exec(rest)?.[1],
  );
  const [id] = fields;
  return [...fields, id === undefined || id === '0' ? sourcePort : ''].join(' ');
}
