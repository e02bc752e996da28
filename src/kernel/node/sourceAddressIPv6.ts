/** IPv6 source address selection (RFC 6724 section 5, as in net/ipv6/addrconf.c: ipv6_get_saddr_eval). */
import { type Address, contains, type Network, parseAddress, prefixMask } from '../../values/address.ts';
import type { InterfaceAddress, Node } from './node.ts';
import { interfaceSysctl } from './sysctls.ts';

const LINK_LOCAL_SCOPE = 2;
export const GLOBAL_SCOPE = 14;

/** The kernel's label table (net/ipv6/addrlabel.c), the longest prefixes first. */
const LABELS: readonly (readonly [Network, number])[] = (
  [
    ['::1', 128, 0],
    ['::', 96, 3],
    ['::ffff:0:0', 96, 4],
    ['2001::', 32, 6],
    ['2001:10::', 28, 7],
    ['2002::', 16, 2],
    ['3ffe::', 16, 12],
    ['fec0::', 10, 11],
    ['fc00::', 7, 5],
    ['::', 0, 1],
  ] as const
).map(([text, length, label]) => [networkOf(text, length), label]);

function networkOf(text: string, length: number): Network {
  return { family: 6, value: parseAddress(text)?.value ?? 0n, mask: prefixMask(6, length) };
}

const LINK_LOCAL = networkOf('fe80::', 10);
const SITE_LOCAL = networkOf('fec0::', 10);
const MULTICAST = networkOf('ff00::', 8);
const MAPPED = networkOf('::ffff:0:0', 96);

export function isIPv6LinkLocal(address: Address): boolean {
  return contains(LINK_LOCAL, address);
}

export function isIPv6Multicast(address: Address): boolean {
  return contains(MULTICAST, address);
}

/** ipv6_addr_type: neither `::` nor an IPv4 address in IPv6's clothes (`::ffff:192.0.2.1`) is one host's to the kernel. */
export function isIPv6Unicast(address: Address): boolean {
  return address.value !== 0n && !isIPv6Multicast(address) && !contains(MAPPED, address);
}

/** The scope of a multicast address is in its fourth digit; of a unicast one it follows from the prefix; `::` has none. */
export function ipv6Scope(address: Address): number {
  if (address.value === 0n) return 0;
  if (isIPv6Multicast(address)) return Number((address.value >> 112n) & 15n);
  if (isIPv6LinkLocal(address) || address.value === 1n) return LINK_LOCAL_SCOPE;
  return contains(SITE_LOCAL, address) ? 5 : GLOBAL_SCOPE;
}

/** Whether the address means something on one link alone, as ff02::5 does, too: IPV6_ADDR_LINKLOCAL of ipv6_addr_type. */
export function isOfOneLink(address: Address): boolean {
  return isIPv6LinkLocal(address) || (isIPv6Multicast(address) && ipv6Scope(address) === LINK_LOCAL_SCOPE);
}

function labelOf(address: Address): number {
  return LABELS.find(([network]) => contains(network, address))?.[1] ?? 1;
}

interface Candidate {
  readonly interface: string;
  readonly at: InterfaceAddress;
}

/**
 * ipv6_dev_get_saddr. Null where the interfaces are not known or have no address.
 * `interfaceName`: where the packet leaves; of a destination that is only valid there, only its addresses count.
 */
export function selectIPv6Source(node: Node, interfaceName: string, destination: Address): Address | null {
  const onlyThere = isIPv6Multicast(destination) || isIPv6LinkLocal(destination);
  const candidates = [...(node.interfaces?.values() ?? [])]
    .filter((of) => !onlyThere || of.name === interfaceName)
    .flatMap((of) => of.addresses.filter(isUsable).map((at): Candidate => ({ interface: of.name, at })));
  const scores = candidates.map((candidate) => scoreOf(node, candidate, interfaceName, destination));
  let best = 0;
  for (let index = 1; index < scores.length; index++) {
    if (beats(scores[index] ?? [], scores[best] ?? [])) best = index;
  }
  return candidates[best]?.at.address ?? null;
}

function isUsable(at: InterfaceAddress): boolean {
  return at.address.family === 6 && !at.flags.includes('tentative') && !at.flags.includes('dadfailed');
}

/** The rules of RFC 6724 section 5 in order; the first that differs decides, the greater wins. */
function scoreOf(
  node: Node,
  { interface: of, at }: Candidate,
  output: string,
  destination: Address,
): readonly number[] {
  const scope = ipv6Scope(at.address);
  const preferTemporary = (interfaceSysctl(node, 6, of, 'use_tempaddr', 'own') ?? 0) >= 2;
  return [
    Number(at.address.value === destination.value),
    scope >= ipv6Scope(destination) ? -scope : scope - 128,
    Number(!at.flags.includes('deprecated')),
    Number(of === output),
    Number(labelOf(at.address) === labelOf(destination)),
    Number(at.flags.includes('temporary') === preferTemporary),
    Math.min(commonPrefix(at.address.value, destination.value), at.prefixLength),
  ];
}

function beats(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((score, index) => score !== b[index]);
  return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0);
}

function commonPrefix(a: bigint, b: bigint): number {
  const differing = a ^ b;
  return differing === 0n ? 128 : 128 - differing.toString(2).length;
}
