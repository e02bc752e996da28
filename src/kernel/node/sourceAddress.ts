/** Which of its addresses the node puts on a packet that has none. */
import { type Address, contains, type Family, prefixMask } from '../../values/address.ts';
import type { InterfaceAddress, Node, NodeInterface } from './node.ts';
import { GLOBAL_SCOPE, ipv6Scope, selectIPv6Source } from './sourceAddressIPv6.ts';
import { flagSysctl } from './sysctls.ts';

/** The numbers of include/uapi/linux/rtnetlink.h: the greater, the narrower. */
const SCOPES: ReadonlyMap<string, number> = new Map([
  ['global', 0],
  ['site', 200],
  ['link', 253],
  ['host', 254],
  ['nowhere', 255],
]);
const LINK = 253;
const HOST = 254;

export function scopeNumber(scope: string): number {
  return SCOPES.get(scope) ?? (/^\d+$/.test(scope) ? Number(scope) : 0);
}

/**
 * inet_select_addr: the first primary IPv4 address of the interface whose scope is wide enough, rather one in the subnet
 * of `towards`; failing that, one of another interface, be it down. Null where the interfaces are not known or there is none.
 */
export function selectIPv4Source(
  node: Node,
  interfaceName: string,
  towards: Address | null,
  scope: number,
): Address | null {
  if (node.interfaces === null) return null;
  const own = node.interfaces.get(interfaceName);
  const limit = flagSysctl(node, 4, interfaceName, 'route_localnet', 'either') === true ? LINK : HOST;
  const candidates =
    own === undefined ? [] : primaries(own).filter((at) => Math.min(scopeNumber(at.scope), limit) <= scope);
  const near = candidates.find((at) => towards !== null && inSubnet(at, towards));
  const chosen = near ?? candidates[0];
  return chosen === undefined ? ofAnotherInterface(node, scope) : chosen.address;
}

function ofAnotherInterface(node: Node, scope: number): Address | null {
  for (const other of node.interfaces?.values() ?? []) {
    const found = primaries(other).find(
      (at) => scopeNumber(at.scope) <= scope && scopeNumber(at.scope) !== LINK,
    );
    if (found !== undefined) return found.address;
  }
  return null;
}

function primaries(of: NodeInterface): readonly InterfaceAddress[] {
  return of.addresses.filter((at) => at.address.family === 4 && !at.secondary);
}

function inSubnet(at: InterfaceAddress, address: Address): boolean {
  const of = at.peer ?? at.address;
  return contains(
    { family: of.family, value: of.value, mask: prefixMask(of.family, at.prefixLength) },
    address,
  );
}

export interface LikelySource {
  readonly address: Address;
  /** Why it is likely, as the end of a sentence. */
  readonly because: string;
}

/**
 * As `masqueradeSource`, where of the interfaces only something was glimpsed: the one address that can be meant, to be
 * named as an assumption. Null where that is not clear.
 */
export function likelyMasqueradeSource(
  node: Node,
  outputInterface: string,
  nextHop: Address,
): LikelySource | null {
  const of = node.glimpsed?.get(outputInterface);
  if (of === undefined) return null;
  const own = of.addresses.filter((at) => at.address.family === nextHop.family && at.flags.length === 0);
  if (nextHop.family === 6 && ipv6Scope(nextHop) !== GLOBAL_SCOPE) return null;
  if (!own.some((at) => at.scope === 'global')) return borrowedSource(node, outputInterface, nextHop.family);
  if (nextHop.family === 6) {
    const [only, ...more] = own.filter((at) => at.scope === 'global');
    if (only === undefined || more.length > 0) return null;
    return { address: only.address, because: 'it has no other global one' };
  }
  const [near, ...more] = own.filter((at) => inSubnet(at, nextHop));
  if (near === undefined || more.length > 0) return null;
  return { address: near.address, because: "it is the node's only one in the network of the next hop" };
}

/**
 * On an interface without an address, such as a Pod's own link, the kernel takes one of another: in IPv4 that of the first
 * interface (inet_select_addr); in IPv6 the choice is clear only where there is one.
 */
function borrowedSource(node: Node, outputInterface: string, family: Family): LikelySource | null {
  const others = [...(node.glimpsed?.values() ?? [])]
    .filter((of) => !of.loopback)
    .toSorted((a, b) => a.index - b.index)
    .flatMap((of) => of.addresses)
    .filter((at) => at.address.family === family && at.scope === 'global' && at.flags.length === 0);
  const [first, ...more] = others;
  if (first === undefined || (family === 6 && more.length > 0)) return null;
  const which = more.length === 0 ? 'only' : 'first';
  return {
    address: first.address,
    because: `${outputInterface} is not known to have one, and it is the ${which} one of the node`,
  };
}

/**
 * The source that MASQUERADE takes (nf_nat_masquerade.c): of the output interface, in IPv4 rather one in the subnet of the
 * next hop (the destination itself when it is on the link), in IPv6 the one that is best for the destination. Null where it is not known or there is none.
 */
export function masqueradeSource(node: Node, outputInterface: string, target: Address): Address | null {
  return target.family === 4
    ? selectIPv4Source(node, outputInterface, target, 0)
    : selectIPv6Source(node, outputInterface, target);
}
