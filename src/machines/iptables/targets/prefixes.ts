/** Prefix translation without state: SNPT, DNPT (RFC 6296). */
import { parseAddress, prefixMask } from '../../../values/address.ts';
import { endpointOf } from '../../../kernel/endpoints.ts';
import { DCCP, ICMPV6, type Packet, TCP, UDP, UDPLITE } from '../../../kernel/packet.ts';
import { CONTINUE, endBy, type TargetCompiler, targetValue, unknownEnd } from './target.ts';
import { notModelled } from './verdicts.ts';

interface Prefix {
  readonly value: bigint;
  readonly length: number;
}

/** `-j SNPT --src-pfx fd00:1::/64 --dst-pfx 2001:db8:1::/64`: ip6t_NPT.c. */
export const snpt = translated('source');
/** `-j DNPT --src-pfx 2001:db8:1::/64 --dst-pfx fd00:1::/64` */
export const dnpt = translated('destination');

function translated(end: 'source' | 'destination'): TargetCompiler {
  return (target, context) => {
    const from = prefixOf(targetValue(target, '--src-pfx'));
    const to = prefixOf(targetValue(target, '--dst-pfx'));
    if (from === null || to === null) return notModelled(target, context);
    return {
      act: (packet) => {
        if (end === 'source' && packet.sourceUnknown) {
          return unknownEnd(context, 'the packet’s source is not known, nor what SNPT makes of it');
        }
        const was = endpointOf(packet, end);
        const mapped = mapPrefix(packet[end], from, to);
        if (mapped === null) {
          const reason = 'the address has no room to keep the checksum';
          return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
        }
        const spoils = isSpoiled(packet, end, from);
        if (spoils) packet.isDamaged = true;
        set(packet, end, mapped);
        const effect = { kind: 'netmap', was, is: endpointOf(packet, end) } as const;
        return { effect: spoils ? { ...effect, spoils } : effect, control: CONTINUE };
      },
    };
  };
}

/** Their checksums cover the addresses. */
const SUMMED: ReadonlySet<number> = new Set([TCP, UDP, UDPLITE, DCCP, ICMPV6]);

/** The other word is changed as it must be for an address with the prefix: of any other the checksum becomes wrong. */
function isSpoiled(packet: Packet, end: 'source' | 'destination', from: Prefix): boolean {
  return SUMMED.has(packet.protocol) && (packet[end] & prefixMask(6, from.length)) !== from.value;
}

function set(packet: Packet, end: 'source' | 'destination', address: bigint): void {
  if (end === 'source') packet.source = address;
  else packet.destination = address;
}

/** Null for a prefix of more than 64 bits, which the kernel refuses. */
function prefixOf(text: string | null): Prefix | null {
  const [host = '', bits = ''] = text?.split('/') ?? [];
  const address = parseAddress(host);
  const length = /^\d{1,2}$/.test(bits) ? Number(bits) : null;
  if (address?.family !== 6 || length === null || length > 64) return null;
  return { value: address.value & prefixMask(6, length), length };
}

/** The address with the other prefix, one word of it changed so that checksums stay right; null where no word will do. */
function mapPrefix(address: bigint, from: Prefix, to: Prefix): bigint | null {
  const length = Math.max(from.length, to.length);
  const mask = prefixMask(6, length);
  const kept = (address & ~mask) | (to.value & mask);
  const words = wordsOf(kept);
  const at = length <= 48 ? 3 : words.findIndex((word, index) => index >= 4 && word !== 0xffff);
  if (at === -1) return null;
  const change = sum([sumOf(from.value), 0xffff - sumOf(to.value)]);
  const word = sum([words[at] ?? 0, change]);
  const shift = BigInt(16 * (7 - at));
  return (kept & ~(0xffffn << shift)) | (BigInt(word === 0xffff ? 0 : word) << shift);
}

function wordsOf(address: bigint): readonly number[] {
  return Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(16 * (7 - index))) & 0xffffn));
}

function sumOf(address: bigint): number {
  return sum(wordsOf(address));
}

/** In one’s complement, as checksums are. */
function sum(words: readonly number[]): number {
  let total = words.reduce((all, word) => all + word, 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
