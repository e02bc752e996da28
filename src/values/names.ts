import { MAX_32, MAX_8, type NumberRange, readNumber } from './numbers.ts';
import { fault, findByPrefix, type Reading, readList, value } from './reading.ts';

export const ADDRESS_TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;

export type PacketType = 'unicast' | 'broadcast' | 'multicast' | 'otherhost';

export const PACKET_TYPES: ReadonlyMap<string, PacketType> = new Map([
  ['unicast', 'unicast'],
  ['broadcast', 'broadcast'],
  ['multicast', 'multicast'],
  ['otherhost', 'otherhost'],
  ['host', 'unicast'],
  ['bcast', 'broadcast'],
  ['mcast', 'multicast'],
]);

/** Protocols by the names of libxtables (`xtables_chain_protos`) and of Debian's /etc/protocols, which iptables looks up in small letters. */
export const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['all', 0],
  ['ip', 0],
  ['hopopt', 0],
  ['icmp', 1],
  ['igmp', 2],
  ['ggp', 3],
  ['ipencap', 4],
  // So it is called by IANA, and in the files of Red Hat.
  ['ipv4', 4],
  ['st', 5],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['pup', 12],
  ['udp', 17],
  ['hmp', 20],
  ['xns-idp', 22],
  ['rdp', 27],
  ['iso-tp4', 29],
  ['dccp', 33],
  ['xtp', 36],
  ['ddp', 37],
  ['idpr-cmtp', 38],
  ['ipv6', 41],
  ['ipv6-route', 43],
  ['ipv6-frag', 44],
  ['idrp', 45],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['skip', 57],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['rspf', 73],
  ['vmtp', 81],
  ['eigrp', 88],
  ['ospf', 89],
  ['ax.25', 93],
  ['ipip', 94],
  ['etherip', 97],
  ['encap', 98],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['isis', 124],
  ['sctp', 132],
  ['fc', 133],
  ['mh', 135],
  ['ipv6-mh', 135],
  ['mobility-header', 135],
  ['udplite', 136],
  ['mpls-in-ip', 137],
  ['manet', 138],
  ['hip', 139],
  ['shim6', 140],
  ['wesp', 141],
  ['rohc', 142],
  ['ethernet', 143],
]);

/** IFNAMSIZ with its final NUL. */
const LONGEST_INTERFACE = 15;

/** Reads `-p`: a name or a number from 0 to 255, as the number; 0 is any. */
export function readProtocol(text: string): Reading<number> {
  const number = readNumber(text, MAX_8);
  if (number.kind === 'value') return number;
  const named = PROTOCOLS.get(text.toLowerCase());
  return named === undefined ? fault('is not a protocol that is known here') : value(named);
}

/** Reads `--dst-type LOCAL,BROADCAST`; a beginning of a name is enough. */
export function readAddressTypes(text: string): Reading<readonly (typeof ADDRESS_TYPES)[number][]> {
  return readList(text, (part) => {
    const type = findByPrefix(ADDRESS_TYPES, part);
    return type === null ? fault(`has a type that is none of ${ADDRESS_TYPES.join(', ')}`) : value(type);
  });
}

/** Reads `--pkt-type`, in capital letters or small ones. */
export function readPacketType(text: string): Reading<PacketType> {
  const type = PACKET_TYPES.get(text.toLowerCase());
  return type === undefined ? fault('is none of unicast, broadcast, multicast, otherhost') : value(type);
}

/** Reads an interface, where a trailing `+` stands for any ending. */
export function readInterface(text: string): Reading<{ readonly name: string; readonly prefix: boolean }> {
  if (text === '') return fault('is empty');
  if (text.length > LONGEST_INTERFACE) return fault(`is longer than ${LONGEST_INTERFACE} characters`);
  const prefix = text.endsWith('+');
  return value({ name: prefix ? text.slice(0, -1) : text, prefix });
}

/** Reads `00:16:3e:01:02:03` in lower case. */
export function readMac(text: string): Reading<string> {
  if (!/^[\da-f]{1,2}(:[\da-f]{1,2}){5}$/i.test(text)) return fault('is not a hardware address');
  return value(
    text
      .split(':')
      .map((byte) => byte.padStart(2, '0'))
      .join(':')
      .toLowerCase(),
  );
}

/** Numbers of users or groups, or a name that only the host can look up. */
export type Owner =
  { readonly kind: 'ids'; readonly ids: NumberRange } | { readonly kind: 'name'; readonly name: string };

/** Reads `--uid-owner` and `--gid-owner`: `0`, `1000-2000` or a name. A range that ends before it begins is one that nothing matches. */
export function readOwner(text: string): Reading<Owner> {
  if (!/^[\p{L}\p{N}_.@$+\\][\p{L}\p{N}_.@$+\\-]*$/u.test(text))
    return fault('is neither a number nor a name');
  if (!/^\d/.test(text)) return value({ kind: 'name', name: text });
  if (/^[\w.-]*[a-z_][\w.-]*$/i.test(text) && !/^0x[\da-f]+(?:-|$)/i.test(text))
    return fault('is not a number', 'iptables looks it up among the names of its host');
  const dash = text.indexOf('-');
  const from = readNumber(dash < 0 ? text : text.slice(0, dash), MAX_32 - 1);
  if (from.kind === 'fault') return from;
  const to = dash < 0 ? from : readNumber(text.slice(dash + 1), MAX_32 - 1);
  if (to.kind === 'fault') return to;
  return value({ kind: 'ids', ids: { from: from.value, to: to.value } });
}
