/**
 * What the checks made of each line of a dump, which an edit takes along: a rule that is right stays so as long as the chain to which
 * it jumps is declared above it. Every other rule is looked at again, so that what is told of it fits the text.
 */
import type { LineEdit } from '../../../rules/iptables/compact/compactEdit.ts';
import type { CompactRuleset, KeptByLine } from '../../../rules/iptables/compact/compactRuleset.ts';
import type { CompactTable } from '../../../rules/iptables/compact/compactTable.ts';
import { splicedNumbers } from '../../../rules/iptables/compact/splicedNumbers.ts';
import { SectionChains } from '../sectionChains.ts';
import { chainsLikeTargets } from '../tableRules.ts';
import type { TableScope } from '../tableScope.ts';
import { LearnedShapes } from './learnedShapes.ts';

const NONE = -1;

/** Two numbers of each line. */
interface Columns {
  /** Of the shape of a rule that is right; -1 of any other line. */
  readonly shapes: Int32Array;
  /** That the flat lists have for the chain to which a rule jumps; -1 where it jumps to none. */
  readonly jumps: Int32Array;
}

export class LineVerdicts implements KeptByLine {
  readonly #ruleset: CompactRuleset;
  readonly #columns: Columns;
  /** By table. */
  readonly #tables: (TableVerdicts | null)[];

  constructor(ruleset: CompactRuleset, columns?: Columns, tables?: (TableVerdicts | null)[]) {
    const { length } = ruleset.source.lines;
    this.#ruleset = ruleset;
    this.#columns = columns ?? {
      shapes: new Int32Array(length).fill(NONE),
      jumps: new Int32Array(length).fill(NONE),
    };
    this.#tables = tables ?? ruleset.tables.map(() => null);
  }

  /** What is known of a table's lines as `scope` has it; nothing, where that differs from what was known of it before. */
  of(table: CompactTable, scope: TableScope): TableVerdicts {
    const index = this.#ruleset.tables.indexOf(table);
    const context = contextOf(table, scope);
    const known = this.#tables[index];
    if (known != null && known.context === context) return known;
    const { start, end } = table.section;
    this.#columns.shapes.fill(NONE, start, end + 1);
    const learned = new LearnedShapes(scope.family);
    const made = new TableVerdicts(this.#columns, table, context, learned, scope.builtIn);
    this.#tables[index] = context === null ? null : made;
    return made;
  }

  edited(ruleset: CompactRuleset, edit: LineEdit): LineVerdicts {
    const { length } = ruleset.source.lines;
    const columns = {
      shapes: splicedNumbers(this.#columns.shapes, length, edit, false),
      jumps: splicedNumbers(this.#columns.jumps, length, edit, true),
    };
    for (const [index, table] of ruleset.tables.entries()) {
      const numbers = edit.numbers[index] ?? null;
      if (numbers !== null) renumber(columns, table, numbers);
    }
    const tables = ruleset.tables.map((table, index) => this.#tables[index]?.edited(columns, table) ?? null);
    return new LineVerdicts(ruleset, columns, tables);
  }
}

/** Of the lines of one table. */
export class TableVerdicts {
  readonly context: string | null;
  readonly learned: LearnedShapes;
  readonly #columns: Columns;
  readonly #table: CompactTable;
  readonly #builtIn: ReadonlySet<string>;
  #chains: SectionChains | null = null;
  /** Whether what was declared above a line of a right rule still is. */
  #isSame = false;
  /** Whether a check told all, and nothing of how hooks bind rules. */
  #isDone = false;
  /** By the number of each chain the built-in chains that lead to it; null where that is to be found out, and told. */
  origins: Uint8Array | null = null;
  /** Whether nothing of its rules is known. */
  isNew = true;

  constructor(
    columns: Columns,
    table: CompactTable,
    context: string | null,
    learned: LearnedShapes,
    builtIn: ReadonlySet<string>,
  ) {
    this.#columns = columns;
    this.#table = table;
    this.context = context;
    this.learned = learned;
    this.#builtIn = builtIn;
  }

  get chains(): SectionChains {
    return (this.#chains ??= new SectionChains(this.#table, this.#builtIn));
  }

  /** A check begins, which may be given up. Gives whether the one before told all. */
  begin(): boolean {
    const isDone = this.#isDone;
    this.#isDone = false;
    return isDone;
  }

  /** The check told all; `isDone`: and no rule that the hooks do not allow, which has to be told again. */
  end(isDone: boolean): void {
    this.#isDone = isDone;
    this.#isSame = true;
    this.isNew = false;
  }

  isRight(line: number): boolean {
    if ((this.#columns.shapes[line] ?? NONE) < 0) return false;
    const jump = this.#columns.jumps[line] ?? NONE;
    if (jump < 0 || this.#isSame) return true;
    const declared = this.#table.section.chains.declared[jump] ?? NONE;
    return declared >= 0 && declared < line;
  }

  /** The number of the shape of a rule that is right; -1 of any other. */
  shapeOf(line: number): number {
    return this.#columns.shapes[line] ?? NONE;
  }

  /** The number that the flat lists have for the chain to which a rule jumps; -1 where it jumps to none. */
  jumpOf(line: number): number {
    return this.#columns.jumps[line] ?? NONE;
  }

  /** `shape` is -1 for a rule that is not right. */
  put(line: number, shape: number, jump: number): void {
    this.#columns.shapes[line] = shape;
    if (this.#columns.jumps[line] === jump) return;
    this.#columns.jumps[line] = jump;
    this.origins = null;
  }

  /** The same for the lines of `table`, which is the one of these after an edit. */
  edited(columns: Columns, table: CompactTable): TableVerdicts {
    const made = new TableVerdicts(columns, table, this.context, this.learned, this.#builtIn);
    made.isNew = this.isNew;
    if (table.section !== this.#table.section) return made;
    made.#chains = this.#chains;
    made.#isSame = this.#isSame;
    made.#isDone = this.#isDone;
    made.origins = this.origins;
    return made;
  }
}

/** Null where what is right of a rule hangs on more than that. */
function contextOf(
  table: CompactTable,
  { family, backend, complete, builtIn, part }: TableScope,
): string | null {
  if (part !== null || builtIn.size === 0) return null;
  const { names } = table.section.chains;
  const alike = chainsLikeTargets(names).map((chain) => names.nameOf(chain));
  return JSON.stringify([table.name, family, backend, complete, alike]);
}

/** Gives chains their new numbers; a rule that jumps to one that is gone is to be looked at. */
function renumber({ shapes, jumps }: Columns, { section }: CompactTable, numbers: Int32Array): void {
  for (let line = section.start; line <= section.end; line++) {
    const jump = jumps[line] ?? NONE;
    if (jump < 0) continue;
    const now = numbers[jump] ?? NONE;
    jumps[line] = now;
    if (now < 0) shapes[line] = NONE;
  }
}
