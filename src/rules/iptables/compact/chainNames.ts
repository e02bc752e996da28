/**
 * HOT PATH: the names of a table's chains as numbers, found by the bytes of a text in which they stand. They are bytes of their own,
 * so that versions of a text share them; no string is made of a name before somebody asks for it.
 */
import { asciiText } from '../../../text/bytes.ts';

const NONE = -1;

/** Places that are looked at for a name. A text in which more names collide was made to, and is read in another way. */
const MOST_PROBES = 64;

/** Characters at the end of a name that are hashed: kube-proxy's end in a hash of their own. */
const HASHED = 16;

export class ChainNames {
  #bytes = new Uint8Array(1024);
  #used = 0;
  /** All bytes as a text, from which names are cut. */
  #text: string | null = null;
  /** Two by slot: the chain, and what its name hashes to. */
  #slots = new Int32Array(128).fill(NONE);
  /** Slots less one; their number is a power of two. */
  #mask = 63;
  /** By chain: where its name ends, and the next one begins. */
  #ends = new Int32Array(64);
  #size = 0;
  /** Names collide so often that they cannot be told apart in time. */
  exhausted = false;

  get size(): number {
    return this.#size;
  }

  nameOf(chain: number): string {
    this.#text ??= asciiText(this.#bytes.subarray(0, this.#used));
    return this.#text.slice(this.#startOf(chain), this.#ends[chain]);
  }

  lengthOf(chain: number): number {
    return (this.#ends[chain] ?? 0) - this.#startOf(chain);
  }

  /** The number of the chain whose name stands in `bytes` between `start` and `end`; a new one where there is none. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const known = this.#look(hash, bytes, start, end);
    return known === NONE ? this.#add(hash, bytes, start, end) : known;
  }

  /** As `intern`; the rules of chains mostly stand in the order in which these are declared, `before` being that of the last rule. */
  likely(before: number, bytes: Uint8Array, start: number, end: number): number {
    if (before >= 0) {
      if (this.#isAt(before, bytes, start, end)) return before;
      if (before + 1 < this.size && this.#isAt(before + 1, bytes, start, end)) return before + 1;
    }
    return this.intern(bytes, start, end);
  }

  /** As `intern`, but -1 where there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#look(hashOf(bytes, start, end), bytes, start, end);
  }

  /** The number of the chain of this name; -1 where there is none. */
  numberOf(name: string): number {
    let hash = 0;
    const from = Math.max(0, name.length - HASHED);
    for (let index = from; index < name.length; index++) hash = mixed(hash, name.charCodeAt(index));
    let slot = spread(hash) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      const chain = this.#slots[slot * 2] ?? NONE;
      if (chain === NONE) return NONE;
      if (this.#isCalled(chain, name)) return chain;
    }
    return NONE;
  }

  /** The same, for more names. */
  copy(): ChainNames {
    const names = new ChainNames();
    names.#bytes = this.#bytes.slice();
    names.#used = this.#used;
    names.#slots = this.#slots.slice();
    names.#mask = this.#mask;
    names.#ends = this.#ends.slice();
    names.#size = this.#size;
    names.exhausted = this.exhausted;
    return names;
  }

  /** These names in another order, of which some may be missing. `order`: the present numbers. */
  inOrder(order: readonly number[]): ChainNames {
    const names = new ChainNames();
    for (const chain of order) names.intern(this.#bytes, this.#startOf(chain), this.#ends[chain] ?? 0);
    return names;
  }

  /** The names of `other` in these: by each number of `other` the one here. Names that are new are added. */
  internAll(other: ChainNames): Int32Array {
    return Int32Array.from({ length: other.size }, (_, chain) =>
      this.intern(other.#bytes, other.#startOf(chain), other.#ends[chain] ?? 0),
    );
  }

  /** Whether each name of `other` is one of these. */
  hasAll(other: ChainNames): boolean {
    for (let chain = 0; chain < other.size; chain++) {
      if (this.find(other.#bytes, other.#startOf(chain), other.#ends[chain] ?? 0) < 0) return false;
    }
    return true;
  }

  #startOf(chain: number): number {
    return chain === 0 ? 0 : (this.#ends[chain - 1] ?? 0);
  }

  /** Whether the name of `chain` stands at `start`, up to `end`. */
  #isAt(chain: number, bytes: Uint8Array, start: number, end: number): boolean {
    let known = this.#ends[chain] ?? 0;
    if (known - this.#startOf(chain) !== end - start) return false;
    const own = this.#bytes;
    // From the end, since names of chains begin alike.
    for (let at = end - 1; at >= start; at--) if (bytes[at] !== own[--known]) return false;
    return true;
  }

  #isCalled(chain: number, name: string): boolean {
    const start = this.#startOf(chain);
    if (this.lengthOf(chain) !== name.length) return false;
    for (let index = 0; index < name.length; index++) {
      if (this.#bytes[start + index] !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  #look(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const slots = this.#slots;
    let slot = spread(hash) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      const chain = slots[slot * 2] ?? NONE;
      if (chain === NONE || (slots[slot * 2 + 1] === hash && this.#isAt(chain, bytes, start, end)))
        return chain;
    }
    return NONE;
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const chain = this.#size++;
    if (chain === this.#ends.length) this.#ends = longer(this.#ends, new Int32Array(chain * 2));
    const used = this.#used + end - start;
    if (used > this.#bytes.length) this.#bytes = longer(this.#bytes, new Uint8Array(used * 2));
    for (let at = start, to = this.#used; at < end; at++, to++) this.#bytes[to] = bytes[at] ?? 0;
    this.#used = used;
    this.#ends[chain] = used;
    this.#text = null;
    if (this.#size * 2 > this.#mask) this.#grow();
    this.#place(chain, hash);
    return chain;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 4).fill(NONE);
    this.#mask = this.#slots.length / 2 - 1;
    for (let slot = 0; slot < before.length; slot += 2) {
      const chain = before[slot] ?? NONE;
      if (chain !== NONE) this.#place(chain, before[slot + 1] ?? 0);
    }
  }

  #place(chain: number, hash: number): void {
    const slots = this.#slots;
    let slot = spread(hash) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      if (slots[slot * 2] !== NONE) continue;
      slots[slot * 2] = chain;
      slots[slot * 2 + 1] = hash;
      return;
    }
    this.exhausted = true;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = Math.max(start, end - HASHED); at < end; at++) hash = mixed(hash, bytes[at] ?? 0);
  return hash;
}

function mixed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

/** Names that end in numbers hash to numbers side by side: they are spread by the golden ratio of 2^32 (Knuth), or their slots would be rows without a gap. */
function spread(hash: number): number {
  const wide = Math.imul(hash, 0x9e37_79b1);
  return wide ^ (wide >>> 15);
}

function longer<List extends Int32Array | Uint8Array>(list: List, into: List): List {
  into.set(list);
  return into;
}
