/** The Ethernet frame that a packet came in, as far as it is known. */
import type { Node, NodeInterface } from './node/node.ts';
import { isBridge } from './node/bridges.ts';
import { addressType } from './node/routing.ts';
import type { InterfaceName, Packet } from './packet.ts';

export interface Frame {
  /** In small letters; null where it is not known. */
  readonly source: string | null;
  readonly destination: string | null;
}

const UNKNOWN: Frame = { source: null, destination: null };

/**
 * Null for a packet without one: of the node itself (by `lo`, too, and its copies of what it sends to many), or from a
 * link that is no Ethernet (ppp, tun, WireGuard, ipip). A frame is addressed to the interface itself, unless a bridge
 * passes it on.
 */
export function frameOf(packet: Packet, node: Node): Frame | null {
  if (packet.local || packet.isOwnCopy) return null;
  // A bridge shows itself as the output only, behind FORWARD.
  const name = packet.bridged ? (packet.input ?? packet.output) : packet.input;
  if (name === 'lo' || name === null) return null;
  if (name === undefined)
    return packet.sourceMac === null ? UNKNOWN : { ...UNKNOWN, source: packet.sourceMac };
  if (!isEthernet(name, node)) return null;
  const isOwn = !packet.pastNode && !packet.bridged && !isToMany(packet, node);
  const taker = packet.portOf ?? name;
  return { source: packet.sourceMac, destination: isOwn ? (linkOf(taker, node)?.mac ?? null) : null };
}

/**
 * Whether the frame is addressed to the device that the packet is at (PACKET_HOST of eth_type_trans): at a port it is that of
 * the bridge, or of another machine. Null where an address is not known. To the hooks of IP on a bridge every frame shows itself
 * as one for the bridge (br_nf_pre_routing).
 */
export function isForDevice({ portOf, input, pastNode }: Packet, node: Node): boolean | null {
  if (portOf === null) return !pastNode || typeof input !== 'string' || isBridge(node, input);
  if (pastNode) return false;
  const [port, bridge] = [input ?? '', portOf].map((name) => linkOf(name, node)?.mac ?? null);
  return port === null || bridge === null ? null : port === bridge;
}

/** Whether an interface is one of Ethernet, as far as the node's files tell: what they do not say is taken to be. */
export function isEthernet(name: InterfaceName, node: Node): boolean {
  if (name === null || name === undefined) return false;
  const type = linkOf(name, node)?.linkType ?? null;
  return name !== 'lo' && (type === null || type === 'ether');
}

function linkOf(name: string, node: Node): NodeInterface | null {
  return (node.interfaces ?? node.glimpsed)?.get(name) ?? null;
}

function isToMany(packet: Packet, node: Node): boolean {
  const type = addressType(node, { family: packet.family, value: packet.destination });
  return type === 'BROADCAST' || type === 'MULTICAST';
}
