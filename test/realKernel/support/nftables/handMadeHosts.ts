/** The same of hosts: what firewalld, Docker, netavark and home-made scripts write, and what they combine. */
import { linesOf } from './handMade.ts';

const firewalld = linesOf('inet firewalld', {
  sets: ['set trusted { type ipv4_addr ; flags interval ; elements = { 10.244.0.0/16 } ; }'],
  chains: {
    allow: ['tcp dport 22 counter accept', 'counter'],
    public: ['counter jump allow', 'meta l4proto { icmp, ipv6-icmp } counter accept', 'counter return'],
    zones: [
      'ip saddr @trusted counter goto allow',
      'iifname { "eth0", "wlan*" } counter goto public',
      'counter goto public',
    ],
    policies: ['tcp dport 8080 counter reject with tcp reset', 'counter continue', 'counter return'],
    'pre: filter prerouting 10': [
      'icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept',
      'meta nfproto ipv4 fib saddr . mark . iif oif missing counter drop',
    ],
    'translated: nat prerouting -90': [
      'ip daddr 192.168.0.2 tcp dport 80 counter dnat ip to 10.244.1.7:8080',
      'meta nfproto ipv4 udp dport 53 counter redirect to :80',
    ],
    'src: nat postrouting 110': ['meta nfproto ipv4 oifname != "lo" counter masquerade'],
    'input: filter input 10': [
      'ct state { established, related } counter accept',
      'ct status dnat counter accept',
      'iifname "lo" counter accept',
      'ct state invalid counter drop',
      'counter jump zones',
      'counter reject with icmpx admin-prohibited',
    ],
    'forward: filter forward 10': [
      'ct state { established, related } counter accept',
      'ct status dnat counter accept',
      'ct state invalid counter drop',
      'counter jump policies',
      'iifname "cni0" oifname "eth0" counter accept',
      'counter reject with icmpx admin-prohibited',
    ],
    'output: filter output 10': ['oifname "lo" counter accept', 'counter jump policies'],
  },
});

const docker = linesOf('ip docker-bridges', {
  sets: [
    'map in { type ifname : verdict ; elements = { "cni0" : jump into } ; }',
    'map out { type ifname : verdict ; elements = { "cni0" : jump from } ; }',
    'map post-in { type ifname : verdict ; elements = { "cni0" : jump masqueraded } ; }',
  ],
  chains: {
    into: [
      'ct state established,related counter accept',
      'iifname "cni0" counter accept',
      'ip daddr 10.244.1.7 tcp dport 80 counter accept',
      'counter drop',
    ],
    from: ['ct state established,related counter accept', 'counter accept'],
    masqueraded: [
      'fib saddr type local counter masquerade',
      'oifname "cni0" ip saddr 10.244.1.7 counter masquerade',
    ],
    published: ['iifname != "cni0" tcp dport 8080 counter dnat to 10.244.1.7:80', 'counter'],
    'raw: filter prerouting -300': ['iifname != "cni0" ip daddr 10.244.1.7 counter drop'],
    'pre: nat prerouting -100': ['fib daddr type local counter jump published'],
    'post: nat postrouting 100': [
      'oifname vmap @post-in counter',
      'oifname != "cni0" ip saddr 10.244.0.0/16 counter masquerade',
    ],
    'forward: filter forward 0': ['oifname vmap @in', 'iifname vmap @out'],
    'output: nat output -100': ['ip daddr != 127.0.0.0/8 fib daddr type local counter jump published'],
  },
});

const netavark = linesOf('inet netavark', {
  chains: {
    marked: ['counter meta mark set meta mark | 0x00002000'],
    port: [
      'ip saddr 10.244.0.0/16 tcp dport 8080 counter jump marked',
      'ip saddr 127.0.0.1 tcp dport 8080 counter jump marked',
      'tcp dport 8080 counter dnat ip to 10.244.1.7:80',
      'udp dport 53 counter dnat ip to 10.244.1.7:5300-5309',
    ],
    ports: ['meta l4proto { tcp, udp } th dport { 53, 8080-8090 } counter jump port'],
    'post: nat postrouting 100': [
      'meta mark & 0x00002000 == 0x00002000 counter masquerade',
      'ip saddr 10.244.1.0/24 ip daddr != 224.0.0.0/4 counter masquerade',
    ],
    'pre: nat prerouting -100': ['fib daddr type local counter jump ports'],
    'output: nat output -100': ['fib daddr type local counter jump ports'],
    'forward: filter forward 0': [
      'oifname "cni0" iifname != "cni0" ct status dnat counter accept',
      'counter',
    ],
  },
});

const knocking = linesOf('inet knocking', {
  sets: [
    'set knocked { type ipv4_addr . inet_service ; flags dynamic,timeout ; timeout 1h ; }',
    'set seen { type ipv4_addr ; flags dynamic ; size 1 ; }',
    'set tallied { type ipv4_addr ; flags dynamic ; counter ; }',
    'map last { type ipv4_addr : inet_service ; flags dynamic ; }',
  ],
  chains: {
    'a: filter prerouting 0': [
      'ip saddr . tcp dport @knocked counter',
      'tcp dport 80 counter add @knocked { ip saddr . tcp dport timeout 10m }',
      'ip saddr . tcp dport @knocked counter',
      'counter add @seen { ip daddr }',
      'counter add @seen { ip saddr } counter',
      'update @tallied { ip saddr counter } counter',
      'ip daddr @tallied counter',
      'counter update @last { ip saddr : tcp dport }',
      'tcp dport 22 counter delete @tallied { ip saddr }',
      'ip saddr @tallied counter',
      'ct count over 1 counter',
      'limit rate over 1/day burst 1 packets counter',
    ],
  },
});

const connections = linesOf('inet ctx', {
  chains: {
    'raw: filter prerouting -300': [
      'udp dport 80 counter notrack',
      'tcp dport 8080 counter ct zone set 7',
      'ct state untracked counter',
    ],
    'out: filter output -300': [
      'udp dport 80 counter notrack',
      'tcp dport 8080 counter ct original zone set 9',
    ],
    'a: filter prerouting -150': [
      'ct zone 7 counter',
      'ct state new counter ct mark set 0x10',
      'ct state != new counter meta mark set ct mark',
      'ct state vmap { untracked : accept, established : continue, new : continue }',
      'ct direction original counter',
      'meta l4proto { tcp, udp } ct original proto-dst 80 counter',
      'ct original ip daddr 10.244.1.7 counter',
      'ct reply ip saddr != 10.244.1.7 counter',
      'ct packets > 1 counter',
      'ct original packets 1 counter',
      'ct protocol { tcp, udp } counter',
      'ct id != 0 counter',
      'ct status & (snat|dnat) == 0 counter',
      'ct status seen-reply counter',
      'ct mark & 0xf0 == 0x10 counter',
      'ct label 5 counter',
      'ct helper "ftp" counter',
      'ct l3proto . ct protocol { ipv4 . tcp } counter',
    ],
    'post: filter postrouting 0': [
      'meta mark 0x10 counter',
      'ct mark 0x10 counter',
      'ct zone != 0 counter',
      'ct status confirmed counter',
      'ct status dnat counter',
    ],
  },
});

const devices = [
  ...linesOf('netdev dev', {
    sets: ['set bad { type ipv4_addr ; flags interval ; elements = { 198.51.100.0/24 } ; }'],
    chains: {
      sub: ['udp dport 53 counter drop', 'counter'],
      'in: filter ingress device eth0 -500': [
        'ip saddr @bad counter',
        'ip saddr @bad tcp dport 22 counter drop',
        'ip daddr 203.0.113.9 counter ip dscp set cs1',
        'meta protocol ip udp dport 80 counter meta mark set 0x5',
        'fib daddr type local counter',
        'fib daddr . iif type local counter',
        'meta l4proto vmap { udp : jump sub, tcp : accept }',
        'counter',
      ],
      'out: filter egress device eth0 0': [
        'ip daddr 203.0.113.9 tcp dport 80 counter',
        'ip saddr 10.244.0.0/16 counter',
        'counter',
      ],
    },
  }),
  ...linesOf('inet behind', {
    chains: { 'a: filter prerouting 0': ['meta mark 0x5 counter', 'ip dscp cs1 counter', 'counter'] },
  }),
];

const orders = linesOf('inet orders', {
  chains: {
    leaf: ['tcp dport 22 counter return', 'tcp dport 80 counter accept', 'counter'],
    middle: ['counter jump leaf', 'udp dport 53 counter goto leaf', 'counter'],
    last: ['udp dport 80 counter drop'],
    'a: filter forward 0': ['counter goto middle', 'counter drop'],
    'b: filter forward 0': [
      'counter',
      'tcp dport 8080 counter jump { ip saddr 10.244.1.5 counter drop; counter return; }',
      'counter',
    ],
    'c: filter forward 0 ; policy drop': [
      'tcp dport { 22, 80 } counter accept',
      'udp dport 53 counter return',
      'counter jump last',
    ],
    'd: filter forward -1': [
      'meta l4proto icmp counter reject with icmp host-prohibited',
      'tcp dport 8080 counter reject with tcp reset',
    ],
    'e: filter output 0': [
      'tcp dport 8080 counter reject with tcp reset',
      'udp dport 80 counter reject',
      'meta l4proto icmp counter drop',
    ],
    'f: filter input 0': [
      'tcp dport 22 counter reject with icmpx no-route',
      'udp dport 53 counter reject with icmp prot-unreachable',
    ],
    'g: filter prerouting 5': [
      'ip daddr 203.0.113.9 udp dport 80 counter reject with icmpx host-unreachable',
    ],
  },
});

const spread = linesOf('ip spread', {
  chains: {
    one: ['counter dnat to 10.244.1.8'],
    two: ['counter dnat to 10.244.1.9'],
    'pre: nat prerouting -100': [
      'tcp dport 22 counter dnat to numgen random mod 2 map { 0 : 10.244.1.8, 1 : 10.244.1.9 }',
      'tcp dport 80 counter numgen random mod 10 vmap { 0-2 : goto one, 3-9 : goto two }',
      'tcp dport 8080 counter dnat to jhash ip saddr . tcp dport mod 2 seed 0xfeed map { 0 : 10.244.1.8, 1 : 10.244.1.9 }',
      'udp dport 53 counter dnat to numgen inc mod 2 offset 3 map { 3 : 10.244.1.8, 4 : 10.244.1.9 }',
      'udp dport 80 counter dnat ip to ip saddr . udp dport map { 198.51.100.7 . 80 : 10.244.1.8 . 8080, 10.244.1.5 . 80 : 10.244.1.9 . 90 }',
      'counter',
    ],
    'out: nat output -100': [
      'tcp dport { 22, 80 } counter redirect to :8000-8001',
      'udp dport 53 counter dnat to 127.0.0.1:5353',
      'counter',
    ],
    'post: nat postrouting 100': [
      'meta l4proto { tcp, udp } ip daddr 10.244.1.8 counter snat to 10.244.1.1:3000-3001',
      'ct status dnat counter masquerade',
      'counter',
    ],
  },
});

const router = linesOf('inet router', {
  chains: {
    'mss: filter forward -150': [
      'tcp flags & (syn|rst) == syn counter tcp option maxseg size set rt mtu counter',
      'tcp flags syn counter tcp option maxseg size set 1360 counter',
      'counter',
    ],
    'fw: filter forward 0 ; policy drop': [
      'ct state vmap { established : accept, related : accept, invalid : drop }',
      'iifname "cni0" oifname "eth0" counter accept',
      'iifname "eth0" ct status dnat counter accept',
      'counter',
    ],
    'pre: nat prerouting -100': ['iifname "eth0" tcp dport 8080 counter dnat ip to 10.244.1.7:80'],
    'post: nat postrouting 100': ['meta nfproto ipv4 oifname "eth0" counter masquerade'],
  },
});

export const handMadeHosts: Readonly<Record<string, readonly string[]>> = {
  'zones of firewalld': firewalld,
  'bridges of Docker': docker,
  'ports of netavark': netavark,
  'elements that packets leave': knocking,
  'what is known of connections': connections,
  'chains of a device': devices,
  'chains of one hook': orders,
  'ends that are chosen': spread,
  'a router that fits segments to the way': router,
};
