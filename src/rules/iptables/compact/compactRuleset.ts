import { bytesOf } from '../../../text/bytes.ts';
import { Kept } from '../../../text/kept.ts';
import type { Span } from '../../../text/span.ts';
import type { Ruleset, Statement, TableTurn } from '../nodes.ts';
import { allProblems } from '../parsing/allProblems.ts';
import type { SyntaxProblem } from '../problems.ts';
import { CompactNodes } from './compactNodes.ts';
import type { LineEdit } from './compactEdit.ts';
import type { CompactLines } from './compactReader.ts';
import { CompactTable } from './compactTable.ts';

/** What is kept of every line. */
export interface KeptByLine {
  /** The same of `ruleset`, which `edit` made of the one that this is of. */
  edited(ruleset: CompactRuleset, edit: LineEdit): KeptByLine;
}

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
  readonly #byLine = new Map<object, KeptByLine>();
  #bytes: Uint8Array | null;
  #statements: readonly Statement[] | null = null;
  #problems: readonly SyntaxProblem[] | null = null;

  /** `bytes`: `bytesOf` the text, where somebody has them. */
  constructor(source: CompactLines, bytes: Uint8Array | null = null) {
    this.#bytes = bytes;
    this.text = source.text;
    this.source = source;
    this.nodes = new CompactNodes(source);
    this.tables = source.sections.map((section) => new CompactTable(section, this.nodes));
    this.turns = this.tables.map((table) => ({ start: table.span.start, table }));
    this.lineProblems = source.problems;
  }

  /** The dump after an edit, with what is kept of the lines of this one. */
  edited(source: CompactLines, edit: LineEdit): CompactRuleset {
    const ruleset = new CompactRuleset(source);
    for (const [owner, kept] of this.#byLine) ruleset.#byLine.set(owner, kept.edited(ruleset, edit));
    return ruleset;
  }

  /** The same rules with nothing of what is kept of them: for who holds on to them longer than to their version of the text. */
  apart(): CompactRuleset {
    return new CompactRuleset(this.source);
  }

  /** What is kept of its lines by the name `owner`, which an edit takes along; made where there is none. */
  byLine<Value extends KeptByLine>(owner: new (...given: never) => Value, make: () => Value): Value {
    const known = this.#byLine.get(owner);
    if (known instanceof owner) return known;
    const made = make();
    this.#byLine.set(owner, made);
    return made;
  }

  /** Whether something is kept by that name. */
  hasByLine(owner: new (...given: never) => KeptByLine): boolean {
    return this.#byLine.has(owner);
  }

  /** `bytesOf` the text, which are not kept: whoever goes over all of it once takes them. */
  takeBytes(): Uint8Array {
    const bytes = this.#bytes ?? bytesOf(this.text);
    this.#bytes = null;
    return bytes;
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

  /** Those of more characters than `length`. */
  longerThan(length: number): readonly Statement[] {
    const { lines } = this.source;
    const found: Statement[] = [];
    for (let line = 0; line < lines.length; line++) {
      if (lines.endOf(line) - lines.startOf(line) > length) found.push(this.nodes.statement(line));
    }
    return found;
  }

  lastLine(): Statement {
    return this.nodes.statement(this.source.lines.length - 1);
  }

  get problems(): readonly SyntaxProblem[] {
    this.#problems ??= allProblems(this);
    return this.#problems;
  }
}
