/** A table and its chains over flat lists: an object is made of what is asked for, once. */
import type {
  Chain,
  ChainDeclaration,
  Commit,
  Generator,
  Rule,
  Ruleset,
  Table,
  TableStart,
} from '../nodes.ts';
import type { Span } from '../../../text/span.ts';
import { familyOfTable } from '../parsing/family.ts';
import type { CompactNodes } from './compactNodes.ts';
import type { Section } from './compactReader.ts';

export class CompactTable implements Table {
  readonly name: string;
  readonly start: TableStart;
  readonly commit: Commit | null;
  readonly span: Span;
  readonly generator: Generator | null;
  readonly chains: CompactChains;
  /** A dump as iptables-save writes it takes nothing away. */
  readonly removed: readonly Rule[] = [];
  readonly section: Section;
  readonly nodes: CompactNodes;
  #family: 4 | 6 | null | undefined;

  constructor(section: Section, nodes: CompactNodes) {
    const { lines } = nodes;
    this.section = section;
    this.nodes = nodes;
    this.start = nodes.tableStart(section.start);
    this.name = this.start.name.text;
    this.commit = section.commit === null ? null : nodes.commit(section.commit);
    this.span = { start: lines.startOf(section.start), end: lines.endOf(section.end) };
    this.generator = section.generator;
    this.chains = new CompactChains(this);
  }

  get family(): 4 | 6 | null {
    if (this.#family === undefined) this.#family = familyOfTable(this);
    return this.#family;
  }
}

/** By name, in order of first appearance. */
export class CompactChains implements ReadonlyMap<string, Chain> {
  readonly #table: CompactTable;
  /** With room for all of them from the first on: a list that is filled with gaps is slow. */
  #made: (CompactChain | undefined)[] | null = null;

  constructor(table: CompactTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#table.section.chains.size;
  }

  /** The chain of this number, which must be one of the table's. */
  at(chain: number): Chain {
    const made = (this.#made ??= Array.from<CompactChain | undefined>({ length: this.size }));
    return (made[chain] ??= new CompactChain(this.#table, chain));
  }

  get(name: string): Chain | undefined {
    const chain = this.#table.section.chains.names.numberOf(name);
    return chain < 0 ? undefined : this.at(chain);
  }

  has(name: string): boolean {
    return this.#table.section.chains.names.numberOf(name) >= 0;
  }

  forEach(callback: (chain: Chain, name: string, all: ReadonlyMap<string, Chain>) => void): void {
    for (const chain of this.values()) callback(chain, chain.name, this);
  }

  *keys(): MapIterator<string> {
    const { names } = this.#table.section.chains;
    for (let chain = 0; chain < this.size; chain++) yield names.nameOf(chain);
  }

  *values(): MapIterator<Chain> {
    for (let chain = 0; chain < this.size; chain++) yield this.at(chain);
  }

  *entries(): MapIterator<[string, Chain]> {
    for (const chain of this.values()) yield [chain.name, chain];
  }

  [Symbol.iterator](): MapIterator<[string, Chain]> {
    return this.entries();
  }
}

class CompactChain implements Chain {
  readonly #table: CompactTable;
  readonly #number: number;
  #rules: readonly Rule[] | null = null;
  #name: string | null = null;

  constructor(table: CompactTable, number: number) {
    this.#table = table;
    this.#number = number;
  }

  get name(): string {
    return (this.#name ??= this.#table.section.chains.names.nameOf(this.#number));
  }

  get table(): string {
    return this.#table.name;
  }

  get declaration(): ChainDeclaration | null {
    const { section, nodes } = this.#table;
    const line = section.chains.declared[this.#number] ?? -1;
    return line < 0 ? null : nodes.declaration(line);
  }

  get rules(): readonly Rule[] {
    if (this.#rules === null) {
      const { section, nodes } = this.#table;
      this.#rules = nodes.rulesFrom(section.chains.first[this.#number] ?? -1);
    }
    return this.#rules;
  }

  /** One of `rules`, for which the others are not made. */
  ruleAt(index: number): Rule | undefined {
    const { section, nodes } = this.#table;
    if (this.#rules !== null) return this.#rules[index];
    return nodes.ruleFrom(section.chains.first[this.#number] ?? -1, index);
  }

  /** The same one, where it is known that it ends at `end`. */
  ruleEndingAt(index: number, end: number): Rule | undefined {
    return this.#rules === null ? this.#table.nodes.ruleEndingAt(end, index) : this.#rules[index];
  }

  /** As `rules`, of which none is kept. */
  passing(): Iterable<Rule> {
    const { section, nodes } = this.#table;
    return this.#rules ?? nodes.passing(section.chains.first[this.#number] ?? -1);
  }

  /** Where each rule stands. */
  *places(): IterableIterator<Span> {
    const { section, nodes } = this.#table;
    const { lines } = nodes;
    for (let at = section.chains.first[this.#number] ?? -1; at >= 0; at = lines.nextOf(at))
      yield { start: lines.startOf(at), end: lines.endOf(at) };
  }

  /** The rules as text. */
  get texts(): readonly string[] {
    const { section, nodes } = this.#table;
    const { lines, text } = nodes;
    const texts: string[] = [];
    for (let at = section.chains.first[this.#number] ?? -1; at >= 0; at = lines.nextOf(at))
      texts.push(text.slice(lines.startOf(at), lines.endOf(at)));
    return texts;
  }

  get number(): number {
    return this.#number;
  }

  get count(): number {
    return this.#table.section.chains.count[this.#number] ?? 0;
  }

  /** All rules as one text; null where others stand between them. */
  get block(): string | null {
    const { section, nodes } = this.#table;
    const { lines, text } = nodes;
    const first = section.chains.first[this.#number] ?? -1;
    if (first < 0) return '';
    let last = first;
    for (let next = lines.nextOf(last); next >= 0; next = lines.nextOf(last)) {
      if (next !== last + 1) return null;
      last = next;
    }
    return text.slice(lines.startOf(first), lines.endOf(last));
  }

  get declared(): string | null {
    const { section, nodes } = this.#table;
    const line = section.chains.declared[this.#number] ?? -1;
    return line < 0 ? null : nodes.text.slice(nodes.lines.startOf(line), nodes.lines.endOf(line));
  }
}

/** The line of each rule of a chain of `ruleset`; no node is made of one where lines are all that there is. */
export function textsOf({ text }: Pick<Ruleset, 'text'>, chain: Chain): readonly string[] {
  return chain instanceof CompactChain
    ? chain.texts
    : chain.rules.map(({ start, end }) => text.slice(start, end));
}

/** The lines of `textsOf` as one text. */
export function blockOf(ruleset: Pick<Ruleset, 'text'>, chain: Chain): string {
  return (chain instanceof CompactChain ? chain.block : null) ?? textsOf(ruleset, chain).join('\n');
}

/** As `chain.rules`, each made for whoever looks at it and not kept: read one by one, the rules of a large text take no memory. */
export function passingRules(chain: Chain): Iterable<Rule> {
  return chain instanceof CompactChain ? chain.passing() : chain.rules;
}

/** One rule of a chain; of a chain of many no other is made for it. */
export function ruleOf(chain: Chain, index: number): Rule | undefined {
  return chain instanceof CompactChain ? chain.ruleAt(index) : chain.rules[index];
}

/** As `ruleOf`, of a rule of which it is known that it ends at `end`: of a chain of many none is passed to get there. */
export function ruleEndingAt(chain: Chain, index: number, end: number): Rule | undefined {
  return chain instanceof CompactChain ? chain.ruleEndingAt(index, end) : chain.rules[index];
}

/** Where each rule of a chain stands; no node is made of one. */
export function placesOf(chain: Chain): Iterable<Span> {
  return chain instanceof CompactChain ? chain.places() : chain.rules;
}

/** HOT PATH. Whether two chains, each of a text of its own, have the same lines in the same order; false where one look does not tell. */
export function haveSameLines(one: Chain, other: Chain): boolean {
  if (!(one instanceof CompactChain && other instanceof CompactChain) || one.count !== other.count)
    return false;
  const { block } = one;
  return block !== null && block === other.block;
}

/** The line that declares a chain of `ruleset`; null where none does. No node is made where lines are all that there is. */
export function declaredTextOf({ text }: Pick<Ruleset, 'text'>, chain: Chain): string | null {
  if (chain instanceof CompactChain) return chain.declared;
  return chain.declaration === null ? null : text.slice(chain.declaration.start, chain.declaration.end);
}

/** The number that a chain's table has for it; -1 where chains have none. */
export function numberOf(chain: Chain): number {
  return chain instanceof CompactChain ? chain.number : -1;
}

/** How many rules a chain has, as `rules.length`. */
export function countOf(chain: Chain): number {
  return chain instanceof CompactChain ? chain.count : chain.rules.length;
}
