import { readProtocol } from '../../../values/names.ts';

/** What iptables-save writes for a protocol: `chain_protos` of libxtables and /etc/protocols. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipencap'],
  [6, 'tcp'],
  [17, 'udp'],
  [33, 'dccp'],
  [41, 'ipv6'],
  [43, 'ipv6-route'],
  [44, 'ipv6-frag'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'ipv6-icmp'],
  [59, 'ipv6-nonxt'],
  [60, 'ipv6-opts'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [132, 'sctp'],
  [135, 'mobility-header'],
  [136, 'udplite'],
]);

/** `6`, `TCP` → `tcp`; as written where it is no protocol that is known here. */
export function protocolWord(word: string): string {
  const read = readProtocol(word);
  return read.kind === 'fault' ? word : (NAMES.get(read.value) ?? String(read.value));
}

/** `tcp` → `6` */
export function numericProtocol(word: string): string {
  const read = readProtocol(word);
  return read.kind === 'fault' ? word : String(read.value);
}
