/** What candidates are found by. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { largest } from '../../text/lists.ts';
import { placesOf, ruleOf } from '../../rules/iptables/compact/compactTable.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { RulesDocument } from '../rulesDocument.ts';
import { type Counts, type Habits, kindOfChain } from './habits.ts';
import type { KnownNames } from './knownNames.ts';
import type { LinkedRule } from './linkedRules.ts';
import { linkWords } from './linkWords.ts';
import type { RulePlace } from './place.ts';

/** What is asked: the text, and what is known of it, perhaps from an earlier version. */
export interface CompletionRequest {
  readonly document: RulesDocument;
  /** Null where nothing is known of the node. */
  readonly analysis: Analysis | null;
  readonly habits: Habits;
  readonly names: KnownNames;
  readonly offset: number;
}

/** As many rules of the same chain as are looked at, before the cursor and behind it. */
const NEAR = 24;
/** Rules that share a word with the line. */
const MOST_LINKED = 48;

/** One place in a rule, and the rules that have to do with it, the nearest first. */
export class PlaceContext<At extends RulePlace = RulePlace> {
  readonly request: CompletionRequest;
  readonly place: At;
  readonly chain: string;
  readonly kind: string;
  readonly family: Family;
  #own: readonly Rule[] | null = null;
  #linked: readonly LinkedRule[] | null = null;

  constructor(request: CompletionRequest, place: At) {
    this.request = request;
    this.place = place;
    this.chain = place.body.chain?.text ?? '';
    this.kind = kindOfChain(this.chain);
    this.family = place.table.family ?? 4;
  }

  /** Rules of the same chain, without the line itself. */
  get own(): readonly Rule[] {
    return (this.#own ??= this.#nearRules());
  }

  /** Rules that share a rare word with the line: an address, a comment, a chain. */
  get linked(): readonly LinkedRule[] {
    return (this.#linked ??= this.#linkedRules());
  }

  /** Rules that lead to this chain. */
  get callers(): readonly LinkedRule[] {
    return this.chain === '' ? [] : this.withWord(this.chain);
  }

  /** Rules of the table that have this word. */
  withWord(word: string): readonly LinkedRule[] {
    const { place, request } = this;
    const rules = request.habits.linked(place.table.name, word);
    return rules.filter(({ rule }) => rule.start !== place.line.start);
  }

  /** Whether another rule of the table has this word. */
  hasWord(word: string): boolean {
    const [one, another] = this.request.habits.linked(this.place.table.name, word, 2);
    if (one === undefined || another !== undefined) return one !== undefined;
    return one.chain !== this.chain || one.rule.start !== this.place.line.start;
  }

  /** Rules that have to do with the line, the closest first. */
  get related(): readonly Rule[] {
    const lists = [this.linked.map(({ rule }) => rule), this.callers.map(({ rule }) => rule), this.own];
    const longest = largest(
      lists.map(({ length }) => length),
      0,
    );
    return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
  }

  /** The values that an option has, the most frequent first; of all chains for a null `kind`. */
  habit(kind: string | null, option: string): readonly string[] {
    return byCount(this.request.habits.values(kind, option), this.place.typed);
  }

  #nearRules(): readonly Rule[] {
    const { place } = this;
    const chain = place.table.chains.get(this.chain);
    if (chain === undefined) return [];
    let low = 0;
    for (const { start } of placesOf(chain)) {
      if (start >= place.line.start) break;
      low++;
    }
    const before = Array.from({ length: Math.min(low, NEAR) }, (_, index) => low - 1 - index);
    const behind = Array.from({ length: NEAR }, (_, index) => low + index);
    return [...before, ...behind]
      .flatMap((index) => ruleOf(chain, index) ?? [])
      .filter(({ start }) => start !== place.line.start);
  }

  #linkedRules(): readonly LinkedRule[] {
    const words = this.place.tokens.flatMap((token) =>
      token.values.flatMap((value) => linkWords(token, value)),
    );
    const groups = [...new Set(words)].map((word) => this.withWord(word)).filter(({ length }) => length > 0);
    return groups
      .toSorted((a, b) => a.length - b.length)
      .flat()
      .slice(0, MOST_LINKED);
  }
}

/** As many different words are all of them a habit; of more those that come again. */
const FEW = 12;

/** The words of a habit, the most frequent first; not what only the cursor's own word made one. */
export function byCount(counts: Counts, typed = ''): readonly string[] {
  const words = [...counts].filter(
    ([word, count]) => count > 1 || (counts.size <= FEW && (word !== typed || typed === '')),
  );
  return words.sort(([, a], [, b]) => b - a).map(([word]) => word);
}
