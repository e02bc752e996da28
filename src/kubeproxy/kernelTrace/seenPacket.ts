/** Packets as the kernel's log and xtables-monitor write them: `IN=eth0 OUT= SRC=… DST=… PROTO=TCP SPT=1 DPT=2 SYN`. */
import type { SeenPacket } from './events.ts';

const FLAGS: ReadonlySet<string> = new Set(['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']);

/** Null where addresses are missing. Of an ICMP error only the outer packet counts: what it quotes stands in brackets. */
export function seenPacket(text: string): SeenPacket | null {
  const words = text.replace(/\[.*$/s, '').split(/\s+/);
  const value = (name: string): string | null => {
    const found = words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    return found === '' ? null : found;
  };
  const number = (...names: readonly string[]): number | null => {
    const found = Number(names.map(value).find((each) => each !== null) ?? Number.NaN);
    return Number.isInteger(found) && found >= 0 ? found : null;
  };
  const source = value('SRC');
  const destination = value('DST');
  if (source === null || destination === null) return null;
  const icmpType = number('TYPE');
  const flags = words.filter((word) => FLAGS.has(word));
  return {
    family: source.includes(':') ? 6 : 4,
    input: value('IN'),
    output: value('OUT'),
    source,
    destination,
    protocol: protocolOf(value('PROTO'), flags, icmpType),
    sourcePort: number('SPT', 'SPORT'),
    destinationPort: number('DPT', 'DPORT'),
    flags,
    icmpType,
    mark: number('MARK') ?? 0,
    ttl: number('TTL', 'HOPLIMIT', 'HOPLIM'),
  };
}

/** `TCP`, `ICMPv6`, `47`; xtables-monitor names the protocol of others than TCP, UDP and ICMP alone. */
function protocolOf(word: string | null, flags: readonly string[], icmpType: number | null): string {
  const name = word?.toLowerCase() ?? '';
  if (name.startsWith('icmp') || (name === '' && icmpType !== null)) return 'icmp';
  if (name !== '') return name;
  return flags.length > 0 ? 'tcp' : 'udp';
}
