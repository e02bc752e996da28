/** The kernel's hash of 32-bit words: include/linux/jhash.h, jhash2. */

const INITIAL = 0xdeadbeef;

/** `words` as the machine's own order reads them; all numbers are unsigned 32-bit. */
export function jhash(words: readonly number[], seed: number): number {
  const start = (INITIAL + (words.length << 2) + seed) >>> 0;
  const state: State = { a: start, b: start, c: start };
  let at = 0;
  for (; words.length - at > 3; at += 3) {
    add(state, words, at);
    mix(state);
  }
  if (words.length > at) {
    add(state, words, at);
    finish(state);
  }
  return state.c >>> 0;
}

interface State {
  a: number;
  b: number;
  c: number;
}

function add(state: State, words: readonly number[], at: number): void {
  state.a = (state.a + (words[at] ?? 0)) | 0;
  state.b = (state.b + (words[at + 1] ?? 0)) | 0;
  state.c = (state.c + (words[at + 2] ?? 0)) | 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** __jhash_mix */
function mix(state: State): void {
  let { a, b, c } = state;
  a = ((a - c) ^ rotate(c, 4)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 6)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 8)) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ rotate(c, 16)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 19)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 4)) | 0;
  b = (b + a) | 0;
  Object.assign(state, { a, b, c });
}

/** __jhash_final */
function finish(state: State): void {
  let { a, b, c } = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  Object.assign(state, { a, b, c });
}

/** reciprocal_scale: a hash as a number from 0 to below `size`; both unsigned 32-bit. */
export function scaled(hash: number, size: number): number {
  return Number((BigInt(hash) * BigInt(size)) >> 32n);
}

/** An address as `count` words of 32 bits, the most significant first. */
export function wordsOf(address: bigint, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) =>
    Number((address >> BigInt(32 * (count - 1 - index))) & 0xffffffffn),
  );
}

/** A word of network byte order as a little-endian machine reads it. */
export function swapped(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
