/**
 * HOT PATH, written for speed: rules of many chains, filed by one word of theirs, so that a question is answered by the
 * few rules that it is about. Filing looks at the bare text where that is safe (`filedBy.ts`): making 50,000 rules, and reading
 * their words, would take ten times as long. What is found here is to be read, never an answer.
 */
import { placesOf, ruleEndingAt } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import type { Span } from '../../../text/span.ts';

/** The rule has no such word. */
export const NO_WORD = -1;
/** The bare text does not tell. */
export const UNSURE = -2;

/** What rules are filed by. */
export interface FiledBy {
  /** `keyOf` the word of the line from `start` to `end` of the text; or one of the two above. */
  readonly inText: (text: string, start: number, end: number) => number;
  /** The word of a rule whatever its spelling; null where it has none. */
  readonly inWords: (rule: Rule) => string | null;
}

export interface FoundRule {
  readonly chain: Chain;
  readonly rule: Rule;
}

/** A word, or a part of a text, as a number from 0 to 2^31 - 1. */
export function keyOf(text: string, start = 0, end: number = text.length): number {
  let key = 0;
  for (let at = start; at < end; at++) key = (Math.imul(key, 31) + text.charCodeAt(at)) | 0;
  return (key ^ (key >>> 15)) & 0x7fffffff;
}

const NONE = -1;

export class RuleIndex {
  readonly #by: FiledBy;
  readonly #chains: Chain[] = [];
  readonly #places: number[] = [];
  readonly #ends: number[] = [];
  readonly #keys: number[] = [];
  /** The first entry of each bucket, and behind each entry the next one of its bucket, in the order of the rules. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  /** `text` is that of the chains' ruleset. */
  constructor(text: string, chains: Iterable<Chain>, by: FiledBy) {
    this.#by = by;
    for (const chain of chains) {
      let index = 0;
      for (const place of placesOf(chain)) this.#file(text, chain, index++, place);
    }
    const count = this.#keys.length;
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(count + 16))).fill(NONE);
    this.#next = new Int32Array(count);
    for (let entry = count - 1; entry >= 0; entry--) {
      const bucket = this.#bucketOf(this.#keys[entry] ?? 0);
      this.#next[entry] = this.#heads[bucket] ?? NONE;
      this.#heads[bucket] = entry;
    }
  }

  /** In their order, the rules that have the word, and perhaps some more. */
  at(word: string): readonly FoundRule[] {
    const found: FoundRule[] = [];
    const key = keyOf(word);
    let entry = this.#heads[this.#bucketOf(key)] ?? NONE;
    for (; entry !== NONE; entry = this.#next[entry] ?? NONE) {
      if (this.#keys[entry] !== key) continue;
      const chain = this.#chains[entry];
      if (chain === undefined) continue;
      const rule = ruleEndingAt(chain, this.#places[entry] ?? 0, this.#ends[entry] ?? 0);
      if (rule !== undefined) found.push({ chain, rule });
    }
    return found;
  }

  /** Whether a rule at `word` passes a test of where it ends, for many words. */
  has(word: string, test: (end: number) => boolean): boolean {
    const key = keyOf(word);
    let entry = this.#heads[this.#bucketOf(key)] ?? NONE;
    for (; entry !== NONE; entry = this.#next[entry] ?? NONE) {
      if (this.#keys[entry] === key && test(this.#ends[entry] ?? 0)) return true;
    }
    return false;
  }

  #file(text: string, chain: Chain, index: number, { start, end }: Span): void {
    let key = this.#by.inText(text, start, end);
    if (key === UNSURE) {
      const rule = ruleEndingAt(chain, index, end);
      const word = rule === undefined ? null : this.#by.inWords(rule);
      key = word === null ? NO_WORD : keyOf(word);
    }
    if (key === NO_WORD) return;
    this.#keys.push(key);
    this.#chains.push(chain);
    this.#places.push(index);
    this.#ends.push(end);
  }

  #bucketOf(key: number): number {
    return (key ^ (key >>> 13)) & (this.#heads.length - 1);
  }
}
