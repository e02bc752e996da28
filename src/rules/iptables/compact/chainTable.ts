/**
 * HOT PATH: the chains of one table as numbers, found by their names in the bytes of the text. No string is made of a name
 * before somebody asks for it, and no object of a chain.
 */

const NONE = -1;

/** Places that are looked at for a name. A text in which more names collide was made to, and is read in another way. */
const MOST_PROBES = 64;

/** Characters at the end of a name that are hashed: kube-proxy's end in a hash of their own. */
const HASHED = 16;

export class ChainTable {
  readonly #bytes: Uint8Array;
  /** Two by slot: the chain, and what its name hashes to. */
  #slots = new Int32Array(128).fill(NONE);
  /** Slots less one; their number is a power of two. */
  #mask = 63;
  /** Two by chain, in order of first appearance: where its name begins and ends. */
  #places = new Int32Array(64);
  #size = 0;
  /** The line of the first declaration; -1 where a chain has none. */
  readonly declared: number[] = [];
  /** The lines of the first and the last rule; -1 where there is none. */
  readonly first: number[] = [];
  readonly last: number[] = [];
  readonly count: number[] = [];
  /** Names collide so often that they cannot be told apart in time. */
  exhausted = false;

  /** `bytes`: those of the text, one for each character. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#size;
  }

  startOf(chain: number): number {
    return this.#places[chain * 2] ?? 0;
  }

  endOf(chain: number): number {
    return this.#places[chain * 2 + 1] ?? 0;
  }

  /** The number of the chain whose name stands between `start` and `end`; a new one where there is none. */
  intern(start: number, end: number): number {
    const hash = this.#hashOf(start, end);
    const known = this.#look(hash, start, end);
    return known === NONE ? this.#add(hash, start, end) : known;
  }

  /** As `intern`; the rules of chains mostly stand in the order in which these are declared, `before` being that of the last rule. */
  likely(before: number, start: number, end: number): number {
    if (before >= 0) {
      if (this.isAt(before, start, end)) return before;
      if (before + 1 < this.size && this.isAt(before + 1, start, end)) return before + 1;
    }
    return this.intern(start, end);
  }

  /** As `intern`, but -1 where there is none. */
  find(start: number, end: number): number {
    return this.#look(this.#hashOf(start, end), start, end);
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

  /** Whether the name of `chain` stands at `start`, up to `end`. */
  isAt(chain: number, start: number, end: number): boolean {
    let known = this.endOf(chain);
    if (known - this.startOf(chain) !== end - start) return false;
    const bytes = this.#bytes;
    // From the end, since names of chains begin alike.
    for (let at = end - 1; at >= start; at--) if (bytes[at] !== bytes[--known]) return false;
    return true;
  }

  #isCalled(chain: number, name: string): boolean {
    const start = this.startOf(chain);
    if (this.endOf(chain) - start !== name.length) return false;
    for (let index = 0; index < name.length; index++) {
      if (this.#bytes[start + index] !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  #look(hash: number, start: number, end: number): number {
    const slots = this.#slots;
    let slot = spread(hash) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      const chain = slots[slot * 2] ?? NONE;
      if (chain === NONE || (slots[slot * 2 + 1] === hash && this.isAt(chain, start, end))) return chain;
    }
    return NONE;
  }

  #add(hash: number, start: number, end: number): number {
    const chain = this.#size++;
    if (chain * 2 === this.#places.length) this.#places = longer(this.#places);
    this.#places[chain * 2] = start;
    this.#places[chain * 2 + 1] = end;
    this.declared.push(NONE);
    this.first.push(NONE);
    this.last.push(NONE);
    this.count.push(0);
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

  #hashOf(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    for (let at = Math.max(start, end - HASHED); at < end; at++) hash = mixed(hash, bytes[at] ?? 0);
    return hash;
  }
}

function mixed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function longer(list: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(list.length * 2);
  copy.set(list);
  return copy;
}
