/** Matches of the native judge: what of them the kernel refuses in a place is left out by who loads them. */
import { ip4Matches, ip6Matches, transportMatches } from './randomHeaders.ts';
import { commonMatches, connectionMatches } from './randomMatches.ts';
import { headerOf, hostOf, hostsOf, type NativePlace, netOf, portOf } from './nativePlace.ts';

export type Make = (place: NativePlace) => string;

const not = ({ random }: NativePlace): string => random.maybe(0.3, () => '!= ');
const end = ({ random }: NativePlace): string => random.pick(['saddr', 'daddr']);
const words =
  (...list: readonly string[]): Make =>
  ({ random }) =>
    random.pick(list);

/** Ports and protocols. */
const ofTransport: readonly Make[] = [
  (at) => `${at.random.pick(['tcp', 'udp', 'sctp'])} dport ${not(at)}${portOf(at)}`,
  ({ random }) => `tcp sport ${random.pick(['>= 1024', '< 5000', '1024-65535'])}`,
  (at) => `udp dport ${not(at)}{ ${portOf(at)}, 9001-9100 }`,
  (at) => `tcp dport ${not(at)}@ports`,
  (at) => `meta l4proto ${not(at)}${at.random.pick(['tcp', 'udp', '{ tcp, udp }', '{ tcp, sctp }'])}`,
  (at) => `meta l4proto { tcp, udp, sctp } th ${at.random.pick(['dport', 'sport'])} ${not(at)}${portOf(at)}`,
  (at) => `meta l4proto . th dport ${not(at)}{ tcp . ${portOf(at)}, udp . 1-1023, sctp . ${portOf(at)} }`,
  (at) => `meta l4proto { tcp, udp } ${headerOf(at)} daddr . meta l4proto . th dport ${not(at)}@svcs`,
  words(
    'tcp flags syn',
    'tcp flags & (syn|ack) == syn',
    'tcp flags ! rst',
    'tcp flags == ack',
    'tcp flags fin,psh',
    'tcp flags syn / syn,ack,rst,fin',
    'tcp flags != syn',
    'tcp flags { syn, syn | ack }',
  ),
  (at) => `${at.family === 4 ? 'icmp' : 'icmpv6'} type ${not(at)}echo-request`,
  (at) =>
    at.family === 4
      ? `icmp type ${not(at)}{ echo-request, echo-reply, timestamp-request }`
      : `icmpv6 type ${not(at)}{ echo-request, echo-reply, packet-too-big }`,
  (at) => `${at.family === 4 ? 'icmp' : 'icmpv6'} code ${not(at)}${at.random.pick([0, 1, 3])}`,
  (at) => `@th,16,16 ${not(at)}${portOf(at)}`,
  (at) => `@th,16,16 & 0xff ${at.random.pick(['== 0x50', '> 0x40', '!= 0x35'])}`,
];

/** Addresses and the network header. */
const ofNetwork: readonly Make[] = [
  (at) => `${headerOf(at)} ${end(at)} ${not(at)}${netOf(at)}`,
  (at) => `${headerOf(at)} ${end(at)} ${not(at)}${hostOf(at)}`,
  (at) => `${headerOf(at)} ${end(at)} ${not(at)}{ ${hostsOf(at, 4).join(', ')} }`,
  (at) => `${headerOf(at)} ${end(at)} ${not(at)}@${at.random.pick(['hosts', 'nets', 'seen', 'aged'])}`,
  (at) => `${headerOf(at)} saddr . ${headerOf(at)} daddr ${not(at)}@pairs`,
  (at) =>
    at.family === 4
      ? `ip ${end(at)} & ${at.random.pick(['255.255.0.0 == 10.244.0.0', '0.0.0.1 == 0.0.0.1', '0.0.0.255 > 0.0.0.6'])}`
      : `ip6 ${end(at)} & ::ff ${at.random.pick(['== ::5', '!= ::10', '> ::6'])}`,
  (at) =>
    at.family === 4
      ? `ip ${end(at)} ${not(at)}10.244.1.5-10.244.2.5`
      : `ip6 ${end(at)} ${not(at)}fd00:10:244:1::5-fd00:10:244:2::5`,
  (at) =>
    `${headerOf(at)} ${at.family === 4 ? 'ttl' : 'hoplimit'} ${at.random.pick(['64', '< 64', '1-63', '{ 33, 63 }'])}`,
  (at) => `${headerOf(at)} dscp ${at.random.pick(['cs0', '!= cs0', '{ af11, 0x04, cs1 }', '> 3'])}`,
  (at) =>
    at.family === 4
      ? at.random.pick([
          'ip protocol tcp',
          'ip protocol != { tcp, udp }',
          'ip version 4',
          'ip hdrlength 5',
          'ip frag-off & 0x1fff == 0',
          'ip ecn not-ect',
        ])
      : at.random.pick([
          'ip6 nexthdr tcp',
          'ip6 nexthdr != { tcp, udp }',
          'ip6 version 6',
          'ip6 flowlabel 0',
        ]),
  (at) =>
    at.family === 4
      ? `@nh,72,8 ${not(at)}${at.random.pick([6, 17, 1])}`
      : `@nh,48,8 ${not(at)}${at.random.pick([6, 17, 58])}`,
  (at) => `meta nfproto ${at.random.pick(['ipv4', 'ipv6'])}`,
  (at) => `meta protocol ${headerOf(at)}`,
  (at) => `${headerOf(at)} ${end(at)} ${not(at)}@learned`,
  (at) => `${headerOf(at)} ${end(at)} . meta l4proto ${not(at)}@tallies`,
];

/** What the kernel knows of the connection. */
const ofConnection: readonly Make[] = [
  words(
    'ct state new',
    'ct state established,related',
    'ct state invalid',
    'ct state != new',
    'ct state { new, untracked }',
    'ct state != { established, related }',
    'ct state ! established',
  ),
  words(
    'ct status dnat',
    'ct status snat',
    'ct status snat,dnat',
    'ct status confirmed',
    'ct status ! dnat,snat',
  ),
  words('ct direction original', 'ct direction reply'),
  (at) => `ct original ${headerOf(at)} ${end(at)} ${not(at)}${hostOf(at)}`,
  (at) => `ct reply ${headerOf(at)} ${end(at)} ${not(at)}${netOf(at)}`,
  (at) => `meta l4proto { tcp, udp } ct original proto-dst ${not(at)}${portOf(at)}`,
  (at) => `meta l4proto tcp ct reply proto-src ${not(at)}${portOf(at)}`,
  (at) => `ct protocol ${at.random.pick(['tcp', 'udp', '!= tcp', '{ tcp, sctp }'])}`,
  (at) => `ct l3proto ${at.random.pick(['ipv4', 'ipv6'])}`,
  (at) => `ct mark ${not(at)}${at.random.pick(['0x2', '0x0', '0x1'])}`,
  words('ct mark & 0x2 == 0x2', 'ct zone 0', 'ct zone != 0'),
  (at) =>
    `ct original ${headerOf(at)} ${end(at)} . ct original proto-dst ${not(at)}{ ${hostOf(at)} . ${portOf(at)} }`,
  (at) =>
    `meta l4proto { tcp, udp } ct original ${headerOf(at)} ${end(at)} . meta l4proto . th dport ${not(at)}@svcs`,
];

/** What goes with the packet through the node. */
const ofMeta: readonly Make[] = [
  words(
    'meta mark 0x0',
    'meta mark != 0x0',
    'meta mark & 0x3 == 0x1',
    'meta mark 0x1-0x8',
    'meta mark { 0x1, 0x4 }',
    'meta mark & 0x2 != 0x0',
    'meta mark > 0x2',
  ),
  (at) => `iifname ${not(at)}${at.random.pick(['"eth0"', '"cni0"', '"lo"', '{ "eth0", "eth1" }', '"eth*"'])}`,
  (at) => `oifname ${not(at)}${at.random.pick(['"eth0"', '"cni0"', '"lo"', '{ "eth0", "eth1" }', '"e*"'])}`,
  (at) => `${at.random.pick(['iif', 'oif'])} ${not(at)}${at.random.pick(['"eth0"', '"cni0"', '"lo"'])}`,
  (at) => `iifname . ${headerOf(at)} saddr ${not(at)}{ "eth0" . ${netOf(at)}, "cni0" . ${hostOf(at)} }`,
  (at) => `meta mark . ${headerOf(at)} daddr ${not(at)}{ 0x0 . ${hostOf(at)}, 0x1 . ${hostOf(at)} }`,
  words('iiftype ether', 'iiftype != ether', 'oiftype ether', 'iiftype loopback', 'oiftype loopback'),
  words('meta pkttype host', 'meta pkttype { broadcast, multicast }', 'meta pkttype != host'),
  words('meta skuid 0', 'meta skuid != 0', 'meta skgid 0', 'meta skuid 1-1000'),
  (at) =>
    `fib ${end(at)} type ${not(at)}${at.random.pick(['local', 'unicast', '{ local, broadcast }', 'unreachable', 'prohibit', 'blackhole', 'anycast', 'multicast', 'unspec'])}`,
  words('fib saddr . iif oif missing', 'fib saddr . iif oif exists', 'fib saddr . mark . iif oif missing'),
  words(
    'fib daddr . iif type local',
    'fib saddr oifname "eth0"',
    'fib daddr oifname != "cni0"',
    'fib saddr oif exists',
  ),
  // Raw sockets, by which the node's packets are sent here, keep an IPv6 neighbour as the next hop (FLOWI_FLAG_KNOWN_NH).
  (at) =>
    at.family === 6 && (at.hook === null || at.hook === 'output' || at.hook === 'postrouting')
      ? at.random.pick(['rt classid 5', 'meta rtclassid 5', 'rt classid 0', 'meta rtclassid != 0'])
      : `rt ${headerOf(at)} nexthop ${not(at)}${hostOf(at)}`,
];

/** What chance, or a count, decides. */
const ofChance: readonly Make[] = [
  words('numgen random mod 4 < 2', 'numgen inc mod 2 0', 'numgen random mod 3 { 0, 2 }'),
  (at) => `jhash ${headerOf(at)} saddr mod 4 seed 0x1 ${at.random.pick(['0', '{ 1, 2 }', '< 2', '!= 3'])}`,
  (at) => `jhash ${headerOf(at)} saddr . ${headerOf(at)} daddr mod 3 ${at.random.pick(['0', '!= 1'])}`,
  words('limit rate 1000/second burst 100 packets', 'limit rate over 1000/second burst 100 packets'),
  words('quota 10 mbytes', 'quota over 10 mbytes', 'ct count over 3', 'ct count 3'),
];

const groups = [ofTransport, ofTransport, ofNetwork, ofNetwork, ofConnection, ofMeta, ofMeta];

/** Any match that nft lists: most find nothing in a packet of these. */
function rareMatch({ random, family }: Pick<NativePlace, 'random' | 'family'>): string {
  const pools = [commonMatches, connectionMatches, transportMatches, family === 4 ? ip4Matches : ip6Matches];
  const match = random.pick(random.pick(pools))(random);
  return VOLATILE.test(match) ? rareMatch({ random, family }) : match;
}

/** What hangs on the clock, the processor, or on the packets of other seeds. */
const VOLATILE =
  /^(?:meta (?:cpu|random|day|hour|time|cgroup)|limit|quota|last|numgen inc|ct (?:count|id|expiration))/;

export function nativeMatch(place: NativePlace): string {
  const { random } = place;
  if (random.chance(0.12)) return rareMatch(place);
  const group = random.chance(0.06) ? ofChance : random.pick(groups);
  return random.pick(group)(place);
}
