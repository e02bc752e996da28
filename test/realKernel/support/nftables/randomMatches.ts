/** Random matches of nftables: each line of the table makes one; what this kernel or this nft refuses is left out by who loads it. */
import type { Random } from '../random.ts';

export type Make = (random: Random) => string;

export const port: Make = (random) => String(random.pick([22, 53, 80, 443, 8080, 30_080, 65_535]));
export const address4: Make = (random) =>
  random.pick(['10.0.0.1', '192.0.2.7', '198.51.100.255', '127.0.0.1']);
export const address6: Make = (random) => random.pick(['fd00::1', '2001:db8::5:6', 'fe80::1', '::1']);
export const net4: Make = (random) =>
  random.pick(['10.0.0.0/8', '192.0.2.0/24', '198.51.100.0-198.51.100.77']);
export const net6: Make = (random) => random.pick(['fd00::/8', '2001:db8::/32', '2001:db8::1-2001:db8::77']);
const device: Make = (random) => random.pick(['"eth0"', '"lo"', '"cali*"', '"veth0a.7"']);
const state: Make = (random) => random.pick(['new', 'established', 'related', 'invalid', 'untracked']);
export const number: Make = (random) => String(random.pick([0, 1, 5, 77, 255]));

/** A value, a range, a negation, a comparison, a set, as fits `value`. */
function tested(value: Make, isOrdered: boolean): Make {
  return (random) => {
    const one = value(random);
    const other = value(random);
    const forms = [one, one, `!= ${one}`, `{ ${one}, ${other} }`, `!= { ${one}, ${other} }`];
    return random.pick(isOrdered ? [...forms, `< ${one}`, `>= ${one}`] : forms);
  };
}

export function of(selector: string, value: Make, isOrdered = false): Make {
  const right = tested(value, isOrdered);
  return (random) => `${selector} ${right(random)}`;
}

export function words(...list: readonly string[]): Make {
  return (random) => random.pick(list);
}

/** By the families in whose tables they may stand. */
export const commonMatches: readonly Make[] = [
  of('meta length', number, true),
  of('meta protocol', words('ip', 'ip6', 'arp', 'vlan')),
  of('meta l4proto', words('tcp', 'udp', 'sctp', 'icmp', 'ipv6-icmp', 'gre', '99')),
  of('meta priority', words('1:2', 'none', 'abcd:ef01')),
  of('meta mark', words('0x1', '0x4000', '0xffffffff', '7'), true),
  (random) =>
    `meta mark & ${random.pick(['0xff', '0x4000'])} ${random.pick(['==', '!='])} ${random.pick(['0x10', '0x0'])}`,
  (random) => `meta mark ${random.pick(['and', '|', '^'])} 0xff ${random.pick(['== 0x10', '!= 0x3'])}`,
  of('iifname', device),
  of('meta iif', words('"lo"')),
  of('iiftype', words('ether', 'loopback', 'ppp')),
  of('meta iifgroup', words('0', '5', '"default"')),
  of('meta iifkind', words('"veth"', '"bridge"')),
  of('meta pkttype', words('host', 'unicast', 'broadcast', 'multicast', 'other')),
  of('meta cpu', number, true),
  of('meta cgroup', words('1048577', '1')),
  of('meta random', words('1', '2147483648'), true),
  words('meta ipsec exists', 'meta secpath missing'),
  of('meta day', words('"Monday"', '"Sunday"', '6')),
  words(
    'meta hour "09:00"-"17:00"',
    'meta hour != "10:30"',
    'meta time < "2030-01-01 10:00:00"',
    'meta time "2024-01-01 00:00:00"-"2025-01-01 00:00:00"',
  ),
  words('meta rtclassid 5', 'meta sdif 0', 'meta sdifname "vrf0"'),
  words('numgen random mod 10 < 3', 'numgen inc mod 4 offset 2 == 3', 'numgen inc mod 7 { 1, 3 }'),
  words('@ll,0,48 0x1', '@nh,96,32 0xa000001', '@th,16,16 & 0xff == 0x50', '@nh,8,8 > 3', '@ih,0,8 0x47'),
  words(
    'fib daddr type local',
    'fib saddr . iif oif missing',
    'fib daddr . iif type { local, broadcast }',
    'fib saddr oifname "eth0"',
    'fib saddr . mark . iif oif exists',
    'fib daddr type != unicast',
  ),
  words('rt classid 5', 'rt mtu 1400', 'rt ipsec exists'),
  words(
    'ether saddr aa:bb:cc:dd:ee:ff',
    'ether type ip',
    'vlan id 5',
    'vlan id { 1, 4094 } vlan pcp 3',
    'ether daddr != { 00:00:00:00:00:01, 01:02:03:04:05:06 }',
  ),
  words(
    'limit rate 5/second',
    'limit rate over 10 mbytes/minute burst 20 kbytes',
    'limit rate 1000/hour burst 7 packets',
    'limit rate 1 bytes/day',
    'limit rate over 3/week',
  ),
  words(
    'quota 10 mbytes',
    'quota over 5 kbytes',
    'quota until 77 bytes used 5 bytes',
    'ct count over 20',
    'ct count 5',
    'last',
    'last used never',
  ),
  words(
    'jhash ip saddr . tcp sport mod 2 seed 0xdeadbeef',
    'symhash mod 4 offset 100 < 103',
    'jhash ip saddr mod 10 offset 5 { 5, 6 }',
  ),
];

export const connectionMatches: readonly Make[] = [
  of('ct state', state),
  (random) => `ct state ${state(random)},${state(random)}`,
  (random) => `ct state { ${state(random)}, ${state(random)} }`,
  of('ct direction', words('original', 'reply')),
  of('ct status', words('dnat', 'snat', 'confirmed', 'assured', 'expected')),
  words(
    'ct status & (dnat|snat) != 0',
    'ct status ! dnat,snat',
    'ct state != established,related',
    'ct status == dnat',
  ),
  of('ct mark', words('0x1', '0x4000'), true),
  words('ct expiration 1h', 'ct expiration 30s-2m', 'ct expiration { 10s, 1d }', 'ct expiration > 500ms'),
  of('ct helper', words('"ftp"', '"sip"')),
  of('ct l3proto', words('ipv4', 'ipv6')),
  of('ct original protocol', words('tcp', 'udp')),
  of('ct original ip saddr', net4),
  of('ct reply ip6 daddr', net6),
  words(
    'ct original proto-dst 80',
    'ct bytes > 100000',
    'ct original packets 5-10',
    'ct avgpkt != 7',
    'ct reply bytes 1',
  ),
  words(
    'ct zone 5',
    'ct original zone 1',
    'ct id 12345',
    'ct label 1',
    'ct protocol 6 ct reply proto-src 53',
  ),
];
