/** What `nft monitor trace` prints (nftables: src/netlink.c, trace_print_*). Only tables of iptables-nft can be laid over its rules. */
import type { SeenPacket, TraceEvent, TracedPacket, TracePoint } from './events.ts';

/** `trace id 1e3fee62 ip nat KSVC rule ip daddr … (verdict accept)` → the id, ip, nat, KSVC, what */
const LINE = /^trace id ([0-9a-f]+) (ip|ip6|inet|bridge|netdev|arp) (\S+) (\S+) (.*)$/;

/** What iptables-nft calls its tables; they are of the families ip and ip6. */
const IPTABLES = /^ip6? (raw|mangle|nat|filter|security)$/;

/** The packets in the order in which they were first seen. */
export function nftTrace(text: string): readonly TracedPacket[] {
  const packets = new Map<string, { shown: SeenPacket | null; readonly events: TraceEvent[] }>();
  for (const line of text.split('\n')) {
    const [, id, family = '', table = '', chain = '', what = ''] = LINE.exec(line) ?? [];
    if (id === undefined) continue;
    const of = packets.get(id) ?? { shown: null, events: [] };
    packets.set(id, of);
    if (what.startsWith('packet: ')) of.shown = packetOf(what) ?? of.shown;
    const point = pointOf(what);
    const nftFamily = IPTABLES.test(`${family} ${table}`) ? null : family;
    if (of.shown !== null && point !== null)
      of.events.push({ table, nftFamily, chain, point, packet: of.shown });
  }
  return [...packets.values()].filter(({ events }) => events.length > 0);
}

function pointOf(what: string): TracePoint | null {
  const rule = /^rule (.*)$/.exec(what)?.[1];
  if (rule !== undefined) return { kind: 'text', language: 'nft', text: rule };
  const policy = /^policy (\S+)/.exec(what)?.[1];
  if (policy !== undefined) return { kind: 'end', of: 'policy', verdict: policy.toUpperCase() };
  return /^(return|verdict continue)\b/.test(what) ? { kind: 'end', of: 'return', verdict: null } : null;
}

/** `packet: iif "lo" ip saddr 192.0.2.10 ip daddr 10.96.0.1 … tcp sport 33956 tcp dport 80 tcp flags == syn` */
function packetOf(what: string): SeenPacket | null {
  const value = (pattern: RegExp): string | null => pattern.exec(what)?.[1] ?? null;
  const source = value(/\bip6? saddr (\S+)/);
  const destination = value(/\bip6? daddr (\S+)/);
  if (source === null || destination === null) return null;
  const protocol = value(/\b(tcp|udp|sctp) [sd]port /) ?? (/\bicmp/.test(what) ? 'icmp' : null);
  return {
    family: source.includes(':') ? 6 : 4,
    input: value(/\biif "([^"]*)"/),
    output: value(/\boif "([^"]*)"/),
    source,
    destination,
    protocol: protocol ?? value(/\bip protocol (\S+)/) ?? value(/\bip6 nexthdr (\S+)/) ?? 'tcp',
    sourcePort: numberOf(value(/\b(?:tcp|udp|sctp) sport (\d+)/)),
    destinationPort: numberOf(value(/\b(?:tcp|udp|sctp) dport (\d+)/)),
    flags: flagsOf(value(/\btcp flags == (\S+)/)),
    icmpType: icmpTypeOf(value(/\bicmp(?:v6)? type (\S+)/)),
    mark: Number(value(/\bmeta mark (\S+)/) ?? value(/\bmark (0x[0-9a-f]+)/) ?? 0) || 0,
    ttl: numberOf(value(/\bip6? (?:ttl|hoplimit) (\d+)/)),
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

const BITS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** `syn`, `syn | ack` cut at the blank, `0x14` */
function flagsOf(text: string | null): readonly string[] {
  if (text === null) return [];
  const bits = Number(text);
  return Number.isInteger(bits) ? BITS.filter((_, at) => (bits >> at) & 1) : [text.toUpperCase()];
}

function icmpTypeOf(text: string | null): number | null {
  if (text === 'echo-request') return 8;
  return text === 'echo-reply' ? 0 : numberOf(/^\d+$/.test(text ?? '') ? text : null);
}
