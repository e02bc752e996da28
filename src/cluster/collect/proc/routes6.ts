/** IPv6's routes from /proc/net/ipv6_route: rows as `ip -j -6 route show table all` prints them. */
import { groupBy } from '../../../text/groupBy.ts';
import type { Route6 } from './ipv6Files.ts';
import type { RouteRow } from './routes4.ts';

/** Null where it cannot be told which of the tables is `main`. */
export function routeRows6(tables: readonly (readonly Route6[])[]): readonly RouteRow[] | null {
  const local = tables.findLast((table) => table.some(isLoopback));
  const others = tables.filter((table) => table !== local);
  const main = others.length === 1 ? others[0] : onlyOne(others.filter((table) => table.some(isKernelsOwn)));
  if (main === undefined) return null;
  const unnamed = others.filter((table) => table !== main && table.length > 0);
  return [
    ...rowsOf(main),
    ...(local ?? []).map((route) => ({ ...rowOf(route), table: 'local', protocol: 'kernel' })),
    // Only policy rules lead there, and they are not known.
    ...unnamed.flatMap((table, index) =>
      table.map((route) => ({ ...unknownWay(route), table: `unnamed-${index + 1}` })),
    ),
  ];
}

function isLoopback(route: Route6): boolean {
  return route.kind === 'local' && route.prefix === '0:0:0:0:0:0:0:1/128';
}

/** `fe80::/64 proto kernel metric 256`, of each interface, in `main` (or in the table of its VRF). */
function isKernelsOwn(route: Route6): boolean {
  return route.prefix === 'fe80:0:0:0:0:0:0:0/64' && route.metric === 256;
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Routes to one prefix by gateways, of one metric, are next hops of one route (rt6_qualify_for_ecmp). */
function rowsOf(table: readonly Route6[]): readonly RouteRow[] {
  const groups = groupBy(table, (route) =>
    route.single || route.kind !== 'unicast' ? route : `${route.prefix} ${route.from} ${route.metric}`,
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    if (same.length === 1) return [rowOf(first)];
    const hops = same.map((each) => ({ ...gatewayOf(each), dev: each.interface, flags: [] as const }));
    return [{ ...destinationOf(first), nexthops: hops, metric: first.metric, flags: [], partial: true }];
  });
}

function rowOf(route: Route6): RouteRow {
  // Which of blackhole, unreachable, prohibit and throw it is, nothing tells.
  if (route.kind === 'refusing') return unknownWay(route);
  const type = route.prefix === 'ff00:0:0:0:0:0:0:0/8' ? 'multicast' : route.kind;
  return {
    ...(type === 'unicast' ? {} : { type }),
    ...destinationOf(route),
    ...gatewayOf(route),
    dev: route.interface,
    metric: route.metric,
    flags: [],
    ...(type === 'unicast' ? { partial: true } : {}),
  };
}

function unknownWay(route: Route6): RouteRow {
  return { ...destinationOf(route), metric: route.metric, flags: [], partial: true };
}

function destinationOf({ prefix, from }: Route6): { readonly dst: string; readonly from?: string } {
  const dst = prefix === '0:0:0:0:0:0:0:0/0' ? 'default' : prefix.replace(/\/128$/, '');
  return from === null ? { dst } : { dst, from };
}

function gatewayOf({ gateway }: Route6): { readonly gateway?: string } {
  return gateway === null ? {} : { gateway };
}
