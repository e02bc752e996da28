/** The node of a lab: its links, addresses, routes and neighbours, as `ip -batch` takes them, and how packets get to it. */
import type { Flow } from '../../../src/kernel/flow.ts';
import { frameOf, ipPacket } from './rawPacket.ts';
import { frameLine, packetLine } from './sender.ts';

const NODE_MAC = '02:00:00:00:00:02';
const UPPERS: ReadonlyMap<string, { readonly on: string; readonly mac: string }> = new Map([
  ['eth1.5', { on: 'eth1', mac: '02:00:00:00:00:05' }],
]);

export const BRIDGE_MAC = '02:00:00:00:01:01';
export const OUTSIDE_MAC = '02:00:00:00:00:aa';
export const POD_MAC = '02:00:00:00:01:aa';
/** Of a machine that is not there. */
const OTHER_MAC = '02:00:00:00:01:bb';

/** The node's interfaces to the outside. */
export const UPLINKS = ['eth0', 'eth1'];

/** Of the namespaces beside the node: they take part in nothing. */
export const quietSysctls = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];

export const nodeSysctls = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_ratemask=0',
  'net.ipv6.icmp.ratelimit=0',
  'net.bridge.bridge-nf-call-iptables=1',
  'net.bridge.bridge-nf-call-ip6tables=1',
];

const LINKS = [
  `link set eth0 address ${NODE_MAC} up`,
  `link set eth1 address ${NODE_MAC} up`,
  `link add cni0 address ${BRIDGE_MAC} type bridge mcast_snooping 0`,
  'link set cni0 up',
  'link set vethpods master cni0 up',
  'link set vethpods type bridge_slave hairpin on',
  'addr add 192.168.0.2/24 dev eth0',
  'addr add fd00:192:168::2/64 dev eth0 nodad',
  'addr add 10.244.1.1/24 dev cni0',
  'addr add fd00:10:244:1::1/64 dev cni0 nodad',
  'addr add 172.16.5.2/24 dev eth1',
  'addr add fd00:172:5::2/64 dev eth1 nodad',
  'route add 172.16.9.0/24 via 172.16.5.1',
  'route add fd00:172:9::/64 via fd00:172:5::1',
  'route add default via 192.168.0.1',
  'route add 10.244.2.0/24 via 192.168.0.3',
  'route add 10.244.3.0/24 via 192.168.0.4',
  'route add default via fd00:192:168::1',
  'route add fd00:10:244:2::/64 via fd00:192:168::3',
  'route add fd00:10:244:3::/64 via fd00:192:168::4',
];

/** Who is met on the uplinks: a router that does not answer in time would make an error of the packet. */
const NEIGHBOURS = [
  ...[
    '192.168.0.1',
    '192.168.0.3',
    '192.168.0.4',
    'fd00:192:168::1',
    'fd00:192:168::3',
    'fd00:192:168::4',
  ].map((address) => neighbour(address, 'eth0', OUTSIDE_MAC)),
  ...['172.16.5.1', '172.16.5.9', 'fd00:172:5::1', 'fd00:172:5::9'].map((address) =>
    neighbour(address, 'eth1', OUTSIDE_MAC),
  ),
];

/** Once its interfaces are there: eth0, eth1, and vethpods, the port of the bridge. */
export const nodeLinks: readonly string[] = [...LINKS, ...NEIGHBOURS];

/** Everybody among the pods. */
export const podNeighbours: readonly string[] = [
  ...Array.from({ length: 253 }, (_, index) => neighbour(`10.244.1.${index + 2}`)),
  ...Array.from({ length: 254 }, (_, index) => neighbour(`fd00:10:244:1::${(index + 2).toString(16)}`)),
];

/** From where a flow's packet is sent, and what is asked of send.py there. */
export function requestOf(flow: Flow): {
  readonly space: 'node' | 'outside' | 'pods';
  readonly line: string;
} {
  const packet = ipPacket(flow, flow.from.address ?? '0.0.0.0');
  const name = flow.from.interface ?? null;
  if (name === null) {
    const { from, to, mark = 0 } = flow;
    return { space: 'node', line: packetLine(from.address, to.address, mark, packet, from) };
  }
  // The other end of every interface has its name, but for what is on top of an uplink.
  const upper = UPPERS.get(name);
  const face = upper?.on ?? name;
  const uplink = UPLINKS.includes(face);
  const to =
    upper !== undefined
      ? upper.mac
      : flow.packet?.l2 === 'bridged'
        ? OTHER_MAC
        : uplink
          ? NODE_MAC
          : BRIDGE_MAC;
  const frame = frameOf(packet, flow.family, {
    from: flow.sourceMac ?? (uplink ? OUTSIDE_MAC : POD_MAC),
    to,
  });
  return { space: uplink ? 'outside' : 'pods', line: frameLine(face, frame) };
}

/** A bridge asks for the neighbour before FORWARD when DNAT sent a packet back to it. */
export function neighbour(address: string, name = 'cni0', mac = POD_MAC): string {
  return `neigh replace ${address} lladdr ${mac} nud permanent dev ${name}`;
}
