import { type Address, type Family, type Network, parseAddress, prefixMask } from '../../values/address.ts';
import { type JsonRecord, isRecord } from '../../text/json.ts';
import { addressOf, numberOf, readRows, recordsOf, type TextForm, textOf, textsOf } from './json.ts';
import type { AddressType, Nexthop, Route } from './node.ts';
import type { FileReading } from './reading.ts';
import { tosOf } from './readSelectors.ts';
import { oldRouteRows } from './text/oldRouteText.ts';
import { routeRows } from './text/routeText.ts';

const TYPES: ReadonlyMap<string, AddressType> = new Map([
  ['unicast', 'UNICAST'],
  ['local', 'LOCAL'],
  ['broadcast', 'BROADCAST'],
  ['anycast', 'ANYCAST'],
  ['multicast', 'MULTICAST'],
  ['blackhole', 'BLACKHOLE'],
  ['unreachable', 'UNREACHABLE'],
  ['prohibit', 'PROHIBIT'],
  ['throw', 'THROW'],
]);

export const routeForms: readonly TextForm[] = [routeRows, oldRouteRows].map((form) => (text) => {
  const rows = form(text);
  return rows === null ? null : [rows];
});

/**
 * `ip route show table all`, with `-j` or without, or `route -n` → the routes of both families; `default` and addresses
 * written in words take `family`.
 */
export function readRoutes(text: string, family: Family): FileReading<readonly Route[]> {
  const rows = readRows(text, routeForms);
  if (rows.kind === 'error') return { value: null, problems: [rows.message] };
  const problems: string[] = [];
  const routes = rows.lists.flat().flatMap((row) => {
    const route = readRoute(row, family);
    if (route === null) problems.push(`a route to ${textOf(row, 'dst') ?? 'nowhere'} is not understood`);
    return route === null ? [] : [route];
  });
  // The kernel's own null entries, which old `ip -6 route` prints: "unreachable default dev lo table unspec".
  return { value: routes.filter((route) => route.table !== 'unspec'), problems };
}

function readRoute(row: JsonRecord, fileFamily: Family): Route | null {
  const type = TYPES.get(textOf(row, 'type') ?? 'unicast');
  const family = familyOf(row) ?? fileFamily;
  const destination = readPrefix(textOf(row, 'dst'), family);
  if (type === undefined || destination === null) return null;
  const from = row['from'] === undefined ? null : readPrefix(textOf(row, 'from'), family);
  const nexthops = recordsOf(row, 'nexthops').map(readNexthop);
  const only = nexthops.length === 1 ? nexthops[0] : undefined;
  return {
    family,
    type,
    destination: destination.network,
    prefixLength: destination.length,
    table: textOf(row, 'table') ?? 'main',
    interface: only === undefined ? textOf(row, 'dev') : only.interface,
    gateway: only === undefined ? gatewayOf(row) : only.gateway,
    preferredSource: addressOf(row, 'prefsrc'),
    metric: numberOf(row, 'metric') ?? 0,
    realm: realmOf(row),
    scope: textOf(row, 'scope') ?? 'global',
    flags: [...textsOf(row, 'flags'), ...(only?.flags ?? [])],
    tos: tosOf(row),
    from: from?.network ?? null,
    protocol: textOf(row, 'protocol') ?? 'boot',
    nexthops: only === undefined ? nexthops : [],
    partial: row['partial'] === true,
  };
}

/** The table's `default` says nothing of the family, a gateway or a preferred source does; `pref` is printed in IPv6 only. */
function familyOf(row: JsonRecord): Family | null {
  for (const field of ['dst', 'gateway', 'prefsrc']) {
    const text = textOf(row, field);
    const address = parseAddress(text?.split('/')[0] ?? '');
    if (address !== null) return address.family;
  }
  for (const nexthop of recordsOf(row, 'nexthops')) {
    const address = addressOf(nexthop, 'gateway');
    if (address !== null) return address.family;
  }
  return row['pref'] === undefined ? null : 6;
}

function readNexthop(row: JsonRecord): Nexthop {
  return { interface: textOf(row, 'dev'), gateway: gatewayOf(row), flags: textsOf(row, 'flags') };
}

/** `"gateway":"10.0.0.1"`, or, where it has the other family, `"via":{"family":"inet6","host":"fe80::1"}`. */
function gatewayOf(row: JsonRecord): Address | null {
  const via = row['via'];
  return isRecord(via) ? addressOf(via, 'host') : addressOf(row, 'gateway');
}

/** `"flow":{"from":"3","to":"6"}` */
function realmOf(row: JsonRecord): Route['realm'] {
  const flow = row['flow'];
  return isRecord(flow) ? { from: textOf(flow, 'from'), to: textOf(flow, 'to') } : null;
}

/** `10.0.0.0/8`, `10.0.0.1`, `default`, `fd00::/64`; null for anything else, and across families. */
function readPrefix(
  text: string | null,
  family: Family,
): { readonly network: Network; readonly length: number } | null {
  if (text === null) return null;
  if (text === 'default' || text === 'all' || text === 'any') {
    return { network: { family, value: 0n, mask: 0n }, length: 0 };
  }
  const [host = '', bits] = text.split('/');
  const address = parseAddress(host);
  if (address === null || address.family !== family) return null;
  return networkOf(address, bits === undefined ? null : Number(bits));
}

/** The network of an address and a prefix length (null = the address alone); null when the length is out of range. */
export function networkOf(
  address: Address,
  length: number | null,
): { readonly network: Network; readonly length: number } | null {
  const full = address.family === 4 ? 32 : 128;
  const bits = length ?? full;
  if (!Number.isInteger(bits) || bits < 0 || bits > full) return null;
  const mask = prefixMask(address.family, bits);
  return { network: { family: address.family, value: address.value & mask, mask }, length: bits };
}
