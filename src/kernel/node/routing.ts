/** The kernel's routing, asked of what is known of a node. Nothing here guesses: `unknown` names the file that would tell. */
import type { Address, Family } from '../../values/address.ts';
import { matchesTypes, typeOfAddress } from './addressTypes.ts';
import type { InputDecision, InputQuery, OutputDecision, OutputQuery } from './decisions.ts';
import { findRoute } from './findRoute.ts';
import { routeInputIPv4 } from './inputIPv4.ts';
import { routeInputIPv6 } from './inputIPv6.ts';
import type { AddressType, Node, RouteQuery, RouteResult } from './node.ts';
import { decideOutput, findOutputRoute } from './output.ts';

/** The route that a packet takes, as `ip route get` finds it. Without an input interface it is one that the node makes. */
export function lookupRoute(node: Node, family: Family, query: RouteQuery): RouteResult {
  const { inputInterface, outputInterface } = query;
  if (inputInterface === null) return findOutputRoute(node, family, query);
  const through = outputInterface ?? inputInterface;
  return findRoute(node, family, { ...query, inputInterface, through, strict: outputInterface !== null });
}

/** The type of an address as `ip route` and `addrtype` name it; null where the snapshot does not say. */
export function addressType(
  node: Node,
  address: Address,
  limitInterface: string | null = null,
): AddressType | null {
  return typeOfAddress(node, address, limitInterface);
}

/** Whether `-m addrtype --dst-type TYPES [--limit-iface-…]` holds for the address; null where the snapshot does not say. */
export function hasAddressType(
  node: Node,
  address: Address,
  types: ReadonlySet<AddressType>,
  limitInterface: string | null = null,
): boolean | null {
  return matchesTypes(node, address, types, limitInterface);
}

/** What becomes of a packet after PREROUTING: delivered, forwarded, or silently dropped, and why. Not for packets through `lo`. */
export function routeInput(node: Node, family: Family, query: InputQuery): InputDecision {
  return family === 4 ? routeInputIPv4(node, query) : routeInputIPv6(node, query);
}

/** Where a packet that the node makes leaves, and with which source; or the error that the sender gets. */
export function routeOutput(node: Node, family: Family, query: OutputQuery): OutputDecision {
  return decideOutput(node, family, query);
}
