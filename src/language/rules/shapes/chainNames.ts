/** HOT PATH: the numbers of chains by their names, read from the bytes of the text without making a string of them. */

/** Further places that are looked at for a name: a text in which more names collide was made to, and gives up speed only. */
const MOST_PROBES = 32;

export class ChainNames {
  readonly #bytes: Uint8Array;
  readonly #mask: number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #numbers: Int32Array;

  /** `most`: names at most. */
  constructor(bytes: Uint8Array, most: number) {
    let slots = 16;
    while (slots < most * 2) slots *= 2;
    this.#bytes = bytes;
    this.#mask = slots - 1;
    this.#starts = new Int32Array(slots);
    this.#ends = new Int32Array(slots);
    this.#numbers = new Int32Array(slots).fill(-1);
  }

  /** The name that stands between `start` and `end`. One that collides too often is not kept. */
  add(start: number, end: number, number: number): void {
    let slot = hashOf(this.#bytes, start, end) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      if (this.#numbers[slot] !== -1) continue;
      this.#starts[slot] = start;
      this.#ends[slot] = end;
      this.#numbers[slot] = number;
      return;
    }
  }

  /** The number of the chain whose name stands between `start` and `end`; -1 where none is kept. */
  find(start: number, end: number): number {
    let slot = hashOf(this.#bytes, start, end) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++, slot = (slot + 1) & this.#mask) {
      const number = this.#numbers[slot] ?? -1;
      if (number === -1 || this.#isAt(slot, start, end)) return number;
    }
    return -1;
  }

  #isAt(slot: number, start: number, end: number): boolean {
    let known = this.#starts[slot] ?? 0;
    if ((this.#ends[slot] ?? 0) - known !== end - start) return false;
    const bytes = this.#bytes;
    for (let at = start; at < end; at++, known++) if (bytes[at] !== bytes[known]) return false;
    return true;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return hash ^ (hash >>> 15);
}
