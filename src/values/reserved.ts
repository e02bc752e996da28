/** What addresses are for, by IANA's registries of special-purpose addresses, as ipaddr.js has them. */
import ipaddr from 'ipaddr.js';
import { formatAddress } from './address.ts';
import type { Address } from './address.ts';

const PRIVATE: ReadonlySet<string> = new Set(['private', 'carrierGradeNat', 'uniqueLocal']);

/** Of a network of its own, such as 10.244.1.7 or fd00::7 (RFC 1918, 4193, 6598): no router of the Internet has a route to it. */
export function isPrivate(address: Address): boolean {
  return PRIVATE.has(rangeOf(address));
}

/** Of the Internet: for no special purpose. */
export function isGlobal(address: Address): boolean {
  return rangeOf(address) === 'unicast';
}

function rangeOf(address: Address): string {
  return ipaddr.parse(formatAddress(address)).range();
}
