/** Which address of a range a connection gets: net/netfilter/nf_nat_core.c, find_best_ips_proto. */
import type { Family } from '../../values/address.ts';
import { jhash, scaled, swapped, wordsOf } from '../../values/jhash.ts';

/** What the kernel hashes. */
export interface AddressChoice {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  /** Of the packet as it is then; for a destination range `destination` is what is replaced. */
  readonly source: bigint;
  readonly destination: bigint;
  readonly manipulation: 'source' | 'destination';
  /** `--persistent`: the destination does not count. */
  readonly persistent: boolean;
  /** The connection's zone. */
  readonly zone: number;
}

const MAX_WORD = 0xffffffff;

/**
 * The address. The hash has no seed, so that it is the same on every node of a byte order; little-endian is taken, as
 * x86 and arm64 are. In IPv6 each word of 32 bits is chosen by itself and may lie outside of the range, as in the kernel.
 */
export function hashedAddress(choice: AddressChoice): bigint {
  const { family, first, last, source, destination, manipulation, persistent, zone } = choice;
  if (first === last) return first;
  const count = family === 4 ? 1 : 4;
  const from = wordsOf(first, count);
  const to = wordsOf(last, count);
  const target = wordsOf(destination, count);
  const seed = persistent ? 0 : (swapped(target[count - 1] ?? 0) ^ zone) >>> 0;
  const sourceWords = wordsOf(source, count).map(swapped);
  let hash = jhash([...sourceWords, 0, 0, 0].slice(0, 4), seed);
  let whole = false;
  const chosen: number[] = [];
  for (let index = 0; index < count; index++) {
    const least = whole ? 0 : (from[index] ?? 0);
    const most = to[index] ?? 0;
    const size = whole ? MAX_WORD : (most - least + 1) >>> 0;
    const word = (least + scaled(hash, size)) >>> 0;
    chosen.push(word);
    if (word !== most) whole = true;
    if (persistent) continue;
    const other = manipulation === 'destination' ? word : (target[index] ?? 0);
    hash = (hash ^ swapped(other)) >>> 0;
  }
  return chosen.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}
