/** A dump after an edit, from its flat lists before: only the lines that were changed are read. */
import type { Replacement } from '../../../text/offsetMap.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { ChainNames } from './chainNames.ts';
import { type CompactLines, isSave, readPiece, type Section, sectionOf } from './compactReader.ts';
import { LineKind, type LinePiece, type LineTable } from './lineTable.ts';

/** So many lines, from `first` on, became as many others. */
interface ChangedLines {
  readonly first: number;
  readonly removed: number;
  readonly added: number;
}

/** What an edit did to the lines of a dump, for those who keep something of each line. */
export interface LineEdit {
  /** In order, by the lines of before. */
  readonly changed: readonly ChangedLines[];
  /** By section: the number that each chain has now, by that of before, -1 where it is gone; null where no number changed. */
  readonly numbers: readonly (Int32Array | null)[];
}

export interface EditedLines {
  readonly lines: CompactLines;
  readonly edit: LineEdit;
}

/**
 * The lines of `text`, which is that of `before` with `changes` carried out. Null where the edit touches more than lines within
 * tables (the line of a table, COMMIT, what stands between tables) or writes something that the flat lists do not hold.
 */
export function editCompact(
  before: CompactLines,
  text: string,
  changes: readonly Replacement[],
): EditedLines | null {
  // Where a table is not ended it is not known how far it goes.
  if (before.problems.some(({ code }) => code !== 'bad-line')) return null;
  const stretches = stretchesOf(before, text, changes);
  return stretches === null ? null : new Splice(before, text, stretches).make();
}

/** Whole lines of a section that changed. */
interface Stretch {
  readonly section: number;
  readonly first: number;
  readonly last: number;
  /** Of the new lines, in the text as it is now. */
  readonly start: number;
  readonly end: number;
}

function stretchesOf(
  { lines, sections }: CompactLines,
  text: string,
  changes: readonly Replacement[],
): readonly Stretch[] | null {
  const found: Stretch[] = [];
  let shift = 0;
  for (const { start, end, newText } of changes) {
    const [first, last] = [lines.lineAt(start), lines.lineAt(end)];
    const open = found.at(-1);
    const isSame = open !== undefined && first <= open.last;
    const begin = isSame ? open.start : lines.startOf(first) + shift;
    shift += newText.length - (end - start);
    const section = sections.findLastIndex((each) => each.start < first);
    if (last >= (sections[section]?.commit ?? -1)) return null;
    if (isSame) found.pop();
    // With the line ending, which the line of COMMIT behind makes sure of.
    const behind = lines.startOf(last + 1) + shift;
    found.push({ section, first: isSame ? open.first : first, last, start: begin, end: behind });
  }
  return found.every(({ end }) => end <= text.length) ? found : null;
}

class Splice {
  readonly #before: CompactLines;
  readonly #text: string;
  readonly #stretches: readonly Stretch[];
  /** By section, where it has new ones. */
  readonly #names = new Map<number, ChainNames>();

  constructor(before: CompactLines, text: string, stretches: readonly Stretch[]) {
    this.#before = before;
    this.#text = text;
    this.#stretches = stretches;
  }

  make(): EditedLines | null {
    const problems: SyntaxProblem[] = [];
    const pieces: LinePiece[] = [];
    for (const { section, first, last, start, end } of this.#stretches) {
      const read = readPiece(this.#text.slice(start, end));
      if (read === null) return null;
      for (const each of read.problems)
        problems.push({ ...each, start: each.start + start, end: each.end + start });
      const numbers = this.#numbersOf(section, read.names);
      pieces.push({ first, removed: last - first + 1, lines: read.lines, numbers, start });
    }
    const lines = this.#before.lines.spliced(pieces);
    const changed = pieces.map(({ first, removed, lines: { length } }) => ({
      first,
      removed,
      added: length,
    }));
    const all = [...this.#problemsLeft(lines, changed), ...problems].sort((a, b) => a.start - b.start);
    const { sections, numbers } = this.#sections(lines, changed, this.#touched(pieces));
    if (!isSave(sections, all.length)) return null;
    return { lines: { text: this.#text, lines, sections, problems: all }, edit: { changed, numbers } };
  }

  #namesOf(section: number): ChainNames {
    const names = this.#names.get(section) ?? this.#before.sections[section]?.chains.names;
    if (names === undefined) throw new RangeError(`no section ${section}`);
    return names;
  }

  #numbersOf(section: number, read: ChainNames): Int32Array {
    let names = this.#namesOf(section);
    if (!names.hasAll(read)) {
      // The version before has those that it had.
      if (!this.#names.has(section)) names = names.copy();
      this.#names.set(section, names);
    }
    return names.internAll(read);
  }

  #problemsLeft(lines: LineTable, changed: readonly ChangedLines[]): readonly SyntaxProblem[] {
    const { problems, lines: before } = this.#before;
    return problems.flatMap((each) => {
      const line = before.lineAt(each.start);
      if (changed.some(({ first, removed }) => line >= first && line < first + removed)) return [];
      const start = lines.startOf(lineAfter(line, changed));
      return [{ ...each, start, end: start + each.end - each.start }];
    });
  }

  /** The sections of which more changed than the words of rules, and lines that are no rule. */
  #touched(pieces: readonly LinePiece[]): ReadonlySet<number> {
    const { lines } = this.#before;
    const isAlike = ({ first, removed, lines: read, numbers }: LinePiece): boolean => {
      if (removed !== read.length) return false;
      for (let line = 0; line < removed; line++) {
        const kind = lines.kindOf(first + line);
        const chain = numbers[read.chainOf(line)] ?? -1;
        const isSame = kind === read.kindOf(line) && lines.chainOf(first + line) === chain;
        if (!isSame || kind === LineKind.chain) return false;
      }
      return true;
    };
    return new Set(
      this.#stretches.flatMap(({ section }, index) => {
        const piece = pieces[index];
        return piece !== undefined && isAlike(piece) ? [] : [section];
      }),
    );
  }

  #sections(
    lines: LineTable,
    changed: readonly ChangedLines[],
    touched: ReadonlySet<number>,
  ): { readonly sections: readonly Section[]; readonly numbers: readonly (Int32Array | null)[] } {
    const numbers: (Int32Array | null)[] = [];
    const sections = this.#before.sections.map((section, index) => {
      const start = lineAfter(section.start, changed);
      const commit = section.commit === null ? null : lineAfter(section.commit, changed);
      numbers.push(null);
      if (!touched.has(index) && start === section.start) return section;
      let names = this.#namesOf(index);
      const order = touched.has(index) ? orderOf(lines, names, start, commit ?? lines.length) : null;
      if (order !== null) {
        const now = new Int32Array(names.size).fill(-1);
        for (const [number, chain] of order.entries()) now[chain] = number;
        lines.renumber(start, commit ?? lines.length, now);
        numbers[index] = now;
        names = names.inOrder(order);
      }
      return sectionOf(lines, names, { start, commit, generator: section.generator }, commit ?? lines.length);
    });
    return { sections, numbers };
  }
}

/** The chains in order of first appearance; null where that is the order of their numbers. */
function orderOf(lines: LineTable, names: ChainNames, start: number, stop: number): readonly number[] | null {
  const isSeen = new Uint8Array(names.size);
  const order: number[] = [];
  let isSame = true;
  for (let line = start; line < stop; line++) {
    const chain = lines.chainOf(line);
    if (chain < 0 || isSeen[chain] === 1) continue;
    isSeen[chain] = 1;
    isSame &&= chain === order.length;
    order.push(chain);
  }
  return isSame && order.length === names.size ? null : order;
}

/** The present number of a line that did not change. */
function lineAfter(line: number, changed: readonly ChangedLines[]): number {
  return changed.reduce((at, { first, removed, added }) => (first < line ? at + added - removed : at), line);
}
