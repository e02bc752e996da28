/** One look-up in the tables of a node, and what it means for a packet: interface, next hop, source. */
import type { Address, Family } from '../../values/address.ts';
import { fibOf, type FibAnswer, prefixText } from './fib.ts';
import type { FibQuery } from './fibQuery.ts';
import type { Nexthop, Node, Route, RouteResult } from './node.ts';
import { scopeNumber, selectIPv4Source } from './sourceAddress.ts';
import { selectIPv6Source } from './sourceAddressIPv6.ts';
import { whyMissing } from './whyMissing.ts';

const SEVERAL_DEFAULTS =
  'the node has several default routes, and takes the one behind which a neighbour answers';

/** The name of the loopback interface, which is `lo` everywhere but in a test. */
export function loopbackOf(node: Node): string {
  for (const of of node.interfaces?.values() ?? []) if (of.loopback) return of.name;
  return 'lo';
}

/** Looks up as given; `unknown` where the snapshot has no routes of the family. */
export function findRoute(node: Node, family: Family, query: FibQuery): RouteResult {
  const fib = fibOf(node, family);
  if (fib === null) {
    const file = family === 4 ? 'ip-route.json' : 'ip6-route.json';
    const why = whyMissing(node, file, `${file} is not given`);
    return { kind: 'unknown', reason: `the routes are not known (${why})`, candidates: [] };
  }
  return resultOf(node, query.destination, fib.lookup(query));
}

/** What an answer of the tables means for a packet to `destination`. */
function resultOf(node: Node, destination: Address, answer: FibAnswer): RouteResult {
  if (answer.kind === 'unknown') return { ...answer, candidates: [] };
  if (answer.kind === 'none') return answer;
  const { route, hops } = answer;
  const delivered = route.type === 'LOCAL' || route.type === 'ANYCAST';
  const names = [...new Set(hops.map((hop) => hop.interface))];
  const name = delivered ? loopbackOf(node) : (names[0] ?? null);
  if (name === null && route.partial) {
    return {
      kind: 'unknown',
      reason: `where the route to ${prefixText(route)} leads is not known`,
      candidates: [],
    };
  }
  if (names.length > 1 || name === null) {
    const list = hops.map(describeHop).join(' or ');
    const what = route.nexthops.length > 0 ? 'the route has several next hops' : SEVERAL_DEFAULTS;
    return { kind: 'unknown', reason: `${what}: ${list}`, candidates: hops };
  }
  // A gateway that is the node itself is none.
  const gateway = hops.length === 1 && name !== loopbackOf(node) ? (hops[0]?.gateway ?? null) : null;
  const source = route.preferredSource ?? chooseSource(node, route, names[0] ?? name, gateway, destination);
  return {
    kind: 'found',
    type: route.type,
    interface: name,
    gateway,
    source,
    prefixLength: route.prefixLength,
    route,
  };
}

/** fib_result_prefsrc and ip6_route_get_saddr for a route without a preferred source. */
function chooseSource(
  node: Node,
  route: Route,
  interfaceName: string,
  gateway: Address | null,
  destination: Address,
): Address | null {
  if (route.family === 6) return selectIPv6Source(node, interfaceName, destination);
  if (route.type === 'LOCAL') return route.partial ? null : destination;
  const near = gateway?.family === 4 ? gateway : null;
  return selectIPv4Source(node, interfaceName, near, scopeNumber(route.scope));
}

function describeHop(hop: Nexthop): string {
  return hop.interface ?? 'an interface that is not named';
}
