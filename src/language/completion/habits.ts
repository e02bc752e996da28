/**
 * What the rules of a document are like, for what may come next in another one: which option follows which, which values
 * an option has in chains of one kind, and in which rules a word stands that few rules have. It may be of an earlier
 * version of the text: it only orders what is offered.
 */
import { passingRules } from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule, Ruleset, Table } from '../../rules/iptables/nodes.ts';
import { finish, type Steps } from '../../values/steps.ts';
import type { RulesDocument } from '../rulesDocument.ts';
import { linkWords } from './linkWords.ts';
import { type LinkedRule, LinkedRules } from './linkedRules.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Of one option, in chains of one kind; more are no habit. */
const MOST_VALUES = 400;
/** Rules from whose reading on a pause is made. */
const RULES_PER_STEP = 500;

export type Counts = ReadonlyMap<string, number>;

const NO_COUNTS: Counts = new Map();

export class Habits {
  readonly #kinds = new Set<string>();
  readonly #chains = new Map<string, readonly string[]>();
  readonly #next = new Map<string, Map<string, number>>();
  readonly #values = new Map<string, Map<string, number>>();
  /** By table. */
  readonly #linked = new Map<string, LinkedRules>();

  /** What comes behind `before` (empty: behind the chain): `-m tcp`, `--dport`, `!`, `-j`. Of all chains for a null `kind`. */
  next(kind: string | null, before: string): Counts {
    return this.#next.get(`${kind ?? ''} ${before}`) ?? NO_COUNTS;
  }

  /** The values that an option has; of all chains for a null `kind`. */
  values(kind: string | null, option: string): Counts {
    return this.#values.get(`${kind ?? ''} ${option}`) ?? NO_COUNTS;
  }

  /** Rules of a table in which the word stands as a value, where they are few; no more than `most`. */
  linked(table: string, word: string, most?: number): readonly LinkedRule[] {
    return this.#linked.get(table)?.of(word, most) ?? [];
  }

  /** The kinds of chains: `KUBE-SVC`, `KUBE-EXT`. */
  get kinds(): readonly string[] {
    return [...this.#kinds];
  }

  /** The chains of a table that begin with `typed`, in either case, in the order of the alphabet. */
  *chainsLike(table: string, typed: string): Generator<string> {
    const names = this.#chains.get(table) ?? [];
    const wanted = typed.toUpperCase();
    let low = 0;
    let high = names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((names[middle] ?? '').toUpperCase() < wanted) low = middle + 1;
      else high = middle;
    }
    for (let name = names[low]; name?.toUpperCase().startsWith(wanted) === true; name = names[++low])
      yield name;
  }

  addChains({ name, chains }: Table): void {
    const sorted = [...chains.keys(), ...(this.#chains.get(name) ?? [])].map(
      (each) => [each.toUpperCase(), each] as const,
    );
    sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#chains.set(
      name,
      sorted.map(([, each]) => each),
    );
    for (const chain of chains.keys()) this.#addKind(chain);
  }

  #addKind(chain: string): void {
    if (this.#kinds.size < MOST_VALUES) this.#kinds.add(kindOfChain(chain));
  }

  /** `rule` is not kept. */
  addRule(table: Table, chain: Chain, rule: Rule): void {
    const kind = kindOfChain(chain.name);
    const linked = this.#linkedOf(table);
    linked.begin(chain, rule.index);
    let before = '';
    for (const token of tokensOf(rule)) {
      const label = token.negated ? '!' : token.name;
      count(this.#next, ` ${before}`, label);
      count(this.#next, `${kind} ${before}`, label);
      if (token.negated) count(this.#next, `${kind} !`, token.name);
      this.#addValues(kind, linked, token);
      before = token.name;
    }
  }

  #addValues(kind: string, linked: LinkedRules, token: Token): void {
    for (const [index, value] of token.values.entries()) {
      const option = optionKey(token.name, index);
      count(this.#values, ` ${option}`, value);
      count(this.#values, `${kind} ${option}`, value);
      for (const word of linkWords(token, value)) linked.add(word);
    }
  }

  #linkedOf({ name }: Table): LinkedRules {
    let linked = this.#linked.get(name);
    if (linked === undefined) this.#linked.set(name, (linked = new LinkedRules()));
    return linked;
  }
}

/** `--match-set` has two values, of which each has its own habits. */
export function optionKey(option: string, index: number): string {
  return index === 0 ? option : `${option} ${index}`;
}

/** `KUBE-SVC-LOLE4ISW44XBNF3G` → `KUBE-SVC`: chains that are called alike are made alike. */
export function kindOfChain(chain: string): string {
  const dash = chain.lastIndexOf('-');
  return dash > 0 ? chain.slice(0, dash) : chain;
}

function count(counts: Map<string, Map<string, number>>, key: string, value: string): void {
  let own = counts.get(key);
  if (own === undefined) counts.set(key, (own = new Map<string, number>()));
  const known = own.get(value);
  if (known !== undefined || own.size < MOST_VALUES) own.set(value, (known ?? 0) + 1);
}

/** The habits of a text, read in steps: a large one takes a second. */
export function* readHabits({ tables }: Ruleset): Steps<Habits> {
  const habits = new Habits();
  let read = 0;
  for (const table of tables) {
    habits.addChains(table);
    yield;
    for (const chain of table.chains.values()) {
      for (const rule of passingRules(chain)) {
        habits.addRule(table, chain, rule);
        if (++read % RULES_PER_STEP === 0) yield;
      }
    }
  }
  return habits;
}

/** Of this version; for `document.kept`. */
export function habitsOf({ ruleset }: RulesDocument): Habits {
  return finish(readHabits(ruleset));
}
