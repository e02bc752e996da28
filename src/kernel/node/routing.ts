/** The kernel's routing, asked of what is known of a node. Nothing here guesses: `unknown` names the file that would tell. */
import type { Address, Family } from '../../values/address.ts';
import { matchesTypes, typeOfAddress } from './addressTypes.ts';
import type { InputDecision, InputQuery, OutputDecision, OutputQuery } from './decisions.ts';
import { type FibAnswer, fibOf } from './fib.ts';
import type { FibQuery } from './fibQuery.ts';
import { findRoute, loopbackOf } from './findRoute.ts';
import { routeInputIPv4 } from './inputIPv4.ts';
import { routeInputIPv6 } from './inputIPv6.ts';
import type { AddressType, Node, RouteQuery, RouteResult } from './node.ts';
import { decideOutput, findOutputRoute } from './output.ts';
import { isOfOneLink } from './sourceAddressIPv6.ts';
import { ANY_TRAFFIC } from './traffic.ts';

/** The route that a packet takes, as `ip route get` finds it. Without an input interface it is one that the node makes. */
export function lookupRoute(node: Node, family: Family, query: RouteQuery): RouteResult {
  const { inputInterface, outputInterface, traffic = ANY_TRAFFIC } = query;
  if (inputInterface === null) return findOutputRoute(node, family, query);
  const through = outputInterface ?? inputInterface;
  const strict = outputInterface !== null;
  return findRoute(node, family, { ...query, inputInterface, traffic, through, strict });
}

/**
 * The route that `-m rpfilter` finds back to a packet's source, over links that are down too (ipt_rpfilter.c,
 * ip6t_rpfilter.c). `inputInterface`: by which it is asked as if a packet came in; null is as if the node sent one.
 */
export function lookupReverse(
  node: Node,
  family: Family,
  query: Pick<FibQuery, 'destination' | 'source' | 'outputInterface' | 'mark' | 'tos' | 'traffic'> & {
    readonly inputInterface?: string | null;
  },
): FibAnswer {
  const fib = fibOf(node, family);
  if (fib === null) return { kind: 'unknown', reason: 'the routes are not known' };
  const answer = fib.lookup({
    ...query,
    inputInterface: query.inputInterface ?? loopbackOf(node),
    through: query.outputInterface,
    strict: isOfOneLink(query.destination),
    isReverse: true,
  });
  const isUnclear = answer.kind === 'found' && answer.route.partial && answer.route.interface === null;
  return isUnclear ? { kind: 'unknown', reason: 'where the route leads is not known' } : answer;
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
