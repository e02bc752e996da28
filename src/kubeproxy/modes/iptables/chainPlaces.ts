/** Where the rules of chains stand in the text, to find those that hold a word without reading a rule. */
import type { Chain } from '../../../rules/iptables/nodes.ts';

/** A word that stands in more places is looked for in all chains. */
const MOST_PLACES = 64;

export class ChainPlaces {
  readonly #chains: readonly Chain[];
  /** Of each chain, from its first rule in the text to its last one. */
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** What lies between the first of all and the last. */
  readonly #start: number;
  readonly #text: string;

  constructor(text: string, chains: readonly Chain[]) {
    this.#chains = chains;
    this.#starts = new Float64Array(chains.length).fill(Infinity);
    this.#ends = new Float64Array(chains.length);
    let first = text.length;
    let last = 0;
    for (const [index, { rules }] of chains.entries()) {
      let from = Infinity;
      let to = 0;
      for (const { start, end } of rules) {
        if (start < from) from = start;
        if (end > to) to = end;
      }
      this.#starts[index] = from;
      this.#ends[index] = to;
      if (from < first) first = from;
      if (to > last) last = to;
    }
    this.#start = first;
    this.#text = text.slice(first, Math.max(first, last));
  }

  /**
   * In their order, the chains that have a rule with `word` in it, and perhaps some more. Null where that is not known so
   * cheaply: rules may spell it otherwise (IPv6, escapes), or too many hold it.
   */
  holding(word: string): readonly Chain[] | null {
    if (word === '' || word.includes(':') || this.#text.includes('\\')) return null;
    const found = new Set<number>();
    let left = MOST_PLACES;
    for (let at = this.#text.indexOf(word); at !== -1; at = this.#text.indexOf(word, at + 1)) {
      if (left-- === 0) return null;
      this.#addAt(this.#start + at, found);
    }
    return [...found].sort((a, b) => a - b).flatMap((index) => this.#chains[index] ?? []);
  }

  #addAt(place: number, found: Set<number>): void {
    const [starts, ends] = [this.#starts, this.#ends];
    for (let index = 0; index < starts.length; index++) {
      if ((starts[index] ?? Infinity) <= place && place < (ends[index] ?? 0)) found.add(index);
    }
  }
}
