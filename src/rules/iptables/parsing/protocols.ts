import { MAX_8, readNumber } from '../../../values/numbers.ts';

/** `-p` spellings whose match extension has another name. */
const MATCH_OF: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['33', 'dccp'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['58', 'icmp6'],
  ['132', 'sctp'],
  ['135', 'mh'],
  ['136', 'udplite'],
  ['icmpv6', 'icmp6'],
  ['ipv6-icmp', 'icmp6'],
  ['ipv6-mh', 'mh'],
  ['mobility-header', 'mh'],
]);

/** The match extension that `-p protocol` loads when an option asks for it. */
export function protocolMatch(protocol: string): string {
  const known = MATCH_OF.get(protocol) ?? MATCH_OF.get(protocol.toLowerCase());
  if (known !== undefined) return known;
  // `0x6`, `06`
  const number = readNumber(protocol, MAX_8);
  return (number.kind === 'value' ? MATCH_OF.get(String(number.value)) : null) ?? protocol.toLowerCase();
}
