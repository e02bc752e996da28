/** Gathers the lines of a file into tables and chains. */
import type { Chain, ChainDeclaration, Commit, Generator, Statement, Table, TableStart } from '../nodes.ts';
import type { SyntaxProblem, SyntaxProblemCode } from '../problems.ts';
import { familyOfTable } from './family.ts';
import type { RuleNode } from './ruleNode.ts';

class ChainBuilder implements Chain {
  readonly name: string;
  readonly table: string;
  declaration: ChainDeclaration | null = null;
  readonly rules: RuleNode[] = [];

  constructor(name: string, table: string) {
    this.name = name;
    this.table = table;
  }
}

class TableBuilder implements Table {
  readonly name: string;
  readonly start: TableStart | null;
  readonly generator: Generator | null;
  readonly chains = new Map<string, ChainBuilder>();
  commit: Commit | null = null;
  span: { start: number; end: number };
  #family: 4 | 6 | null | undefined;

  constructor(
    name: string,
    start: TableStart | null,
    generator: Generator | null,
    span: { start: number; end: number },
  ) {
    this.name = name;
    this.start = start;
    this.generator = generator;
    this.span = { start: span.start, end: span.end };
  }

  get family(): 4 | 6 | null {
    if (this.#family === undefined) this.#family = familyOfTable(this);
    return this.#family;
  }
}

export class RulesetBuilder {
  readonly statements: Statement[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly tables: TableBuilder[] = [];
  #table: TableBuilder | null = null;
  #chain: ChainBuilder | null = null;
  #generator: Generator | null = null;

  get table(): TableBuilder | null {
    return this.#table;
  }

  report(code: SyntaxProblemCode, start: number, end: number, detail: string): void {
    this.problems.push({ code, start, end, detail });
  }

  generatedBy(generator: Generator): void {
    this.#generator = generator;
  }

  startTable(name: string, start: TableStart | null, span: { start: number; end: number }): void {
    this.endTable();
    this.#table = new TableBuilder(name, start, this.#generator, span);
    this.tables.push(this.#table);
  }

  commit(commit: Commit): void {
    const table = this.#table;
    if (table === null) return this.report('outside-table', commit.start, commit.end, 'COMMIT');
    table.commit = commit;
    table.span.end = commit.end;
    this.endTable();
  }

  /** Ends the table that is open; one that begins with `*name` should have been committed. */
  endTable(): void {
    const start = this.#table?.start;
    if (start !== null && start !== undefined && this.#table?.commit === null) {
      this.report('missing-commit', start.start, start.end, start.name.text);
    }
    this.#table = null;
    this.#chain = null;
  }

  declare(declaration: ChainDeclaration): void {
    const chain = this.#find(declaration.name.text, declaration);
    if (chain !== null) chain.declaration ??= declaration;
  }

  /** Whether `name` begins at `at` of the text, so that its chain need not be looked up again. */
  get lastChain(): string | null {
    return this.#chain?.name ?? null;
  }

  append(rule: RuleNode, name: string): void {
    const chain = this.#find(name, rule);
    if (chain === null) return;
    rule.index = chain.rules.length;
    chain.rules.push(rule);
  }

  /** Puts `rule` before the one with the number `position`, counted from 1 as in `-I chain 1`. */
  insert(rule: RuleNode, name: string, position: number): void {
    const rules = this.#find(name, rule)?.rules;
    if (rules === undefined) return;
    rules.splice(Math.max(0, Math.min(position - 1, rules.length)), 0, rule);
    for (const [index, other] of rules.entries()) other.index = index;
  }

  #find(name: string, line: { start: number; end: number }): ChainBuilder | null {
    const table = this.#table;
    if (table === null) {
      this.report('outside-table', line.start, line.end, name);
      return null;
    }
    table.span.end = line.end;
    if (this.#chain?.name === name) return this.#chain;
    let chain = table.chains.get(name);
    if (chain === undefined) {
      chain = new ChainBuilder(name, table.name);
      table.chains.set(name, chain);
    }
    this.#chain = chain;
    return chain;
  }
}
