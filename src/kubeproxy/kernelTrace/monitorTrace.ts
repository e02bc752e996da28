/** What `xtables-monitor --trace` prints for iptables-nft (iptables/xtables-monitor.c). */
import type { SeenPacket, TraceEvent, TracedPacket, TracePoint } from './events.ts';
import { seenPacket } from './seenPacket.ts';

/** `PACKET: 2 1e3fee62 OUT=eth0 SRC=…` → the id, the packet */
const PACKET = /^\s*PACKET: \d+ ([0-9a-f]+) (.*)$/;
/** ` TRACE: 2 1e3fee62 nat:KSVC:rule:0x4:ACCEPT  -4 -t nat -A KSVC …` → the id, nat, KSVC, rule, the rest */
const TRACE = /^\s*TRACE: \d+ ([0-9a-f]+) (\w+):(\S+?):(rule|policy|return):?(.*)$/;

/** The packets in the order in which they were first seen. */
export function monitorTrace(text: string): readonly TracedPacket[] {
  const packets = new Map<string, { shown: SeenPacket | null; readonly events: TraceEvent[] }>();
  for (const line of text.split('\n')) {
    const [, shownId, rest = ''] = PACKET.exec(line) ?? [];
    const [, id = shownId, table = '', chain = '', kind = '', what = ''] = TRACE.exec(line) ?? [];
    if (id === undefined) continue;
    const of = packets.get(id) ?? { shown: null, events: [] };
    packets.set(id, of);
    if (shownId !== undefined) of.shown = seenPacket(rest) ?? of.shown;
    else if (of.shown !== null)
      of.events.push({ table, nftFamily: null, chain, point: pointOf(kind, what), packet: of.shown });
  }
  return [...packets.values()].filter(({ events }) => events.length > 0);
}

function pointOf(kind: string, what: string): TracePoint {
  if (kind !== 'rule')
    return { kind: 'end', of: kind === 'return' ? 'return' : 'policy', verdict: what.trim() || null };
  return { kind: 'text', language: 'iptables', text: /\s(-A \S+ .*|-A \S+)$/.exec(what)?.[1]?.trim() ?? '' };
}
