/** What kind of address the node takes an address for, as `-m addrtype` asks (net/netfilter/xt_addrtype.c). */
import { type Address, prefixMask } from '../../values/address.ts';
import { fibOf } from './fib.ts';
import type { FibQuery } from './fibQuery.ts';
import { findRoute, loopbackOf } from './findRoute.ts';
import type { AddressType, InterfaceAddress, Node, NodeInterface } from './node.ts';
import { isIPv6LinkLocal, isIPv6Multicast, isIPv6Unicast } from './sourceAddressIPv6.ts';
import { NO_TRAFFIC } from './traffic.ts';

const LIMITED_BROADCAST = 0xffffffffn;

export function isIPv4Multicast(value: bigint): boolean {
  return value >= 0xe0000000n && value < 0xf0000000n;
}

export function isIPv4Loopback(value: bigint): boolean {
  return value >= 0x7f000000n && value < 0x80000000n;
}

/** rpfilter_get_saddr, rpfilter_addr_unicast and their twins of nft_fib: what is no one host's address counts as none. */
export function isUnicast(address: Address): boolean {
  const { family, value } = address;
  if (family === 6) return isIPv6Unicast(address);
  return !isIPv4Multicast(value) && value !== LIMITED_BROADCAST && value >> 24n !== 0n;
}

/**
 * The one type of an address; null where the snapshot does not say. IPv4: inet_dev_addr_type, with `limitInterface` only
 * a route through that interface counts. IPv6 has no such function in the kernel: the narrowest type that applies.
 */
export function typeOfAddress(
  node: Node,
  address: Address,
  limitInterface: string | null,
): AddressType | null {
  return address.family === 4
    ? typeOfIPv4(node, address, limitInterface)
    : typeOfIPv6(node, address, limitInterface);
}

function typeOfIPv4(node: Node, address: Address, limitInterface: string | null): AddressType | null {
  const { value } = address;
  if (value === 0n || value === LIMITED_BROADCAST) return 'BROADCAST';
  if (isIPv4Multicast(value)) return 'MULTICAST';
  const fib = fibOf(node, 4);
  if (fib === null) return typeByInterfaces(node, address, limitInterface);
  const answer = fib.lookupTable('local', plainQuery(node, address, null));
  if (answer?.kind !== 'found') return node.localTable[4] === null ? null : 'UNICAST';
  if (limitInterface !== null && answer.route.partial) return null;
  const isThere = limitInterface === null || answer.hops.some((hop) => hop.interface === limitInterface);
  return isThere ? answer.route.type : 'UNICAST';
}

/** What the addresses alone say. Without them 127/8 is still the loopback interface's, on every node. */
function typeByInterfaces(node: Node, address: Address, limitInterface: string | null): AddressType | null {
  if (isIPv4Loopback(address.value) && address.family === 4) {
    return limitInterface === null || limitInterface === 'lo' ? 'LOCAL' : 'UNICAST';
  }
  if (node.interfaces === null) return limitInterface === null ? glimpsedType(node, address) : null;
  for (const of of node.interfaces.values()) {
    if (limitInterface !== null && of.name !== limitInterface) continue;
    for (const at of of.addresses) {
      if (at.address.family !== address.family) continue;
      if (at.address.value === address.value) return isKept(of, at) ? 'LOCAL' : null;
      if (of.up && isBroadcastOf(at, address)) return 'BROADCAST';
    }
  }
  return 'UNICAST';
}

/** Of interfaces that are known in part an address may be seen, and none missed. */
function glimpsedType(node: Node, address: Address): AddressType | null {
  if (node.glimpsed === null) return null;
  const isSeen = [...node.glimpsed.values()].some((of) =>
    of.addresses.some((at) => isSame(at.address, address) && isKept(of, at)),
  );
  return isSeen ? 'LOCAL' : null;
}

function isSame(one: Address, other: Address): boolean {
  return one.family === other.family && one.value === other.value;
}

/**
 * While its interface is down an IPv4 address is the node's all the same (fib_add_ifaddr, fib_sync_down_dev), as those of
 * nodelocaldns and kube-ipvs0 are. Of IPv6 that hangs on what came first, which no file tells.
 */
function isKept(of: NodeInterface, at: InterfaceAddress): boolean {
  return of.up || at.address.family === 4;
}

/** fib_add_ifaddr: the last address of a subnet of at most 30 bits; before Linux 5.13 the first too. */
function isBroadcastOf(at: InterfaceAddress, address: Address): boolean {
  if (at.address.family !== 4) return false;
  if (at.broadcast?.value === address.value) return true;
  const mask = prefixMask(4, at.prefixLength);
  return at.prefixLength < 31 && (at.address.value & mask) + (0xffffffffn & ~mask) === address.value;
}

function typeOfIPv6(
  node: Node,
  address: Address,
  limitInterface: string | null,
  by: LookedUpBy = FOR_NOBODY,
): AddressType | null {
  if (address.value === 0n) return 'UNSPEC';
  if (isIPv6Multicast(address)) return 'MULTICAST';
  const looked = lookedUpTypes(node, address, limitInterface, by);
  if (looked === null) return null;
  const own = looked.find((type) => type === 'LOCAL' || type === 'ANYCAST');
  return own ?? looked[0] ?? (isIPv6Unicast(address) ? 'UNICAST' : 'UNSPEC');
}

/** What policy rules may look at beside the address. */
export type LookedUpBy = Pick<FibQuery, 'source' | 'mark' | 'tos' | 'traffic'>;

const FOR_NOBODY: LookedUpBy = { source: null, mark: 0, tos: 0, traffic: NO_TRAFFIC };

/**
 * What nft's `fib … type` says of an address; null where the snapshot does not say. IPv6: nft_fib6_eval_type, which tells by the
 * look-up's error why no route leads there, also of `::`, looks for a route behind `limitInterface` alone to a link's address, and
 * asks the policy rules about the packet (nft_fib6_flowi_init).
 */
export function fibTypeOf(
  node: Node,
  address: Address,
  limitInterface: string | null,
  by: LookedUpBy,
): AddressType | null {
  if (address.family === 4) return typeOfIPv4(node, address, limitInterface);
  if (limitInterface === null || isIPv6LinkLocal(address) || isIPv6Multicast(address))
    return fibTypeOfIPv6(node, address, limitInterface, by);
  const type = fibTypeOfIPv6(node, address, null, by);
  if (type !== 'LOCAL' && type !== 'UNICAST') return type;
  if (node.interfaces === null) return null;
  // nf_ip6_chk_addr: an address of another interface is one that is elsewhere.
  const addresses = node.interfaces.get(limitInterface)?.addresses ?? [];
  return addresses.some((at) => isSame(at.address, address)) ? 'LOCAL' : 'UNICAST';
}

function fibTypeOfIPv6(
  node: Node,
  address: Address,
  limitInterface: string | null,
  by: LookedUpBy,
): AddressType | null {
  const type = typeOfIPv6(node, address, limitInterface, by);
  const isLookedUp = node.routes[6] !== null && !isIPv6Multicast(address);
  if (!isLookedUp || (type !== 'UNREACHABLE' && type !== 'UNSPEC')) return type;
  const found = findRoute(node, 6, plainQuery(node, address, limitInterface, by));
  if (found.kind !== 'none') return found.kind === 'unknown' ? null : type;
  return found.type === 'BLACKHOLE' || found.type === 'PROHIBIT' ? found.type : 'UNREACHABLE';
}

/**
 * Whether `-m addrtype --src-type/--dst-type TYPES` holds; null where the snapshot does not say. In IPv6 that is not a
 * comparison of one type: LOCAL addresses are UNICAST too, and several types are asked in two groups (match_type6).
 */
export function matchesTypes(
  node: Node,
  address: Address,
  types: ReadonlySet<AddressType>,
  limitInterface: string | null,
): boolean | null {
  if (address.family === 4) {
    const type = typeOfIPv4(node, address, limitInterface);
    return type === null ? null : types.has(type);
  }
  if (types.has('MULTICAST') && !isIPv6Multicast(address)) return false;
  if (types.has('UNICAST') && !isIPv6Unicast(address)) return false;
  if (types.has('UNSPEC') && address.value !== 0n) return false;
  if (!ROUTED_TYPES.some((type) => types.has(type))) return true;
  const looked = lookedUpTypes(node, address, limitInterface);
  return looked === null ? null : looked.some((type) => types.has(type));
}

const ROUTED_TYPES: readonly AddressType[] = ['LOCAL', 'ANYCAST', 'UNREACHABLE', 'PROHIBIT'];

/** match_lookup_rt6: what a route look-up says, without UNICAST. */
function lookedUpTypes(
  node: Node,
  address: Address,
  limitInterface: string | null,
  by: LookedUpBy = FOR_NOBODY,
): readonly AddressType[] | null {
  if (address.value === 1n && limitInterface === null) return ['LOCAL'];
  if (node.routes[6] === null) return withoutRoutes(node, address, limitInterface);
  const own = limitInterface !== null && isOwnOn(node, address, limitInterface) ? (['LOCAL'] as const) : [];
  const found = findRoute(node, 6, plainQuery(node, address, limitInterface, by));
  if (found.kind === 'unknown') return own.length > 0 ? own : null;
  if (found.kind === 'none') return ['UNREACHABLE'];
  if (found.type === 'ANYCAST') return [...own, 'ANYCAST'];
  return found.type === 'LOCAL' && limitInterface === null ? ['LOCAL'] : own;
}

function withoutRoutes(
  node: Node,
  address: Address,
  limitInterface: string | null,
): readonly AddressType[] | null {
  const type = typeByInterfaces(node, address, limitInterface);
  return type === 'LOCAL' ? ['LOCAL'] : null;
}

function isOwnOn(node: Node, address: Address, interfaceName: string): boolean {
  const addresses = node.interfaces?.get(interfaceName)?.addresses ?? [];
  return addresses.some((at) => at.address.family === 6 && at.address.value === address.value);
}

function plainQuery(
  node: Node,
  destination: Address,
  outputInterface: string | null,
  by: LookedUpBy = FOR_NOBODY,
): FibQuery {
  return {
    ...by,
    destination,
    inputInterface: loopbackOf(node),
    outputInterface,
    through: outputInterface,
    strict: outputInterface !== null || isIPv6LinkLocal(destination),
  };
}

/** Whether an address is one of the node's own (inet_lookup_ifaddr_rcu); null where the interfaces are not known. */
export function isInterfaceAddress(node: Node, address: Address): boolean | null {
  if (node.interfaces === null) return null;
  for (const of of node.interfaces.values()) {
    for (const at of of.addresses) {
      if (at.address.family === address.family && at.address.value === address.value) return true;
    }
  }
  return false;
}

/** The interface that an own IPv4 address belongs to, as __ip_dev_find says; null where it is none, or not known. */
export function interfaceOf(node: Node, address: Address): string | null {
  for (const of of node.interfaces?.values() ?? []) {
    const has = of.addresses.some(
      (at) => at.address.family === address.family && at.address.value === address.value,
    );
    if (has) return of.name;
  }
  const local = fibOf(node, address.family)?.lookupTable('local', plainQuery(node, address, null));
  return local?.kind === 'found' && local.route.type === 'LOCAL' ? local.route.interface : null;
}

/** Whether an interface is the loopback one. */
export function isLoopbackInterface(node: Node, name: string): boolean {
  return node.interfaces?.get(name)?.loopback ?? name === 'lo';
}
