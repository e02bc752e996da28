/** In which rules a word stands that few rules have: of a large text hundreds of thousands of words, so each takes a few numbers. */
import { ruleOf } from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule } from '../../rules/iptables/nodes.ts';

/** A word that more rules have links none of them. */
const RARE = 64;
const NONE = -1;

/** A rule in which a word stands, made when it is asked for. */
export class LinkedRule {
  readonly #chain: Chain;
  readonly #index: number;

  constructor(chain: Chain, index: number) {
    this.#chain = chain;
    this.#index = index;
  }

  get chain(): string {
    return this.#chain.name;
  }

  get rule(): Rule {
    const rule = ruleOf(this.#chain, this.#index);
    if (rule === undefined) throw new RangeError(`no rule ${this.#index} in ${this.chain}`);
    return rule;
  }
}

/** The rules of one table by their words. */
export class LinkedRules {
  /** Of each rule. */
  readonly #chains: Chain[] = [];
  readonly #indexes: number[] = [];
  /** Word → the number of the last of its entries. */
  readonly #latest = new Map<string, number>();
  /** Of each entry: its rule, the entry of the same word before it, and how many those are. */
  readonly #rules: number[] = [];
  readonly #before: number[] = [];
  readonly #counts: number[] = [];

  /** The words that are added from now on are of this rule. */
  begin(chain: Chain, index: number): void {
    this.#chains.push(chain);
    this.#indexes.push(index);
  }

  add(word: string): void {
    const rule = this.#chains.length - 1;
    const before = this.#latest.get(word) ?? NONE;
    const count = this.#counts[before] ?? 0;
    if (count >= RARE || this.#rules[before] === rule) return;
    this.#latest.set(word, this.#rules.length);
    this.#rules.push(rule);
    this.#before.push(before);
    this.#counts.push(count + 1);
  }

  /** In order of the text; of more than `most` the last ones. */
  of(word: string, most: number = RARE): readonly LinkedRule[] {
    const found: LinkedRule[] = [];
    let at = this.#latest.get(word) ?? NONE;
    for (; at >= 0 && found.length < most; at = this.#before[at] ?? NONE) {
      const rule = this.#rules[at] ?? NONE;
      const chain = this.#chains[rule];
      if (chain !== undefined) found.push(new LinkedRule(chain, this.#indexes[rule] ?? 0));
    }
    return found.reverse();
  }
}
