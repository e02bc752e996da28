/**
 * HOT PATH: the chains of one table as numbers, found by their names in the bytes of the text. No string is made of a name
 * before somebody asks for it, and no object of a chain.
 */

const NONE = -1;

/** Places that are looked at for a name. A text in which more names collide was made to, and is read in another way. */
const MOST_PROBES = 64;

export class ChainTable {
  readonly #bytes: Uint8Array;
  #slots = new Int32Array(64).fill(NONE);
  // By chain, in order of first appearance: where a name begins and ends, and what it hashes to.
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];
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
    return this.#starts.length;
  }

  startOf(chain: number): number {
    return this.#starts[chain] ?? 0;
  }

  endOf(chain: number): number {
    return this.#ends[chain] ?? 0;
  }

  /** The number of the chain whose name stands between `start` and `end`; a new one where there is none. */
  intern(start: number, end: number): number {
    const hash = this.#hashOf(start, end);
    const known = this.#look(hash, start, end);
    return known === NONE ? this.#add(hash, start, end) : known;
  }

  /** As `intern`, but -1 where there is none. */
  find(start: number, end: number): number {
    return this.#look(this.#hashOf(start, end), start, end);
  }

  /** The number of the chain of this name; -1 where there is none. */
  numberOf(name: string): number {
    let hash = 0;
    for (let index = 0; index < name.length; index++) hash = mixed(hash, name.charCodeAt(index));
    let slot = spread(hash) & (this.#slots.length - 1);
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & (this.#slots.length - 1)) {
      const chain = this.#slots[slot] ?? NONE;
      if (chain === NONE) return NONE;
      if (this.#isCalled(chain, name)) return chain;
    }
    return NONE;
  }

  /** Whether the name of `chain` stands at `start`, up to `end`. */
  isAt(chain: number, start: number, end: number): boolean {
    let known = this.#starts[chain] ?? 0;
    if ((this.#ends[chain] ?? 0) - known !== end - start) return false;
    const bytes = this.#bytes;
    for (let at = start; at < end; at++, known++) if (bytes[at] !== bytes[known]) return false;
    return true;
  }

  #isCalled(chain: number, name: string): boolean {
    const start = this.#starts[chain] ?? 0;
    if ((this.#ends[chain] ?? 0) - start !== name.length) return false;
    for (let index = 0; index < name.length; index++) {
      if (this.#bytes[start + index] !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  #look(hash: number, start: number, end: number): number {
    const slots = this.#slots;
    let slot = spread(hash) & (slots.length - 1);
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & (slots.length - 1)) {
      const chain = slots[slot] ?? NONE;
      if (chain === NONE || (this.#hashes[chain] === hash && this.isAt(chain, start, end))) return chain;
    }
    return NONE;
  }

  #add(hash: number, start: number, end: number): number {
    const chain = this.#starts.length;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#hashes.push(hash);
    this.declared.push(NONE);
    this.first.push(NONE);
    this.last.push(NONE);
    this.count.push(0);
    if (chain * 2 >= this.#slots.length) this.#grow();
    else this.#place(chain, hash);
    return chain;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(NONE);
    for (const [chain, hash] of this.#hashes.entries()) this.#place(chain, hash);
  }

  #place(chain: number, hash: number): void {
    const slots = this.#slots;
    let slot = spread(hash) & (slots.length - 1);
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & (slots.length - 1)) {
      if (slots[slot] !== NONE) continue;
      slots[slot] = chain;
      return;
    }
    this.exhausted = true;
  }

  #hashOf(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = 0;
    for (let at = start; at < end; at++) hash = mixed(hash, bytes[at] ?? 0);
    return hash;
  }
}

function mixed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
