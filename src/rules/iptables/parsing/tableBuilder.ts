import type { Chain, ChainDeclaration, Commit, Generator, Table, TableStart } from '../nodes.ts';
import type { Span } from '../../../text/span.ts';
import type { Family } from '../../../values/address.ts';
import { familyOfTable } from './family.ts';
import type { RuleNode } from './ruleNode.ts';
import { append } from '../../../text/lists.ts';
import { guessTable } from './tableName.ts';

/** A chain while its table is read, and after. */
export class ChainBuilder implements Chain {
  readonly name: string;
  readonly rules: RuleNode[] = [];
  declaration: ChainDeclaration | null = null;
  readonly #table: TableBuilder;
  #isMixed = false;

  constructor(name: string, table: TableBuilder) {
    this.name = name;
    this.#table = table;
  }

  get table(): string {
    return this.#table.name;
  }

  /** As Array.splice, a place beyond the ends being the end; `renumber` before anybody asks for an index. */
  splice(index: number, count: number, ...added: readonly RuleNode[]): void {
    const place = Math.max(0, Math.min(index, this.rules.length));
    append(this.#table.removed, this.rules.splice(place, count, ...added));
    this.#isMixed = true;
  }

  /** Tells every rule its index, once for all insertions and deletions. */
  renumber(): void {
    if (!this.#isMixed) return;
    for (const [place, rule] of this.rules.entries()) rule.index = place;
    this.#isMixed = false;
  }
}

/** A table while it is read, and after. */
export class TableBuilder implements Table {
  readonly start: TableStart | null;
  readonly generator: Generator | null;
  readonly chains = new Map<string, ChainBuilder>();
  readonly removed: RuleNode[] = [];
  readonly span: { start: number; end: number };
  commit: Commit | null = null;
  readonly #name: string | null;
  readonly #said: Family | null;
  #family: 4 | 6 | null | undefined;

  /** `name` and `family` are null where only the lines of the table can tell. */
  constructor(
    name: string | null,
    start: TableStart | null,
    generator: Generator | null,
    line: Span,
    family: Family | null = null,
  ) {
    this.#name = name;
    this.#said = family;
    if (family !== null) this.#family = family;
    this.start = start;
    this.generator = generator;
    this.span = { start: line.start, end: line.end };
  }

  /** Whether commands for this table and family go here. */
  isFor(name: string, family: Family | null): boolean {
    return this.#name === name && (family === null || this.#said === family);
  }

  get name(): string {
    return this.#name ?? guessTable(this.chains);
  }

  get family(): 4 | 6 | null {
    if (this.#family === undefined) this.#family = familyOfTable(this);
    return this.#family;
  }

  /** The chain of this name, made where there is none. */
  chain(name: string): ChainBuilder {
    let chain = this.chains.get(name);
    if (chain === undefined) {
      chain = new ChainBuilder(name, this);
      this.chains.set(name, chain);
    }
    return chain;
  }

  /**
   * Whether a policy for `name` is the first line of another table's `-S` output: policies come before all else there,
   * and each chain has one.
   */
  startsAnew(name: string): boolean {
    const chain = this.chains.get(name);
    if (chain !== undefined) return chain.declaration !== null;
    return [...this.chains.values()].some(
      (other) => other.rules.length > 0 || other.declaration?.policy === null,
    );
  }

  /** `-F [chain]`, `-X [chain]`, `-E old new`. */
  edit(verb: string, names: readonly string[]): void {
    const [name, other] = names;
    if (verb === '-F') {
      for (const { rules } of this.#chosen(name)) append(this.removed, rules.splice(0));
    } else if (verb === '-X') {
      for (const chain of this.#chosen(name)) {
        if (name !== undefined || (chain.rules.length === 0 && chain.declaration?.policy === null)) {
          this.chains.delete(chain.name);
        }
      }
    } else if (verb === '-E' && name !== undefined && other !== undefined) this.#rename(name, other);
  }

  #chosen(name: string | undefined): readonly ChainBuilder[] {
    if (name === undefined) return [...this.chains.values()];
    const chain = this.chains.get(name);
    return chain === undefined ? [] : [chain];
  }

  #rename(name: string, other: string): void {
    const chain = this.chains.get(name);
    if (chain === undefined || this.chains.has(other)) return;
    const renamed = this.chain(other);
    renamed.declaration = chain.declaration;
    chain.renumber();
    for (const rule of chain.rules) renamed.rules.push(rule);
    this.chains.delete(name);
  }
}
