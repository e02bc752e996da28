/** Bridges of a node: their ports, and who is on one with whom. */
import { type Address, contains, prefixMask } from '../../values/address.ts';
import type { InterfaceAddress, Node } from './node.ts';
import { addressType } from './routing.ts';

/** The ports of the interface, where it is a bridge; a bond has members, and is none. */
export function bridgePortsOf({ bridgePorts, interfaces }: Node, name: string): readonly string[] {
  const known = bridgePorts?.filter((port) => port.bridge === name).map((port) => port.name) ?? [];
  if (known.length > 0 || bridgePorts !== null) return known;
  const ports = [...(interfaces?.values() ?? [])].filter((of) => of.master === name);
  return name.startsWith('bond') || name.startsWith('team') ? [] : ports.map((of) => of.name);
}

/** Whether the interface is a bridge, as far as its ports tell. */
export function isBridge(node: Node, name: string): boolean {
  return bridgePortsOf(node, name).length > 0;
}

/**
 * The bridge on whose own network two others are, as Pods of the CNI plugin `bridge` are: they address their frames to each other,
 * and not to the node. Null where none is known, and where one is the node's own, or the address of many.
 */
export function sharedBridge(node: Node, one: Address, other: Address): string | null {
  if (addressType(node, one) !== 'UNICAST' || addressType(node, other) !== 'UNICAST') return null;
  for (const { name, addresses } of node.interfaces?.values() ?? []) {
    const isOnIt = addresses.some((own) => isOn(own, one) && isOn(own, other));
    if (isOnIt && isBridge(node, name)) return name;
  }
  return null;
}

function isOn({ address: { family, value }, prefixLength }: InterfaceAddress, other: Address): boolean {
  return contains({ family, value, mask: prefixMask(family, prefixLength) }, other);
}
