/**
 * The table `local`, which `ip -j route` leaves out (`ip -j route show table all` lists it): what the kernel puts there for
 * each address (net/ipv4/fib_frontend.c: fib_add_ifaddr; net/ipv6/addrconf.c: addrconf_f6i_alloc, addrconf_join_anycast).
 */
import { type Address, type Family, prefixMask } from '../../values/address.ts';
import type { AddressType, InterfaceAddress, NodeInterface, Route } from './node.ts';
import { networkOf } from './readRoutes.ts';

export interface LocalTable {
  readonly routes: readonly Route[] | null;
  /** Where the routes of the table are from; null: what is in it is known in part at most. */
  readonly from: 'routes' | 'addresses' | null;
}

/**
 * The routes of a family with its table `local`: as listed; else made of the interfaces' addresses; else, where those are
 * not known, with those that were `glimpsed` and the preferred sources of the routes, which are the node's own.
 */
export function withLocalTable(
  family: Family,
  routes: readonly Route[] | null,
  interfaces: ReadonlyMap<string, NodeInterface> | null,
  forwards: (interfaceName: string) => boolean,
  glimpsed: ReadonlyMap<string, NodeInterface> | null = null,
): LocalTable {
  if (routes === null) return { routes, from: null };
  const isListed = routes.some((route) => route.table === 'local');
  // Every node has 127.0.0.1; where IPv6 is off there are no routes at all.
  if (isListed || (family === 6 && routes.length === 0)) return { routes, from: 'routes' };
  if (interfaces !== null) {
    const made = [...interfaces.values()].flatMap((of) => (family === 4 ? ofIPv4(of) : ofIPv6(of, forwards)));
    return { routes: [...routes, ...made], from: 'addresses' };
  }
  const seen = [...(glimpsed?.values() ?? [])].flatMap((of) => ofGlimpsed(family, of));
  return { routes: [...routes, ...seen, ...ofSources(family, routes)], from: null };
}

function ofGlimpsed(family: Family, of: NodeInterface): readonly Route[] {
  if (of.loopback || (family === 6 && !of.up)) return [];
  return of.addresses
    .filter(({ address, flags }) => address.family === family && !flags.includes('tentative'))
    .flatMap(({ address }) => localRoute('LOCAL', address, family === 4 ? 32 : 128, of.name, address));
}

function ofIPv4(of: NodeInterface): readonly Route[] {
  return of.addresses
    .filter((at) => at.address.family === 4)
    .flatMap((at) => [
      ...localRoute('LOCAL', at.address, 32, of.name, at.address),
      ...(of.loopback && at.prefixLength < 32
        ? localRoute('LOCAL', at.address, at.prefixLength, of.name, at.address)
        : []),
      ...(of.up
        ? broadcastsOf(at).flatMap((address) => localRoute('BROADCAST', address, 32, of.name, at.address))
        : []),
    ]);
}

/** The one that is set, and the last address of a subnet of at most 30 bits. */
function broadcastsOf(at: InterfaceAddress): readonly Address[] {
  const network = at.peer ?? at.address;
  const last: Address = {
    family: 4,
    value: network.value | (prefixMask(4, at.prefixLength) ^ prefixMask(4, 32)),
  };
  const ofNetwork = at.prefixLength < 31 && !at.secondary ? [last] : [];
  const isSet = at.broadcast !== null && at.broadcast.value !== last.value;
  return isSet && at.broadcast !== null ? [at.broadcast, ...ofNetwork] : ofNetwork;
}

/** Of a link that is down nobody can tell. */
function ofIPv6(of: NodeInterface, forwards: (interfaceName: string) => boolean): readonly Route[] {
  if (!of.up) return [];
  const own = of.addresses.filter(
    ({ address, flags }) =>
      address.family === 6 && !flags.includes('tentative') && !flags.includes('dadfailed'),
  );
  const everybody: Address = { family: 6, value: 0xffn << 120n };
  return [
    ...own.flatMap((at) => localRoute('LOCAL', at.address, 128, of.name, null)),
    ...own
      .filter((at) => at.prefixLength < 127 && !of.loopback && forwards(of.name))
      .flatMap(({ address, prefixLength }) => {
        const value = address.value & prefixMask(6, prefixLength);
        return localRoute('ANYCAST', { family: 6, value }, 128, of.name, null);
      }),
    ...(of.flags.includes('MULTICAST') ? localRoute('MULTICAST', everybody, 8, of.name, null) : []),
  ];
}

function ofSources(family: Family, routes: readonly Route[]): readonly Route[] {
  const loopback: Address = { family, value: family === 4 ? 0x7f000001n : 1n };
  return [
    ...localRoute('LOCAL', loopback, family === 4 ? 8 : 128, 'lo', loopback),
    ...routes.flatMap(({ preferredSource, interface: name }) =>
      preferredSource?.family === family && name !== null
        ? localRoute('LOCAL', preferredSource, family === 4 ? 32 : 128, name, preferredSource)
        : [],
    ),
  ];
}

/** None for a length that the family has not. */
function localRoute(
  type: AddressType,
  address: Address,
  prefixLength: number,
  name: string,
  preferredSource: Address | null,
): readonly Route[] {
  const prefix = networkOf(address, prefixLength);
  if (prefix === null) return [];
  return [
    {
      family: address.family,
      type,
      destination: prefix.network,
      prefixLength,
      table: 'local',
      interface: name,
      gateway: null,
      preferredSource,
      metric: type === 'MULTICAST' ? 256 : 0,
      scope: type === 'BROADCAST' ? 'link' : 'host',
      flags: [],
      tos: 0,
      from: null,
      protocol: 'kernel',
      realm: null,
      nexthops: [],
      partial: false,
    },
  ];
}

/** The route that an address of the node has, where only that it is one is known. */
export function ownRoute(address: Address): Route | null {
  return localRoute('LOCAL', address, address.family === 4 ? 32 : 128, 'lo', address)[0] ?? null;
}
