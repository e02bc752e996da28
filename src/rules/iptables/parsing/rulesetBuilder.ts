/** Gathers the lines of a file into tables and chains, in the order in which the kernel will hold them. */
import type { ChainDeclaration, Commit, Generator, Statement, TableStart, TableTurn } from '../nodes.ts';
import type { SyntaxProblem, SyntaxProblemCode } from '../problems.ts';
import type { Span } from '../../../text/span.ts';
import type { Family } from '../../../values/address.ts';
import { printConditions } from '../printer.ts';
import type { RuleNode } from './ruleNode.ts';
import { type ChainBuilder, TableBuilder } from './tableBuilder.ts';

/** The kernel makes these itself. */
const HOOKS: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

export class RulesetBuilder {
  readonly statements: Statement[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly tables: TableBuilder[] = [];
  readonly turns: TableTurn[] = [];
  #table: TableBuilder | null = null;
  #chain: ChainBuilder | null = null;
  #generator: Generator | null = null;
  /** Null until a line tells: `iptables-save` has `*table` lines, `iptables -S` has none. */
  #format: 'save' | 'commands' | null = null;

  /** Whether lines say their table themselves. */
  #isSelected = false;

  get format(): 'save' | 'commands' | null {
    return this.#format;
  }

  /** The family of what iptables-save wrote last; null where nothing tells. */
  get family(): Family | null {
    if (this.#generator === null) return null;
    return this.#generator.program.startsWith('ip6') ? 6 : 4;
  }

  /** The chain of the line before, which is most often that of this line too. */
  get lastChain(): string | null {
    return this.#chain?.name ?? null;
  }

  report(code: SyntaxProblemCode, span: Span, detail: string): void {
    this.problems.push({ code, start: span.start, end: span.end, detail });
  }

  generatedBy(generator: Generator): void {
    this.#generator = generator;
  }

  startTable(start: TableStart): void {
    this.#becomeSave();
    this.endTable();
    this.#open(start.name.text, start, start);
  }

  /** A comment that names the table and the family of the commands to come; null where it leaves that open. */
  startCommands(name: string | null, line: Span, family: Family | null = null): void {
    if (this.#format === 'save') return;
    this.#format = 'commands';
    this.#open(name, null, line, family);
  }

  /** The table that the command of this line names: the one that earlier commands built up, if any did. */
  selectTable(name: string, family: Family | null, line: Span): void {
    if (this.#format === 'save') return;
    this.#format = 'commands';
    this.#isSelected = true;
    const known = this.tables.findLast((table) => table.isFor(name, family));
    if (known === undefined) return this.#open(name, null, line, family);
    if (this.#table === known) return;
    this.#chain = null;
    this.#table = known;
    this.turns.push({ start: line.start, table: known });
  }

  commit(commit: Commit): void {
    this.#becomeSave();
    const table = this.#table;
    if (table === null) return this.report('outside-table', commit, 'COMMIT');
    table.commit = commit;
    table.span.end = commit.end;
    this.endTable();
  }

  /** Nothing comes any more. */
  finish(): void {
    this.endTable();
    const filled = this.tables.filter((table) => table.start !== null || table.chains.size > 0);
    if (filled.length < this.tables.length) this.tables.splice(0, this.tables.length, ...filled);
    for (const table of this.tables) for (const chain of table.chains.values()) chain.renumber();
  }

  /** Ends the table that is open; one that begins with `*name` should have been committed. */
  endTable(): void {
    const start = this.#table?.start ?? null;
    if (start !== null && this.#table?.commit === null) this.report('missing-commit', start, start.name.text);
    this.#table = null;
    this.#chain = null;
  }

  /** `:INPUT ACCEPT [0:0]` or `-N NAME`. */
  declare(declaration: ChainDeclaration): void {
    const chain = this.#find(declaration.name.text, declaration);
    if (chain !== null) chain.declaration ??= declaration;
  }

  /** `-P INPUT DROP`: the last one counts. In `-S` output the second of a chain begins the next table. */
  setPolicy(declaration: ChainDeclaration): void {
    const name = declaration.name.text;
    const table = this.#table;
    if (this.#format === 'commands' && table !== null && !this.#isSelected && table.startsAnew(name))
      this.#open(null, null, declaration);
    const chain = this.#find(name, declaration);
    if (chain !== null) chain.declaration = declaration;
  }

  append(rule: RuleNode, name: string): void {
    const chain = this.#find(name, rule);
    if (chain === null) return;
    rule.index = chain.rules.length;
    chain.rules.push(rule);
  }

  /** Puts `rule` before the one with the number `position`, counted from 1 as in `-I chain 1`. */
  insert(rule: RuleNode, name: string, position: number): void {
    const chain = this.#find(name, rule);
    if (chain === null) return;
    if (position < 1 || position > chain.rules.length + 1) this.#reportPlace(rule, name, position);
    chain.splice(position - 1, 0, rule);
  }

  /** `-R chain 3 …` */
  replace(rule: RuleNode, name: string, position: number): void {
    const chain = this.#find(name, rule);
    if (chain === null) return;
    if (position < 1 || position > chain.rules.length) this.#reportPlace(rule, name, position);
    chain.splice(position - 1, 1, rule);
  }

  /** `-D chain 3`, or (where `position` is null) the first rule that says the same as `rule`. */
  remove(rule: RuleNode, name: string, position: number | null): void {
    const chain = this.#find(name, rule);
    if (chain === null) return;
    // Its own words are read, too.
    this.#table?.removed.push(rule);
    const wanted = printConditions(rule);
    const index =
      position === null ? chain.rules.findIndex((other) => printConditions(other) === wanted) : position - 1;
    if (index >= 0 && index < chain.rules.length) chain.splice(index, 1);
    else if (position !== null) this.#reportPlace(rule, name, position);
    // Among other rules one may say the same in other words.
    else if (chain.rules.length === 0) this.report('cannot-edit', rule, `${name} has no rule by then`);
  }

  /** `-F [chain]`, `-X [chain]`, `-E old new`; `-Z`, `-L` and anything else changes no rule. */
  edit(verb: string, names: readonly string[], line: Span): void {
    const table = this.#table;
    if (table === null) return this.report('outside-table', line, verb);
    table.span.end = line.end;
    const [name] = names;
    const chain = name === undefined ? undefined : table.chains.get(name);
    if (name !== undefined && table.start !== null && chain === undefined && !HOOKS.has(name))
      this.report('cannot-edit', line, `table ${table.name} has no chain ${name} by then`);
    const [, other] = names;
    if (verb === '-E' && other !== undefined && (HOOKS.has(other) || table.chains.has(other)))
      this.report('cannot-edit', line, `there is a chain ${other} already`);
    else if (verb === '-E' && chain !== undefined && this.#generator?.backend === 'nf_tables')
      this.report('cannot-edit', line, `iptables-nft does not rename a chain that the same file declares`);
    if (verb === '-X' && chain !== undefined && chain.rules.length > 0)
      this.report('cannot-edit', line, `${chain.name} still has rules`);
    table.edit(verb, names);
    this.#chain = null;
  }

  #reportPlace(line: Span, chain: string, position: number): void {
    const why = position === 0 ? 'places are counted from 1' : `${chain} has no place ${position} by then`;
    this.report('cannot-edit', line, why);
  }

  #open(name: string | null, start: TableStart | null, line: Span, family: Family | null = null): void {
    this.#table = new TableBuilder(name, start, this.#generator, line, family);
    this.#chain = null;
    this.tables.push(this.#table);
    this.turns.push({ start: line.start, table: this.#table });
  }

  /** What came before the first `*table` line stands in no table after all. */
  #becomeSave(): void {
    if (this.#format === 'save') return;
    if (this.#format === 'commands') {
      this.tables.length = 0;
      this.turns.length = 0;
      this.#table = null;
      for (const line of this.statements) {
        if (line.kind === 'rule') this.report('outside-table', line, line.chain.text);
        if (line.kind === 'chain') this.report('outside-table', line, line.name.text);
      }
    }
    this.#format = 'save';
  }

  #find(name: string, line: Span & { readonly kind: string }): ChainBuilder | null {
    if (this.#table === null && this.#format === null) {
      this.#format = 'commands';
      this.#open(null, null, line);
    }
    const table = this.#table;
    if (table === null) {
      this.report('outside-table', line, name);
      return null;
    }
    table.span.end = line.end;
    if (this.#chain?.name !== name) this.#chain = table.chain(name);
    return this.#chain;
  }
}
