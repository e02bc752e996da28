/**
 * The headers that a rule may name and their fields, with the type and the width of each, as `nft describe ip saddr` tells
 * them (nft 1.0.6; `gre`, `geneve`, `gretap`, `vxlan`, the later fields of icmpv6 and igmp: manual of nft 1.1.1).
 */
export interface Field {
  readonly name: string;
  /** `ipv4_addr`, `inet_service`, `integer` … */
  readonly type: string;
  readonly bits: number;
}

/** `saddr:ipv4_addr:32` for each field. A `+` is a blank: `saddr+ip` of arp. */
function fields(text: string): ReadonlyMap<string, Field> {
  const list = text.split(' ').map((word): [string, Field] => {
    const [name = '', type = 'integer', bits = '0'] = word.split(':');
    const spaced = name.replaceAll('+', ' ');
    return [spaced, { name: spaced, type, bits: Number(bits) }];
  });
  return new Map(list);
}

const PORTS = 'sport:inet_service:16 dport:inet_service:16';
const OPTION_START = 'nexthdr:inet_proto:8 hdrlength:integer:8';

/** By the word that begins the expression: `ip saddr` → `ip`. */
export const payloads: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map([
  ['ether', fields('saddr:ether_addr:48 daddr:ether_addr:48 type:ether_type:16')],
  ['vlan', fields('id:integer:12 dei:integer:1 cfi:integer:1 pcp:integer:3 type:ether_type:16')],
  [
    'arp',
    fields(
      'htype:integer:16 ptype:ether_type:16 hlen:integer:8 plen:integer:8 operation:arp_op:16 saddr+ip:ipv4_addr:32 daddr+ip:ipv4_addr:32 saddr+ether:ether_addr:48 daddr+ether:ether_addr:48',
    ),
  ],
  [
    'ip',
    fields(
      'version:integer:4 hdrlength:integer:4 dscp:dscp:6 ecn:ecn:2 length:integer:16 id:integer:16 frag-off:integer:16 ttl:integer:8 protocol:inet_proto:8 checksum:integer:16 saddr:ipv4_addr:32 daddr:ipv4_addr:32',
    ),
  ],
  [
    'ip6',
    fields(
      'version:integer:4 dscp:dscp:6 ecn:ecn:2 flowlabel:integer:20 length:integer:16 nexthdr:inet_proto:8 hoplimit:integer:8 saddr:ipv6_addr:128 daddr:ipv6_addr:128',
    ),
  ],
  [
    'icmp',
    fields(
      'type:icmp_type:8 code:icmp_code:8 checksum:integer:16 id:integer:16 sequence:integer:16 gateway:integer:32 mtu:integer:16',
    ),
  ],
  [
    'icmpv6',
    fields(
      'type:icmpv6_type:8 code:icmpv6_code:8 checksum:integer:16 parameter-problem:integer:32 packet-too-big:integer:32 id:integer:16 sequence:integer:16 max-delay:integer:16 mtu:integer:32 taddr:ipv6_addr:128 daddr:ipv6_addr:128',
    ),
  ],
  ['igmp', fields('type:igmp_type:8 mrt:integer:8 checksum:integer:16 group:integer:32')],
  [
    'tcp',
    fields(
      `${PORTS} sequence:integer:32 ackseq:integer:32 doff:integer:4 reserved:integer:4 flags:tcp_flag:8 window:integer:16 checksum:integer:16 urgptr:integer:16`,
    ),
  ],
  ['udp', fields(`${PORTS} length:integer:16 checksum:integer:16`)],
  ['udplite', fields(`${PORTS} checksum:integer:16 csumcov:integer:16`)],
  ['sctp', fields(`${PORTS} vtag:integer:32 checksum:integer:32`)],
  ['dccp', fields(`${PORTS} type:dccp_pkttype:4`)],
  [
    'ah',
    fields('nexthdr:inet_proto:8 hdrlength:integer:8 reserved:integer:16 spi:integer:32 sequence:integer:32'),
  ],
  ['esp', fields('spi:integer:32 sequence:integer:32')],
  ['comp', fields('nexthdr:inet_proto:8 flags:bitmask:8 cpi:integer:16')],
  ['th', fields(PORTS)],
  ['gre', fields('flags:integer:5 version:integer:3 protocol:ether_type:16')],
  ['vxlan', fields('flags:integer:8 vni:integer:24')],
  ['geneve', fields('vni:integer:24 type:ether_type:16')],
  ['gretap', fields('vni:integer:24')],
]);

/** Headers within which others are named: `vxlan ip saddr`, `gre ip protocol`. */
export const tunnels: ReadonlySet<string> = new Set(['gre', 'vxlan', 'geneve', 'gretap']);

/** Extension headers of IPv6: `frag id`, `rt type`. `rt` is a routing key as well (`rt nexthop`). */
export const extensionHeaders: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map([
  ['hbh', fields(OPTION_START)],
  ['dst', fields(OPTION_START)],
  ['rt', fields(`${OPTION_START} type:integer:8 seg-left:integer:8`)],
  ['rt0', fields('addr:ipv6_addr:128')],
  ['rt2', fields('addr:ipv6_addr:128')],
  ['srh', fields('flags:integer:8 tag:integer:16 sid:ipv6_addr:128 seg-left:integer:8 last-entry:integer:8')],
  [
    'frag',
    fields(
      'nexthdr:inet_proto:8 reserved:integer:8 frag-off:integer:13 reserved2:integer:2 more-fragments:integer:1 id:integer:32',
    ),
  ],
  ['mh', fields(`${OPTION_START} type:mh_type:8 reserved:integer:8 checksum:integer:16`)],
]);
