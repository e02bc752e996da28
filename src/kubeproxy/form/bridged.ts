import type { FlowSource } from '../../kernel/flow.ts';
import { sharedBridge } from '../../kernel/node/bridges.ts';
import type { Node } from '../../kernel/node/node.ts';
import { parseAddress } from '../../values/address.ts';

/**
 * Whether a packet from there goes by a bridge of this node to another machine on it: then its frame is that machine's, and
 * routing has no part in it; rules have, where bridges ask them.
 */
export function isBridged({ kind, address, interface: by }: FlowSource, to: string, node: Node): boolean {
  const [one, other] = [parseAddress(address ?? ''), parseAddress(to)];
  if (kind === 'node' || one === null || other === null || one.value === other.value) return false;
  const bridge = sharedBridge(node, one, other);
  return bridge !== null && (by === undefined || by === bridge);
}
