/** The parts of an ipset entry as `ipset save` prints them. */
import { type Family, parseAddress } from '../../values/address.ts';
import { ICMP, ICMPV6, TCP } from '../packet.ts';
import { readIcmpType } from '../../values/icmp.ts';
import { readProtocol } from '../../values/names.ts';

/** One dimension of a set's type: `hash:net,port` → `net`, `port`. */
export type SetPart = 'ip' | 'net' | 'port' | 'iface' | 'mark' | 'mac';

const PARTS: ReadonlySet<string> = new Set(['ip', 'net', 'port', 'iface', 'mark', 'mac']);

/** `hash:ip,port` → its parts; null for a type that is not one of hash and bitmap, or has other parts. */
export function partsOf(type: string): readonly SetPart[] | null {
  const [method = '', dimensions = ''] = type.split(':');
  if (method !== 'hash' && method !== 'bitmap') return null;
  const parts = dimensions.split(',');
  return parts.every((part): part is SetPart => PARTS.has(part)) ? parts : null;
}

/** The addresses that begin with the first `length` bits of `value`. */
export interface Block {
  readonly value: bigint;
  readonly length: number;
}

/** `10.0.0.0/8`, `10.0.0.1`, `10.0.0.1-10.0.0.9` → the blocks that make it up; null for anything else. */
export function readBlocks(text: string, family: Family): readonly Block[] | null {
  const [first = '', last] = text.split('-');
  const [host = '', bits] = first.split('/');
  const address = parseAddress(host);
  const full = family === 4 ? 32 : 128;
  if (address === null || address.family !== family) return null;
  if (last === undefined) {
    const length = bits === undefined ? full : Number(bits);
    if (!Number.isInteger(length) || length < 0 || length > full) return null;
    const shift = BigInt(full - length);
    return [{ value: (address.value >> shift) << shift, length }];
  }
  const end = parseAddress(last);
  return end === null || end.family !== family ? null : blocksBetween(address.value, end.value, full);
}

function blocksBetween(first: bigint, last: bigint, full: number): readonly Block[] {
  const blocks: Block[] = [];
  let start = first;
  while (start <= last) {
    let free = 0;
    while (
      free < full &&
      (start & ((1n << BigInt(free + 1)) - 1n)) === 0n &&
      start + (1n << BigInt(free + 1)) - 1n <= last
    )
      free++;
    blocks.push({ value: start, length: full - free });
    start += 1n << BigInt(free);
  }
  return blocks;
}

/**
 * `tcp:80`, `80` (TCP), `udp:80-90`, `icmp:echo-request`, `gre:0` → each port with its protocol, as `PROTOCOL << 16 | PORT`;
 * in a `bitmap:port`, which has no protocols, the port alone. Null for anything else.
 */
export function readSetPorts(text: string, withProtocol: boolean): readonly number[] | null {
  const colon = text.indexOf(':');
  if (!withProtocol) return readRange(text, 0);
  if (colon === -1) return readRange(text, TCP << 16);
  const reading = readProtocol(text.slice(0, colon));
  if (reading.kind !== 'value') return null;
  const protocol = reading.value;
  const rest = text.slice(colon + 1);
  if (protocol !== ICMP && protocol !== ICMPV6) return readRange(rest, protocol << 16);
  const icmp = readIcmpType(rest, protocol === ICMP ? 4 : 6);
  if (icmp.kind !== 'value' || icmp.value.type === null) return null;
  return [(protocol << 16) | (icmp.value.type << 8) | icmp.value.codes.from];
}

function readRange(text: string, base: number): readonly number[] | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (first > last || last > 65535) return null;
  return Array.from({ length: last - first + 1 }, (_, index) => base | (first + index));
}
