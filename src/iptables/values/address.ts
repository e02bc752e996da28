import ipaddr from 'ipaddr.js';

/** IPv4 or IPv6. */
export type Family = 4 | 6;

/** An IP address as a number: 32 bits for IPv4, 128 for IPv6. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** `10.0.0.0/8`; `bits` is the mask itself, since iptables also knows masks with holes (`/255.0.255.0`). */
export interface Network {
  readonly family: Family;
  readonly value: bigint;
  readonly mask: bigint;
}

/** Reads an address in any valid notation; null for anything else. An IPv4-mapped IPv6 address stays IPv6. */
export function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return { family: 4, value: toNumber(ipaddr.IPv4.parse(text).toByteArray()) };
  }
  if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)) {
    return { family: 6, value: toNumber(ipaddr.IPv6.parse(text).toByteArray()) };
  }
  return null;
}

/** As the kernel prints it: dotted quad, or IPv6 by RFC 5952. */
export function formatAddress(address: Address): string {
  const length = address.family === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) =>
    Number((address.value >> BigInt(8 * (length - 1 - index))) & 255n),
  );
  return address.family === 4 ? new ipaddr.IPv4(bytes).toString() : new ipaddr.IPv6(bytes).toRFC5952String();
}

/** The mask of a prefix length from 0 to 32 or 128. */
export function prefixMask(family: Family, length: number): bigint {
  const width = family === 4 ? 32 : 128;
  return ((1n << BigInt(length)) - 1n) << BigInt(width - length);
}

/** Whether `network` holds `address`; never across families. */
export function contains(network: Network, address: Address): boolean {
  return (
    network.family === address.family && (address.value & network.mask) === (network.value & network.mask)
  );
}

function toNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
