import ipaddr from 'ipaddr.js';
import { type Address, type Family, type Network, parseAddress, prefixMask, quadNumber } from './address.ts';
import { MAX_8, readNumber } from './numbers.ts';
import { fault, type Reading, readList, value } from './reading.ts';

/** Both ends count; they are of one family. */
export interface AddressRange {
  readonly family: Family;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Reads an address of `family` (either, where null). IPv4 in the short and octal forms of inet_aton too: `10` is
 * 0.0.0.10 and `010.0.0.1` is 8.0.0.1. A name is a fault: iptables would ask DNS, once, while loading.
 */
export function readAddress(text: string, family: Family | null): Reading<Address> {
  const address = parseAddress(text) ?? shortAddress(text);
  if (address === null)
    return /^[a-z][\w.-]*$/i.test(text)
      ? fault('is a name, not an address', 'iptables asks the resolver for it')
      : fault('is not an address');
  if (family !== null && address.family !== family) {
    const mapped = family === 4 ? mappedAddress(address) : null;
    if (mapped !== null) return value(mapped);
    return fault(`is an IPv${address.family} address in IPv${family} rules`);
  }
  return value(address);
}

/** `::ffff:10.0.0.1`: the resolver, asked for IPv4, gives 10.0.0.1. */
function mappedAddress({ value: number }: Address): Address | null {
  return number >> 32n === MAPPED ? { family: 4, value: number & 0xffff_ffffn } : null;
}

/** `::ffff:0:0/96` (RFC 4291, 2.5.5.2) */
const MAPPED = 0xffffn;

/** Reads `10.0.0.0/8`, `10.0.0.0/255.0.255.0`, `fd00::/8` or a plain address, whose mask is then full. */
export function readNetwork(text: string, family: Family | null): Reading<Network> {
  return networkWith(readAddress, text, family);
}

type AddressReader = (text: string, family: Family | null) => Reading<Address>;

function networkWith(read: AddressReader, text: string, family: Family | null): Reading<Network> {
  const slash = text.indexOf('/');
  const address = read(slash < 0 ? text : text.slice(0, slash), family);
  if (address.kind === 'fault') return address;
  const width = address.value.family === 4 ? 32 : 128;
  const mask =
    slash < 0
      ? value(prefixMask(address.value.family, width))
      : readMask(text.slice(slash + 1), address.value.family);
  if (mask.kind === 'fault') return mask;
  return value({ family: address.value.family, value: address.value.value & mask.value, mask: mask.value });
}

/** Reads what stands after the slash: a prefix length, or a mask written as an address (holes allowed). */
function readMask(text: string, family: Family): Reading<bigint> {
  const width = family === 4 ? 32 : 128;
  const length = readNumber(text, width);
  if (length.kind === 'value') return value(prefixMask(family, length.value));
  if (/^\d+$/.test(text)) return fault(`has a prefix length that is none from 0 to ${width}`);
  const mask = parseAddress(text);
  return mask === null || mask.family !== family ? fault('has a mask that is none') : value(mask.value);
}

/**
 * Reads `-s 10.0.0.0/8,192.168.0.0/16`: iptables makes a rule of each. Here `10.1` is 10.1.0.0, and 256 is 0.0.1.0. Before `/0` it does not look at the address
 * (`any/0`).
 */
export function readNetworks(text: string, family: Family | null): Reading<readonly Network[]> {
  return readList(text, (part) => {
    const network = networkWith(readSource, part, family);
    if (network.kind === 'value' || !part.endsWith('/0')) return network;
    return value({ family: family ?? 4, value: 0n, mask: 0n });
  });
}

/** An address of `-s`, of which iptables fills up what is short before it asks the resolver, which knows inet_aton. */
function readSource(text: string, family: Family | null): Reading<Address> {
  const address = family === 6 ? null : numericAddress(text);
  return address === null ? readAddress(text, family) : value(address);
}

/** Reads `10.0.0.1-10.0.0.9`, or one address. */
export function readAddressRange(text: string, family: Family | null): Reading<AddressRange> {
  const dash = text.indexOf('-');
  const from = readAddress(dash < 0 ? text : text.slice(0, dash), family);
  if (from.kind === 'fault') return from;
  const to = dash < 0 ? from : readAddress(text.slice(dash + 1), from.value.family);
  if (to.kind === 'fault') return to;
  return value({ family: from.value.family, from: from.value.value, to: to.value.value });
}

/** Reads `10.0.0.1-10.0.0.9`, or one address, of which iptables takes no name, and no form of inet_aton. */
export function readNumericRange(text: string, family: Family | null): Reading<AddressRange> {
  const dash = text.indexOf('-');
  const ends = dash < 0 ? [text] : [text.slice(0, dash), text.slice(dash + 1)];
  const read = ends.map((end) => (parseAddress(end) === null ? numericAddress(end) : parseAddress(end)));
  const [from = null, to = from] = read;
  if (from === null || to === null) return fault('is not an address');
  const other = [from, to].find((address) => address.family !== (family ?? from.family));
  return other === undefined
    ? value({ family: from.family, from: from.value, to: to.value })
    : fault(`is an IPv${other.family} address in IPv${family ?? from.family} rules`);
}

/** `__numeric_to_ipaddr` of libxtables/xtables.c: up to four bytes, of which those that are not written are 0. */
function numericAddress(text: string): Address | null {
  const quad = quadNumber(text);
  if (quad !== null) return { family: 4, value: BigInt(quad) };
  const parts = text.split('.');
  if (parts.length > 4) return null;
  let address = 0n;
  for (let index = 0; index < 4; index++) {
    const byte = index < parts.length ? readNumber(parts[index] ?? '', MAX_8) : value(0);
    if (byte.kind === 'fault') return null;
    address = (address << 8n) | BigInt(byte.value);
  }
  return { family: 4, value: address };
}

function shortAddress(text: string): Address | null {
  if (!/^[\dx.a-f]+$/i.test(text) || !ipaddr.IPv4.isValid(text)) return null;
  return parseAddress(ipaddr.IPv4.parse(text).toString());
}
