/**
 * HOT PATH, written for speed: rules of many chains, filed by one word of theirs, so that a question is answered by the
 * few rules that it is about. Filing looks at the bare text where that is safe (`filedBy.ts`): reading the words of 50,000
 * rules would take ten times as long. What is found here is to be read, never an answer.
 */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';

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
  readonly #rules: Rule[] = [];
  readonly #keys: number[] = [];
  /** The first entry of each bucket, and behind each entry the next one of its bucket, in the order of the rules. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  /** `text` is that of the chains' ruleset. */
  constructor(text: string, chains: Iterable<Chain>, by: FiledBy) {
    this.#by = by;
    for (const chain of chains) for (const rule of chain.rules) this.#file(text, chain, rule);
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
      const [chain, rule] = [this.#chains[entry], this.#rules[entry]];
      if (this.#keys[entry] === key && chain !== undefined && rule !== undefined) found.push({ chain, rule });
    }
    return found;
  }

  /** As `at(word).some(test)`, for many words. */
  has(word: string, test: (rule: Rule) => boolean): boolean {
    const key = keyOf(word);
    let entry = this.#heads[this.#bucketOf(key)] ?? NONE;
    for (; entry !== NONE; entry = this.#next[entry] ?? NONE) {
      const rule = this.#rules[entry];
      if (this.#keys[entry] === key && rule !== undefined && test(rule)) return true;
    }
    return false;
  }

  #file(text: string, chain: Chain, rule: Rule): void {
    let key = this.#by.inText(text, rule.start, rule.end);
    if (key === UNSURE) {
      const word = this.#by.inWords(rule);
      key = word === null ? NO_WORD : keyOf(word);
    }
    if (key === NO_WORD) return;
    this.#keys.push(key);
    this.#chains.push(chain);
    this.#rules.push(rule);
  }

  #bucketOf(key: number): number {
    return (key ^ (key >>> 13)) & (this.#heads.length - 1);
  }
}
