/** An address of the node, for a packet that goes to "the node" and says no more. */
import { formatAddress, parseAddress, type Family } from '../../values/address.ts';
import { type OwnNode, ownNodeName } from '../ownNode.ts';

/**
 * Stands for the node's address where nothing tells it: of the blocks for documentation (RFC 5737, RFC 3849). The hints
 * of `addressHints.ts` take it for the node's own, aloud.
 */
export const nodeStandIns: Readonly<Record<Family, string>> = { 4: '192.0.2.254', 6: '2001:db8::254' };

/** An address of this node that others reach: not loopback, not link-local; null where none is known. */
export function nodeAddress(of: OwnNode, family: Family): string | null {
  for (const each of of.node.interfaces?.values() ?? []) {
    if (each.loopback || !each.up) continue;
    const found = each.addresses.find(
      ({ address, scope }) => address.family === family && scope === 'global',
    );
    if (found !== undefined) return formatAddress(found.address);
  }
  return of.node.interfaces === null ? addressOfObject(of, family) : null;
}

/** As the cluster has it: of the node by its name, or of the only one. */
function addressOfObject(of: OwnNode, family: Family): string | null {
  const nodes = of.objects?.nodes ?? [];
  const name = ownNodeName(of);
  const own =
    name === null ? (nodes.length === 1 ? nodes[0] : undefined) : nodes.find((each) => each.name === name);
  return own?.internalAddresses.find((each) => parseAddress(each)?.family === family) ?? null;
}
