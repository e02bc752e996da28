import { Kept } from '../../../text/kept.ts';
import type { Span } from '../../../text/span.ts';
import type { Ruleset, Statement, TableTurn } from '../nodes.ts';
import { allProblems } from '../parsing/allProblems.ts';
import type { SyntaxProblem } from '../problems.ts';
import { CompactNodes } from './compactNodes.ts';
import type { CompactLines } from './compactReader.ts';
import { CompactTable } from './compactTable.ts';

/** A dump as iptables-save writes it, over flat lists. */
export class CompactRuleset implements Ruleset {
  readonly text: string;
  readonly paste = null;
  readonly listing = null;
  readonly format = 'save';
  readonly tables: readonly CompactTable[];
  readonly turns: readonly TableTurn[];
  readonly lineProblems: readonly SyntaxProblem[];
  readonly kept: Kept<Ruleset> = new Kept<Ruleset>(this);
  readonly source: CompactLines;
  readonly nodes: CompactNodes;
  #statements: readonly Statement[] | null = null;
  #problems: readonly SyntaxProblem[] | null = null;

  constructor(source: CompactLines) {
    this.text = source.text;
    this.source = source;
    this.nodes = new CompactNodes(source);
    this.tables = source.sections.map((section) => new CompactTable(section, this.nodes));
    this.turns = this.tables.map((table) => ({ start: table.span.start, table }));
    this.lineProblems = source.problems;
  }

  get statements(): readonly Statement[] {
    this.#statements ??= Array.from({ length: this.source.lines.length }, (_, line) =>
      this.nodes.statement(line),
    );
    return this.#statements;
  }

  /** The one that begins last at or before `offset`; null before the first. */
  statementAt(offset: number): Statement | null {
    const line = this.source.lines.lineAt(offset);
    return line < 0 ? null : this.nodes.statement(line);
  }

  /** Those that touch the offsets from `start` to `end`, in order. */
  statementsIn({ start, end }: Span): readonly Statement[] {
    const { lines } = this.source;
    const first = Math.max(0, lines.lineAt(start));
    const count = Math.max(0, lines.lineAt(end) + 1 - first);
    return Array.from({ length: count }, (_, index) => this.nodes.statement(first + index));
  }

  /** In which words may be longer than iptables takes them. */
  longLines(): readonly Statement[] {
    return this.source.long.map((line) => this.nodes.statement(line));
  }

  lastLine(): Statement {
    return this.nodes.statement(this.source.lines.length - 1);
  }

  get problems(): readonly SyntaxProblem[] {
    this.#problems ??= allProblems(this);
    return this.#problems;
  }
}
