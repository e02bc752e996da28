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

const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** HOT PATH: `192.168.0.2` → its number; null for anything else, also with leading zeros, which some programs take for octal. */
export function quadNumber(text: string): number | null {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0) return null;
      value = value * 256 + part;
      part = 0;
      digits = 0;
      parts++;
    } else {
      if (code < ZERO || code > NINE || (digits > 0 && part === 0)) return null;
      part = part * 10 + code - ZERO;
      digits++;
      if (part > 255) return null;
    }
  }
  return parts === 4 && digits > 0 ? value * 256 + part : null;
}

/** Reads an address in any valid notation; null for anything else. An IPv4-mapped IPv6 address stays IPv6. */
export function parseAddress(text: string): Address | null {
  const quad = quadNumber(text);
  if (quad !== null) return { family: 4, value: BigInt(quad) };
  if (!text.includes(':') || text.includes('%')) return null;
  const groups = inGroups(text);
  return groups !== null && ipaddr.IPv6.isValid(groups)
    ? { family: 6, value: toNumber(ipaddr.IPv6.parse(groups).toByteArray()) }
    : null;
}

/** `::10.0.0.1` → `::a00:1`, which ipaddr.js takes for `::ffff:10.0.0.1`; null where the end is no quad. */
function inGroups(text: string): string | null {
  if (!text.includes('.')) return text;
  const end = text.lastIndexOf(':') + 1;
  const quad = quadNumber(text.slice(end));
  return quad === null
    ? null
    : `${text.slice(0, end)}${(quad >>> 16).toString(16)}:${(quad & 0xffff).toString(16)}`;
}

const SLOTS = 256;
/** IPv4 addresses that were written last, each in the slot of its value. */
const quadValues = new Float64Array(SLOTS).fill(-1);
const quads: string[] = Array.from({ length: SLOTS }, () => '');

/** As the kernel prints it: dotted quad, or IPv6 by RFC 5952. */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    const value = Number(address.value);
    const slot = (value ^ (value >>> 8)) & (SLOTS - 1);
    if (quadValues[slot] !== value) {
      quadValues[slot] = value;
      quads[slot] = `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
    }
    return quads[slot] ?? '';
  }
  const bytes = Array.from({ length: 16 }, (_, index) =>
    Number((address.value >> BigInt(8 * (15 - index))) & 255n),
  );
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** One spelling per address: IPv6 as RFC 5952 has it, what is no address unchanged. */
export function normalAddress(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  return parsed === null ? address : formatAddress(parsed);
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
