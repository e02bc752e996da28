/** Random rules of nftables: matches, statements, and what ends them. */
import type { Random } from '../random.ts';
import { address4, address6, commonMatches, connectionMatches, type Make, port } from './randomMatches.ts';
import { ip4Matches, ip6Matches, transportMatches } from './randomHeaders.ts';

export type Family = 'ip' | 'ip6' | 'inet';
type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface ChainKind {
  readonly name: string;
  readonly type: 'filter' | 'nat' | 'route' | null;
  readonly hook: Hook | null;
}

const states: readonly string[] = [
  '',
  '',
  'counter',
  'counter packets 7 bytes 99',
  'counter name "http"',
  'log',
  'log prefix "it: " level warn',
  'log group 2 snaplen 256 queue-threshold 20',
  'log flags all',
  'log prefix "x" flags tcp sequence,options flags skuid',
  'log flags ip options',
  'quota name "much"',
  'limit name "slow"',
  'counter name tcp dport map @counters',
  'counter name tcp dport map { 80 : "http" }',
];

export function randomRule(random: Random, family: Family, kind: ChainKind): string {
  const pool: readonly (readonly Make[])[] = [
    commonMatches,
    connectionMatches,
    transportMatches,
    ...(family === 'ip6' ? [] : [ip4Matches]),
    ...(family === 'ip' ? [] : [ip6Matches]),
  ];
  const matches = Array.from({ length: random.below(3) }, () => random.pick(random.pick(pool))(random));
  const comment = random.chance(0.2)
    ? [`comment "${random.pick(['a', "it's { } ; #5", 'ns/svc:http'])}"`]
    : [];
  return [...matches, random.pick(states), endOf(random, family, kind), ...comment]
    .filter((each) => each !== '')
    .join(' ');
}

function endOf(random: Random, family: Family, kind: ChainKind): string {
  const six = family === 'ip6' || (family === 'inet' && random.chance(0.4));
  const general = [...verdictEnds(random), ...writeEnds(six), ...setEnds(six)];
  const nat = kind.type === 'nat' || kind.type === null ? natEnds(random, six, family) : [];
  const special = [
    ...rejectEnds(family),
    'notrack',
    'queue',
    'queue flags bypass,fanout to 1-3',
    'queue num 5',
    'queue flags bypass to numgen inc mod 3',
    `dup to ${six ? 'fd00::9' : '10.0.0.9'}`,
    `dup to ${six ? 'fd00::9' : '10.0.0.9'} device "lo"`,
    'synproxy mss 1460 wscale 7 timestamp sack-perm',
    'synproxy name "syn"',
    'flow add @fast',
    'ct helper set "ftp1"',
    'ct timeout set "fast"',
    'ct expectation set "more"',
    `tproxy ${six ? 'ip6' : 'ip'} to :50080`,
    `tproxy to ${six ? '[::1]' : '127.0.0.1'}:50080`,
  ];
  return random.pick(random.pick([general, general, nat.length > 0 ? nat : special, special]));
}

function verdictEnds(random: Random): readonly string[] {
  return [
    'accept',
    'drop',
    'return',
    'continue',
    'jump plain_1',
    'goto service-ABCDEF-ns/svc/tcp/http__10.1.2.3/80',
    `jump { tcp dport ${port(random)} drop ; udp dport 53 accept ; }`,
    'goto { ip protocol tcp counter ; }',
    'iifname vmap @names',
    'tcp dport vmap { 80 : accept, 443 : jump plain_1, 1-7 : drop }',
    'ct state vmap { established : accept, related : accept, invalid : drop }',
    'meta l4proto . th dport vmap { tcp . 80 : accept, udp . 53 : continue }',
    'numgen random mod 2 vmap { 0 : jump plain_1, 1 : accept }',
    'meta mark & 0xff vmap { 1 : drop, 2 : return }',
    '',
  ];
}

/** Statements that change the packet, its connection or its metadata. */
export function writeEnds(six: boolean): readonly string[] {
  const ip = six ? 'ip6' : 'ip';
  return [
    'meta mark set 0x1',
    'meta mark set meta mark | 0x4000',
    'meta mark set meta mark & 0xffff00ff | 0x1200',
    'meta mark set ct mark',
    'ct mark set meta mark',
    'ct mark set meta mark and 0xff',
    'meta mark set tcp dport map @marks',
    'meta mark set numgen inc mod 3 map { 0 : 0x1, 1 : 0x2, 2 : 0x3 }',
    'meta mark set jhash ip saddr mod 8 seed 0x1 offset 100',
    'meta priority set 1:20',
    'meta nftrace set 1',
    'meta pkttype set host',
    `${ip} dscp set ef`,
    `${ip} ecn set ce`,
    six ? 'ip6 hoplimit set 5' : 'ip ttl set 64',
    `${ip} daddr set ${six ? 'fd00::1' : '10.0.0.1'}`,
    'tcp dport set 8080',
    'tcp option maxseg size set rt mtu',
    'tcp option maxseg size set 1400',
    'ct event set new,related,destroy',
    'ct zone set 5',
    'ct original zone set 7',
    'ct label set 5',
    '@nh,0,8 set 0x45',
    'reset tcp option sack-perm',
    'ct mark set ct mark << 4',
    'meta mark set meta mark >> 8',
    'ether daddr set aa:bb:cc:dd:ee:ff',
    'udp checksum set 0',
    'meta secmark set ct secmark',
    'ct mark set 0x7 ^ 0x1',
  ];
}

function setEnds(six: boolean): readonly string[] {
  const field = six ? 'ip6 saddr' : 'ip saddr';
  return [
    `add @dyn { ${field} . tcp dport }`,
    `update @dyn { ${field} . tcp dport timeout 10s }`,
    `update @limited { ${field} limit rate over 5/second burst 7 packets }`,
    `add @limited { ${field} counter }`,
    `delete @dyn { ${field} . tcp dport }`,
    `update @learned { ${field} : meta mark }`,
    `add @learned { ${field} timeout 1h : 0x7 }`,
    `meter m1 size 128 { ${field} timeout 1m limit rate 10/second }`,
    `${field} @hosts`,
    `${field} != @nets`,
    `${field} . tcp dport @dyn`,
    `${field} vmap @verdicts`,
    'tcp dport @ports',
    `${field} . meta mark . iifname @typed`,
  ];
}

function natEnds(random: Random, six: boolean, family: Family): readonly string[] {
  const one = (six ? address6 : address4)(random);
  const spelled = six ? `[${one}]` : one;
  const ip = family === 'inet' ? `${six ? 'ip6' : 'ip'} ` : '';
  const field = six ? 'ip6 daddr' : 'ip daddr';
  return [
    `dnat ${ip}to ${one}`,
    `meta l4proto tcp dnat ${ip}to ${spelled}:8080`,
    `tcp dport 80 dnat ${ip}to ${spelled}:80-90 random`,
    `snat ${ip}to ${six ? 'fd00::1-fd00::9' : '10.0.0.1-10.0.0.9'} fully-random,persistent`,
    `udp sport 5 snat ${ip}to ${spelled}:1024-65535`,
    'masquerade',
    'masquerade fully-random',
    'masquerade random,persistent',
    'meta l4proto tcp masquerade to :1024-65535',
    'redirect',
    'tcp dport 22 redirect to :2222',
    'udp dport 53 redirect to :5353-5355 random',
    'redirect to :tcp dport map { 80 : 8080, 443 : 8443 }',
    `dnat ${ip}to ${field} . tcp dport map @targets`,
    `dnat ${ip}to ${field} map { ${one} : ${one} }`,
    `dnat ${ip}to numgen random mod 2 map { 0 : ${one}, 1 : ${one} }`,
    `meta l4proto tcp dnat ${ip}to numgen random mod 2 map { 0 : ${one} . 80, 1 : ${one} . 81 }`,
    `snat ${ip}prefix to ${field.replace('daddr', 'saddr')} map { ${six ? 'fd00:1::/64 : fd00:2::/64' : '10.1.0.0/16 : 10.2.0.0/16'} }`,
    `dnat ${ip}to jhash ${field.replace('daddr', 'saddr')} mod 2 seed 0x5 map { 0 : ${one}, 1 : ${one} }`,
    `tcp dport 80 dnat ${ip}to ${field} map { ${one} : ${one} }:8080`,
  ];
}

function rejectEnds(family: Family): readonly string[] {
  const four = ['reject with icmp host-unreachable', 'reject with icmp admin-prohibited'];
  const six = ['reject with icmpv6 no-route', 'reject with icmpv6 addr-unreachable'];
  const both = ['reject', 'reject with tcp reset', 'meta l4proto tcp reject with tcp reset'];
  if (family === 'inet')
    return [
      ...both,
      ...four,
      ...six,
      'reject with icmpx port-unreachable',
      'reject with icmpx admin-prohibited',
    ];
  return [...both, ...(family === 'ip' ? four : six)];
}
