/** Where packets go: policy rules, routes for a TOS, addresses of links that are down, what the node sends to everybody. */
import type { Family, Flow } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature } from './feature.ts';

const PORTS = ['53', '80', '443', '5000-9000', '30000-65535', '22'];

/**
 * Ports are asked for where a packet comes in, or, behind OUTPUT's mark, goes out again: the first look-up for a raw socket
 * has none (test/realKernel/routes.test.ts asks the kernel for those of other sockets). No socket has both bits of that mark
 * before a rule gives it one.
 */
function selectors(random: Random, family: Family): string {
  const icmp = family === 4 ? 'icmp' : 'ipv6-icmp';
  const port = (): string => `${random.pick(['sport', 'dport'])} ${random.pick(PORTS)}`;
  const network =
    family === 4
      ? random.pick(['10.244.0.0/16', '192.168.0.0/24', '198.51.100.0/24'])
      : random.pick(['fd00:10:244::/56', 'fd00:192:168::/64', '2001:db8::/32']);
  const kinds: (() => string)[] = [
    () => `ipproto ${random.pick(['tcp', 'udp', 'sctp', icmp])}`,
    () => `uidrange ${random.pick(['0-0', '1000-1999', '1500-1500', '0-1500', '1-4294967294'])}`,
    () => `tos ${random.pick(family === 4 ? ['0x10', '0x08', '0x18'] : ['0x10', '0x08', '0x28', '0xb8'])}`,
    () => `${random.pick(['iif eth0', 'iif eth1', 'iif cni0', 'iif lo fwmark 0x4001/0x4001'])} ${port()}`,
    () => `iif ${random.pick(['eth0', 'cni0'])} ipproto ${random.pick(['tcp', 'udp'])} ${port()}`,
    () => `fwmark ${random.pick(['0x1/0x1', '0x4000/0x4000', '0x2/0x3'])}`,
    () => `from ${network}`,
    () => `to ${network} ipproto ${random.pick(['tcp', 'udp'])}`,
    () => `oif eth1`,
    () => `iif ${random.pick(['lo', 'eth0', 'cni0'])}`,
    () => `tun_id 5 uidrange 1500-1500`,
  ];
  return random.pick(kinds)();
}

function policyRule(random: Random, family: Family): string {
  const not = random.maybe(0.2, () => 'not ');
  const action = random.pick([
    'lookup 100',
    'lookup 100',
    'lookup 100',
    'lookup 200',
    'lookup main suppress_prefixlength 0',
    'lookup main suppress_ifgroup 7',
    'goto 32766',
    'nop',
    'prohibit',
    'unreachable',
    'blackhole',
  ]);
  const flag = family === 6 ? '-6 ' : '';
  return `${flag}rule add pref ${1 + random.below(30000)} ${not}${selectors(random, family)} ${action}`;
}

function tables(family: Family): readonly string[] {
  return family === 4
    ? [
        'route add default via 172.16.5.1 dev eth1 table 100',
        'route add 10.244.0.0/16 via 192.168.0.9 table 200',
        'route add unreachable 198.51.100.0/24 table 200',
      ]
    : [
        '-6 route add default via fd00:172:5::1 dev eth1 table 100',
        '-6 route add fd00:10:244::/56 via fd00:192:168::9 table 200',
        '-6 route add unreachable 2001:db8::/32 table 200',
      ];
}

function tosRoutes(random: Random): readonly string[] {
  const tos = (): string => `tos ${random.pick(['0x08', '0x10', '0x18', '0x04'])}`;
  return [
    `route add default via 172.16.5.1 dev eth1 ${tos()}`,
    `route add 198.51.100.0/24 via 172.16.5.1 dev eth1 ${tos()}`,
    `route add 10.244.2.0/24 via 172.16.5.3 dev eth1 ${tos()}`,
  ].filter(() => random.chance(0.6));
}

/** On links that are never up, as those of nodelocaldns and IPVS are. */
const DOWN: Readonly<Record<Family, readonly string[]>> = {
  4: ['169.254.20.10', '10.96.0.10', '10.5.0.1'],
  6: ['fd00:96::10', 'fd00:10:96::10'],
};

/** Secondary and further addresses, which are not those that a REDIRECT takes. */
const MORE_ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  4: [
    'addr add 192.168.0.77/24 dev eth0',
    'addr add 172.16.6.1/24 dev eth1',
    'addr add 172.16.7.1/24 dev eth1 scope link',
    'addr add 10.244.1.200/32 dev cni0',
    'addr add 10.0.9.1/32 dev lo',
  ],
  6: [
    '-6 addr add fd00:192:168::77/64 dev eth0 nodad',
    '-6 addr add fd00:172:6::1/64 dev eth1 nodad',
    '-6 addr add fd00:9::1/128 dev lo',
  ],
};

const EVERYBODY: Readonly<Record<Family, readonly string[]>> = {
  4: ['192.168.0.255', '172.16.5.255', '10.244.1.255', '255.255.255.255', '224.0.0.1', '224.0.0.9'],
  6: ['ff02::1', 'ff02::2', 'ff02::9', 'ff05::1'],
};

const ANYCAST = ['fd00:172:5::', 'fd00:192:168::', 'fd00:10:244:1::'];

function to(flow: Flow, address: string): Flow {
  return flow.after === undefined ? { ...flow, to: { ...flow.to, address } } : flow;
}

/** A bridge floods what goes to everybody, and each copy is a packet of its own. */
function isUplink({ from }: Flow): boolean {
  return from.interface === 'eth0' || from.interface === 'eth1';
}

export const ways: readonly Feature[] = [
  {
    name: 'policy rules with selectors',
    commands: (random, family) =>
      random.chance(0.5)
        ? []
        : [
            ...tables(family),
            ...(random.chance(0.3) ? ['link set eth1 group 7'] : []),
            ...Array.from({ length: 1 + random.below(4) }, () => policyRule(random, family)),
          ],
    flow: (flow, { random }) => {
      if (flow.from.kind !== 'node' || !random.chance(0.5)) return flow;
      return { ...flow, from: { ...flow.from, uid: 1500, gid: 1500 } };
    },
    inNode: /rule add .*(?:ipproto|uidrange|sport|dport|tos)/,
  },
  {
    name: 'routes for a TOS',
    commands: (random, family) => (family === 4 && random.chance(0.3) ? tosRoutes(random) : []),
    flow: (flow, { random }) =>
      random.chance(0.3)
        ? { ...flow, packet: { ...flow.packet, tos: random.pick([0x08, 0x10, 0x18, 0x28, 0xb8, 0xe8]) } }
        : flow,
    inNode: /route add .* tos /,
  },
  {
    name: 'addresses of links that are down',
    commands: (random, family) =>
      random.chance(0.7)
        ? []
        : [
            'link add down0 type bridge',
            ...DOWN[family].map((address) => `addr add ${address}/32 dev down0 nodad`),
          ].map((line) => (family === 6 ? line.replace('/32', '/128') : line.replace(' nodad', ''))),
    flow: (flow, { random, family }) => (random.chance(0.06) ? to(flow, random.pick(DOWN[family])) : flow),
    inNode: /link add down0/,
  },
  {
    name: 'more addresses of an interface',
    commands: (random, family) => MORE_ADDRESSES[family].filter(() => random.chance(0.25)),
    inNode: /addr add .* dev (?:eth|cni|lo)/,
  },
  {
    name: 'own broadcasts and multicasts',
    flow: (flow, { random, family }) =>
      flow.from.interface === null && random.chance(0.15) ? to(flow, random.pick(EVERYBODY[family])) : flow,
    inFlow: ({ from, to: { address }, family }) =>
      from.interface === null && EVERYBODY[family].includes(address),
  },
  {
    name: 'broadcasts and multicasts of others',
    flow: (flow, { random, family }) =>
      isUplink(flow) && random.chance(0.06) ? to(flow, random.pick(EVERYBODY[family])) : flow,
    inFlow: ({ from, to: { address }, family }) =>
      from.interface !== null && EVERYBODY[family].includes(address),
  },
  {
    name: 'subnet-router anycast',
    flow: (flow, { random, family }) =>
      family === 6 && random.chance(0.15) ? to(flow, random.pick(ANYCAST)) : flow,
    inFlow: ({ to: { address } }) => ANYCAST.includes(address),
  },
  {
    name: 'rpfilter',
    matches: ({ random, hook, table }) =>
      hook === 'PREROUTING' && table !== 'nat'
        ? [
            [
              '-m rpfilter',
              ...['--loose', '--validmark', '--accept-local', '--invert'].filter(() => random.chance(0.4)),
            ].join(' '),
          ]
        : [],
    inRule: /-m rpfilter/,
  },
];
