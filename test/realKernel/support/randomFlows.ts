import type { Family, Flow, FlowSource, TcpFlag } from '../../../src/kernel/flow.ts';
import type { Random } from './random.ts';

/** Something to send to: `10.96.0.10:53/udp`. */
export interface Frontend {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

const NODE: Readonly<Record<Family, readonly string[]>> = {
  4: ['192.168.0.2', '10.244.1.1', '127.0.0.1'],
  6: ['fd00:192:168::2', 'fd00:10:244:1::1', '::1'],
};
const PODS: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.1.5', '10.244.1.7', '10.244.1.38', '10.244.1.253'],
  6: ['fd00:10:244:1::5', 'fd00:10:244:1::7', 'fd00:10:244:1::26'],
};
const REMOTE: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.2.5', '192.168.0.3', '198.51.100.7', '203.0.113.9', '192.0.2.10'],
  6: ['fd00:10:244:2::5', 'fd00:192:168::3', '2001:db8:2::10', '2001:db8:3::9'],
};

/** Behind eth1. */
const SECOND: Readonly<Record<Family, readonly string[]>> = {
  4: ['172.16.5.9', '172.16.9.9'],
  6: ['fd00:172:5::9', 'fd00:172:9::9'],
};
/** Sources that routing may refuse: the node's own, loopback, of the wrong side, none at all. */
const SPOOFED: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '192.168.0.2',
    '127.0.0.1',
    '10.244.1.1',
    '10.244.1.9',
    '172.16.9.9',
    '0.0.0.0',
    '224.0.0.5',
    '192.168.0.255',
    '240.0.0.1',
  ],
  6: ['fd00:192:168::2', '::1', 'fd00:10:244:1::9', 'fd00:172:9::9', '::', 'ff02::5', 'fe80::9'],
};

/** Destinations of rules such as `-d 10.96.0.10/32 … -p udp … --dport 53`, and the node ports on the node's addresses. */
export function frontendsOf(rules: string, family: Family): readonly Frontend[] {
  const services = [
    ...rules.matchAll(/^-A KUBE-(?:EXTERNAL-)?SERVICES -d ([^/ ]+)\/\d+ -p (\w+) .*--dport (\d+)/gm),
  ].map(([, address = '', protocol = '', port = '']) => ({ address, protocol, port: Number(port) }));
  const ports = [...rules.matchAll(/^-A KUBE-NODEPORTS -p (\w+) .*--dport (\d+)/gm)].flatMap(
    ([, protocol = '', port = '']) =>
      NODE[family].map((address) => ({ address, protocol, port: Number(port) })),
  );
  return [...services, ...ports];
}

/** Where a packet of this family may come from. */
export function randomSource(random: Random, family: Family, port: number | null): FlowSource {
  const kind = random.pick(['pod', 'pod', 'external', 'external', 'node'] as const);
  if (random.chance(0.08)) {
    return {
      kind: 'external',
      address: random.pick(SPOOFED[family]),
      port,
      interface: random.pick(['eth0', 'eth1', 'cni0']),
    };
  }
  if (random.chance(0.1))
    return { kind: 'external', address: random.pick(SECOND[family]), port, interface: 'eth1' };
  if (kind === 'pod') return { kind, address: random.pick(PODS[family]), port, interface: 'cni0' };
  if (kind === 'external') return { kind, address: random.pick(REMOTE[family]), port, interface: 'eth0' };
  return { kind, address: random.pick(NODE[family]), port, interface: null, uid: 0, gid: 0 };
}

/** A packet to one of the frontends, or, now and then, to somewhere else. */
export function randomServiceFlow(random: Random, family: Family, frontends: readonly Frontend[]): Flow {
  const frontend = random.pick(frontends);
  const other = random.chance(0.1)
    ? random.pick([...NODE[family], ...PODS[family], ...REMOTE[family]])
    : frontend.address;
  const from = randomSource(random, family, 30000 + random.below(30000));
  return { family, from, to: { address: other, port: frontend.port }, protocol: frontend.protocol };
}

const FLAGS: readonly (readonly TcpFlag[])[] = [
  ['SYN'],
  ['SYN'],
  ['SYN'],
  ['SYN'],
  ['ACK'],
  ['RST'],
  ['FIN', 'ACK'],
  ['SYN', 'ACK'],
  ['FIN', 'PSH', 'URG'],
  [],
];
const PORTS = [22, 53, 80, 443, 8080, 8443, 3306, 5000, 30080, 40000, 60001];

/** Any packet: all protocols, odd flags and types, local, remote and strange addresses. */
export function randomFlow(random: Random, family: Family): Flow {
  const protocol = random.pick(['tcp', 'tcp', 'tcp', 'udp', 'udp', 'sctp', 'icmp'] as const);
  const ported = protocol !== 'icmp';
  const from = randomSource(random, family, ported ? random.pick(PORTS) : null);
  const to = random.pick([...NODE[family], ...PODS[family], ...REMOTE[family], ...STRANGE[family]]);
  const icmpType = random.pick(family === 4 ? [8, 8, 8, 0, 13, 3] : [128, 128, 128, 129, 1]);
  return {
    family,
    from,
    to: { address: to, port: ported ? random.pick(PORTS) : null },
    protocol,
    packet: {
      ...(protocol === 'tcp' ? { tcpFlags: random.pick(FLAGS) } : {}),
      ...(protocol === 'icmp' ? { icmpType, icmpCode: 0 } : {}),
      ttl: random.pick([64, 64, 64, 64, 2, 1]),
      tos: random.pick([0, 0, 0, 0x10, 0x28]),
    },
  };
}

const STRANGE: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.96.0.10', '10.96.0.20', '192.168.0.255', '255.255.255.255', '224.0.0.1', '172.16.9.9', '240.0.0.1'],
  6: ['fd00:172:9::9', 'fd00:10:96::10', 'fd00:10:96::20', 'ff02::1', '2001:db8:9::9'],
};
