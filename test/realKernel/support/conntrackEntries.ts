/** Random entries of conntrack's table, and packets of their connections. */
import type { Family, Flow, TcpFlag } from '../../../src/kernel/flow.ts';
import type { Random } from './random.ts';

interface End {
  readonly address: string;
  readonly port: number;
}

export interface Entry {
  /** For `conntrack`. */
  readonly command: readonly string[];
  /** A packet of the connection, of either direction. */
  readonly flow: Flow;
}

const CLIENTS: Readonly<Record<Family, readonly (readonly [address: string, way: string | null])[]>> = {
  4: [
    ['10.244.1.5', 'cni0'],
    ['10.244.1.38', 'cni0'],
    ['198.51.100.7', 'eth0'],
    ['172.16.5.9', 'eth1'],
    ['192.168.0.2', null],
  ],
  6: [
    ['fd00:10:244:1::5', 'cni0'],
    ['2001:db8:2::10', 'eth0'],
    ['fd00:172:5::9', 'eth1'],
    ['fd00:192:168::2', null],
  ],
};

const SERVERS: Readonly<Record<Family, readonly (readonly [address: string, way: string | null])[]>> = {
  4: [
    ['10.244.1.7', 'cni0'],
    ['10.244.2.5', 'eth0'],
    ['192.168.0.2', null],
    ['203.0.113.9', 'eth0'],
  ],
  6: [
    ['fd00:10:244:1::7', 'cni0'],
    ['fd00:10:244:2::5', 'eth0'],
    ['fd00:192:168::2', null],
    ['2001:db8:3::9', 'eth0'],
  ],
};

const ASKED = { 4: '10.96.0.10', 6: 'fd00:10:96::10' } as const;
const NODE = { 4: ['192.168.0.2', '10.244.1.1'], 6: ['fd00:192:168::2', 'fd00:10:244:1::1'] } as const;

const STATES = ['SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'ESTABLISHED', 'FIN_WAIT', 'TIME_WAIT', 'CLOSE'];
const FLAGS: readonly (readonly TcpFlag[])[] = [['SYN'], ['ACK'], ['ACK'], ['SYN', 'ACK']];

function endpointText({ address, port }: End): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Translated or not, replied to or not, towards servers that rules may know or not. */
export function randomEntry(random: Random, family: Family): Entry {
  const protocol = random.pick(['udp', 'udp', 'tcp']);
  const [from, inBy] = random.pick(CLIENTS[family]);
  const [to, outBy] = random.pick(SERVERS[family].filter(([address]) => address !== from));
  const client: End = { address: from, port: 40000 };
  const server: End = { address: to, port: random.pick([53, 80, 8080]) };
  const isTranslated = random.chance(0.6);
  const asked: End = isTranslated ? { address: ASKED[family], port: random.pick([53, 80]) } : server;
  const masked: End | null = random.chance(0.3)
    ? { address: random.pick(NODE[family]), port: random.pick([40000, 2001]) }
    : null;
  const ends = `-s ${client.address} -d ${asked.address} --sport ${client.port} --dport ${asked.port}`;
  const command = [
    ...`conntrack -I -p ${protocol} -t 300 ${ends}`.split(' '),
    // Also to what it is already: the kernel's own entries know that they are not translated, those of a tool else do not.
    '-g',
    endpointText(server),
    '-n',
    endpointText(masked ?? client),
    ...random.pick([[], ['-u', 'SEEN_REPLY'], ['-u', 'SEEN_REPLY,ASSURED']]),
    ...(protocol === 'tcp' ? ['--state', random.pick(STATES)] : []),
    ...(random.chance(0.3) ? ['-m', random.pick(['1', '2', '16384'])] : []),
  ];
  const isReply = random.chance(0.4);
  const back = masked ?? client;
  return {
    command,
    flow: {
      family,
      from: isReply
        ? { kind: outBy === null ? 'node' : 'external', ...server, interface: outBy, uid: 0, gid: 0 }
        : { kind: inBy === null ? 'node' : 'external', ...client, interface: inBy, uid: 0, gid: 0 },
      to: isReply ? back : asked,
      protocol,
      packet: protocol === 'tcp' ? { tcpFlags: random.pick(FLAGS) } : {},
      listeners: [],
      queues: [],
    },
  };
}
