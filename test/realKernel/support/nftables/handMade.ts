/** Small native rulesets of kinds that people write and the random judge does not: lines for `nft -f`, by what they are about. */

/** Chains by `name` or `name: type hook [device name] priority`, each with its rules; `sets` are what stands behind `add`. */
interface Table {
  readonly sets?: readonly string[];
  readonly chains: Readonly<Record<string, readonly string[]>>;
}

/** Chains first: jumps need them. Base chains register in the order that is written. */
export function linesOf(name: string, { sets = [], chains }: Table): readonly string[] {
  const named = Object.entries(chains).map(([head, rules]) => {
    const [chain = '', base] = head.split(': ');
    const [type = '', hook = '', ...rest] = base?.split(' ') ?? [];
    const [of, at] = rest[0] === 'device' ? [rest.slice(0, 2), rest.slice(2)] : [[], rest];
    const place = [type, 'hook', hook, ...of, 'priority', ...at].join(' ');
    const block = base === undefined ? '' : ` { type ${place} ; }`;
    return { chain, rules, made: `add chain ${name} ${chain}${block}` };
  });
  return [
    `add table ${name}`,
    ...named.map(({ made }) => made),
    ...sets.map((set) => `add ${set.replace(' ', ` ${name} `)}`),
    ...named.flatMap(({ chain, rules }) => rules.map((rule) => `add rule ${name} ${chain} ${rule}`)),
  ];
}

export const handMade: Readonly<Record<string, readonly string[]>> = {
  'bits of marks': linesOf('inet t', {
    chains: {
      'a: filter prerouting -150': [
        'tcp dport 22 counter meta mark set 0x00012345',
        'tcp dport 80 counter meta mark set 0xabcd0001',
        'udp dport 53 counter meta mark set 0x80000000 ct mark set 0x12340000',
        'meta mark & 0xffff0000 == 0x00010000 counter',
        'meta mark & 0xff000000 != 0xab000000 counter',
        'meta mark & 0x80000000 == 0x80000000 counter',
        'meta mark { 0x5, 0x00010000/15, 0x80000000/1 } counter',
        'ct mark & 0xffff0000 == 0x12340000 counter',
        'meta mark set meta mark << 4 counter',
        'meta mark & 0xf0000000 == 0x10000000 counter',
        'meta mark set meta mark >> 8 counter',
        'meta mark & 0xff == 0x34 counter',
        'meta mark set (meta mark & 0xff) | 0x100 counter',
        'meta mark != 0x100-0x1ff counter',
        'meta mark set meta mark and 0xf or 0x30 xor 0x1 counter',
        'meta mark 0x30-0x3f counter',
      ],
    },
  }),
  'rest of all in maps': linesOf('inet t', {
    sets: [
      'map ends { type ipv4_addr : verdict ; flags interval ; elements = { 10.244.1.0/24 : jump pods, 203.0.113.0-203.0.113.9 : accept, * : jump others } ; }',
      'map ports { type inet_service : verdict ; flags interval ; elements = { 22 : accept, 23-1023 : jump low, * : continue } ; }',
      'map marks { type ipv4_addr : mark ; flags interval ; elements = { 10.0.0.0/9 : 0x1, 10.244.0.0/16 : 0x2, * : 0x3 } ; }',
      'map exact { type inet_service : mark ; elements = { 80 : 0x7, * : 0x8 } ; }',
    ],
    chains: {
      pods: ['counter', 'return'],
      others: ['counter'],
      low: ['counter return'],
      'a: filter prerouting 0': [
        'counter ip daddr vmap @ends',
        'counter tcp dport vmap @ports',
        'counter meta mark set ip saddr map @marks',
        'meta mark 0x2 counter',
        'meta mark 0x3 counter',
        'counter meta mark set tcp dport map @exact',
        'meta mark 0x8 counter',
        'ip daddr vmap { 10.244.1.7 : continue, * : jump others }',
        'counter',
      ],
    },
  }),
  'networks translated to networks': linesOf('ip t', {
    sets: [
      'map nets { type ipv4_addr : interval ipv4_addr ; flags interval ; elements = { 203.0.113.0/24 : 10.244.1.0/24, 192.168.0.0/24 : 10.244.2.0/24 } ; }',
      'map services { type ipv4_addr . inet_service : interval ipv4_addr . inet_service ; flags interval ; elements = { 10.244.1.7 . 80-90 : 10.244.1.5-10.244.1.6 . 8080-8081 } ; }',
    ],
    chains: {
      'pre: nat prerouting -100': [
        'meta l4proto tcp counter dnat ip addr . port to ip daddr . tcp dport map @services',
        'udp dport 53 counter dnat ip prefix to ip daddr map @nets',
        'udp dport 80 counter dnat to ip daddr map { 203.0.113.9 : 10.244.1.9, 10.244.1.7 : 10.244.1.8 }',
        'udp dport 8080 counter dnat to 10.244.1.5:8053',
        'counter',
      ],
      'post: nat postrouting 100': [
        'udp dport 53 counter snat ip prefix to ip saddr map { 10.244.1.0/24 : 192.168.0.0/24 }',
        'tcp dport 22 counter masquerade to :2000-2001',
        'counter',
      ],
      'seen: filter forward 0': ['ip daddr 10.244.1.9 counter', 'ip daddr 10.244.1.0/29 counter', 'counter'],
    },
  }),
  'names with a star, and parts of concatenations': linesOf('inet t', {
    sets: [
      'set names { type ifname ; flags interval ; elements = { "eth*", "lo" } ; }',
      'set zones { type ifname . ipv4_addr . inet_service ; flags interval ; elements = { "eth0" . 198.51.100.0/24 . 1-1023, "cni0" . 10.244.1.5-10.244.1.9 . 80 } ; }',
      'map zoned { type ifname . ipv4_addr : verdict ; flags interval ; elements = { "eth0" . 0.0.0.0/0 : jump outside, "cni0" . 10.244.1.7 : jump pod } ; }',
      'set triples { typeof ip saddr . ip daddr . meta l4proto ; flags interval ; elements = { 10.0.0.0/8 . 0.0.0.0/0 . tcp, 198.51.100.7 . 10.244.1.0/24 . udp } ; }',
    ],
    chains: {
      outside: ['counter'],
      pod: ['counter'],
      'a: filter prerouting 0': [
        'iifname @names counter',
        'iifname != @names counter',
        'iifname { "e*", "cni1" } counter',
        'iifname . ip saddr . tcp dport @zones counter',
        'iifname . ip saddr . udp dport != @zones counter',
        'counter iifname . ip saddr vmap @zoned',
        'ip saddr . ip daddr . meta l4proto @triples counter',
        'iifname . meta l4proto . th dport { "eth0" . tcp . 20-25, "cni0" . udp . 53 } counter',
        'meta mark . iifname { 0x0 . "eth0" } counter',
      ],
      'b: filter postrouting 0': [
        'oifname @names counter',
        'oifname . ip daddr { "cni0" . 10.244.0.0/16, "eth0" . 203.0.113.9 } counter',
        'iifname . oifname { "eth0" . "cni0", "cni0" . "eth0" } counter',
        'iifname . oifname != { "eth0" . "cni0" } counter',
      ],
    },
  }),
  'kinds and groups of interfaces': linesOf('inet t', {
    chains: {
      'a: filter prerouting 0': [
        'iifgroup default counter',
        'iifgroup != 0 counter',
        'meta iifkind "veth" counter',
        'meta iifkind { "bridge", "veth" } counter',
        'meta iifkind != "bridge" counter',
        'meta oifkind != "bridge" counter',
        'oifgroup 0 counter',
      ],
      'i: filter input 0': [
        'meta sdif 0 counter',
        'meta sdifname "eth0" counter',
        'meta sdifname != "eth0" counter',
      ],
      'f: filter forward 0': ['meta oifkind "bridge" counter', 'oifgroup 0 counter', 'meta sdif 0 counter'],
      'o: filter output 0': [
        'meta iifkind "veth" counter',
        'meta iifkind != "veth" counter',
        'iifgroup 0 counter',
        'meta oifkind { "veth", "bridge" } counter',
      ],
      'p: filter postrouting 0': [
        'meta oifkind "veth" counter',
        'iifgroup != 1 counter',
        'meta iifkind != "x" counter',
      ],
    },
  }),
  'bits of headers': linesOf('inet t', {
    chains: {
      'a: filter prerouting -200': [
        '@nh,0,4 4 counter',
        '@nh,4,4 5 counter',
        '@nh,51,13 0 counter',
        '@nh,72,8 { 6, 17 } counter',
        '@th,0,16 40000 counter',
        '@th,106,6 & 0x3f == 0x02 counter',
        '@th,107,1 1 counter',
        '@nh,96,32 & 0xff000000 == 0x0a000000 counter',
        'ip length 40 counter',
        'ip length < 30 counter',
        'meta length > 28 counter',
        'udp length 8 counter',
        'udp length > 8 counter',
        'tcp doff 5 counter',
        'tcp doff 4-6 counter',
        'tcp sport & 0xff00 == 0x9c00 counter',
        'tcp flags & (fin|syn|rst|ack) == syn counter',
        'tcp flags & (fin|syn|rst|ack) != syn counter',
        'tcp flags & (syn|ack) == 0 counter',
        'tcp flags { syn, ack, fin | ack } counter',
        'tcp option maxseg exists counter',
        'tcp option sack-perm missing counter',
        'icmp id 5 counter',
        'ip frag-off & 0x2000 == 0 counter',
        'ip frag-off & 0x1fff != 0 counter',
        'ip id != 5 counter',
        'ip ecn not-ect ip dscp cs0 ip version 4 counter',
        'ip hdrlength 4-6 counter',
      ],
    },
  }),
  'written headers': linesOf('ip t', {
    chains: {
      'a: filter prerouting -150': [
        'tcp dport 80 counter ip daddr set 10.244.1.9 tcp dport set 8080',
        'tcp dport 8080 counter ip ttl set 7 ip dscp set cs5',
        'udp dport 53 counter ip daddr set 10.244.1.8',
        'udp dport 53 counter @th,16,16 set 0x0050',
        'udp dport 80 counter',
        'ip ttl 7 ip dscp cs5 counter',
        'ip dscp != cs5 counter ip dscp set cs1',
        'ip dscp { cs1, cs2 } counter',
        'ip ecn set ce counter',
        'ip ecn ce counter',
        'ip saddr 198.51.100.7 counter ip saddr set ip daddr',
        'tcp sport set tcp dport counter',
        'tcp sport { 8080, 22 } counter',
      ],
      'o: route output -150': [
        'udp dport 53 counter ip daddr set 10.244.1.7',
        'tcp dport 80 counter ip daddr set 10.244.1.7 meta mark set 0x1',
      ],
      'f: filter forward 0': ['ip ttl 6 counter', 'ip daddr 10.244.1.8 udp dport 80 counter', 'counter'],
      'p: filter postrouting 0': [
        'oifname "cni0" counter',
        'oifname "eth0" counter',
        'ip daddr 10.244.1.7 counter',
      ],
    },
  }),
};
