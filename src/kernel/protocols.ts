import { readProtocol } from '../values/names.ts';
import type { Family } from './flow.ts';
import { DCCP, ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from './packet.ts';

const names: ReadonlyMap<number, string> = new Map([
  [TCP, 'tcp'],
  [UDP, 'udp'],
  [SCTP, 'sctp'],
  [ICMP, 'icmp'],
  [ICMPV6, 'icmpv6'],
  [UDPLITE, 'udplite'],
  [DCCP, 'dccp'],
]);

/** The number of a protocol in a flow (`tcp`, `icmp`, `"47"`); null for a name that is not known. `icmp` is ICMPv6 in IPv6. */
export function protocolNumber(name: string, family: Family): number | null {
  if (name.toLowerCase() === 'icmp') return family === 4 ? ICMP : ICMPV6;
  const reading = readProtocol(name);
  return reading.kind === 'value' ? reading.value : null;
}

/** A number as a person would name it: `tcp`, `icmp`, `47`. */
export function protocolName(protocol: number): string {
  return names.get(protocol) ?? String(protocol);
}
