/**
 * SHA-256 (FIPS 180-4) of a text's UTF-8 bytes, synchronously and without a host: `node:crypto` is not there in a web
 * worker, and WebCrypto only answers later. Written for speed (one hash for every chain name of 10,000 Services): the
 * work areas are shared, so it is not re-entrant, which nothing synchronous can notice. Do not use it for secrets.
 */

const BLOCK = 64;

const ROUND_CONSTANTS = constants(64, 3);
const INITIAL_STATE = constants(8, 2);

const schedule = new Int32Array(64);
const state = new Int32Array(8);

/** The first `length` bytes (at most 32) of the digest. */
export function sha256(text: string, length = 32): Uint8Array {
  const message = padded(text);
  state.set(INITIAL_STATE);
  for (let offset = 0; offset < message.length; offset += BLOCK) compress(message, offset);
  const digest = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    digest[index] = (state[index >> 2] ?? 0) >>> (24 - 8 * (index & 3));
  }
  return digest;
}

/** The message with its padding: a one bit, zeros, and its length in bits as 64-bit big-endian. */
function padded(text: string): Uint8Array {
  const size = utf8Length(text);
  const message = new Uint8Array(Math.ceil((size + 9) / BLOCK) * BLOCK);
  writeUtf8(text, message);
  message[size] = 0x80;
  const bits = size * 8;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(message.length - 4, bits >>> 0);
  return message;
}

function compress(message: Uint8Array, offset: number): void {
  expand(message, offset);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (ROUND_CONSTANTS[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  const after = [a, b, c, d, e, f, g, h];
  for (let index = 0; index < 8; index++) state[index] = (state[index] ?? 0) + (after[index] ?? 0);
}

function expand(message: Uint8Array, offset: number): void {
  for (let index = 0; index < 16; index++) {
    const at = offset + 4 * index;
    schedule[index] =
      ((message[at] ?? 0) << 24) |
      ((message[at + 1] ?? 0) << 16) |
      ((message[at + 2] ?? 0) << 8) |
      (message[at + 3] ?? 0);
  }
  for (let index = 16; index < 64; index++) {
    const w15 = schedule[index - 15] ?? 0;
    const w2 = schedule[index - 2] ?? 0;
    const small0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const small1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[index] = (schedule[index - 16] ?? 0) + small0 + (schedule[index - 7] ?? 0) + small1;
  }
}

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by));
}

/** FIPS 180-4, 4.2.2 and 5.3.3: the first 32 bits of the fractional parts of the roots of the first primes. */
function constants(count: number, root: 2 | 3): Int32Array {
  return Int32Array.from(primes(count), (prime) => Number(fractionOfRoot(BigInt(prime), root)) | 0);
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** floor(root(n) × 2^32) mod 2^32, exactly, by bisection on whole numbers. */
function fractionOfRoot(value: bigint, root: 2 | 3): bigint {
  const power = BigInt(root);
  const scaled = value << (32n * power);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** power <= scaled) low = middle;
    else high = middle;
  }
  return low & 0xffffffffn;
}

/** A lone surrogate counts as U+FFFD, as TextEncoder has it. */
function utf8Length(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (isPair(text, index)) {
      length += 4;
      index++;
    } else length += 3;
  }
  return length;
}

function writeUtf8(text: string, into: Uint8Array): void {
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = codePoint(text, index);
    if (code < 0x80) {
      into[at++] = code;
    } else if (code < 0x800) {
      into[at++] = 0xc0 | (code >> 6);
      into[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      into[at++] = 0xe0 | (code >> 12);
      into[at++] = 0x80 | ((code >> 6) & 63);
      into[at++] = 0x80 | (code & 63);
    } else {
      into[at++] = 0xf0 | (code >> 18);
      into[at++] = 0x80 | ((code >> 12) & 63);
      into[at++] = 0x80 | ((code >> 6) & 63);
      into[at++] = 0x80 | (code & 63);
      index++;
    }
  }
}

function codePoint(text: string, index: number): number {
  const code = text.codePointAt(index) ?? 0;
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
}

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
