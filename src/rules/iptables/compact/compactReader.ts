/**
 * HOT PATH: reads a dump that is written as iptables-save writes it into flat lists. What is written in any other way (commands
 * that edit, counters elsewhere, blanks before a line, CR) is for the reader of lines (`parser.ts`); a test holds that both give
 * the same tree.
 */
import { bytesOf } from '../../../text/bytes.ts';
import type { Generator } from '../nodes.ts';
import { readGenerator } from '../parsing/generator.ts';
import type { SyntaxProblem } from '../problems.ts';
import { ChainNames } from './chainNames.ts';
import { type ChainTable, linkLines } from './chainTable.ts';
import { LineKind, LineTable } from './lineTable.ts';

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const ASTERISK = 42;
const DASH = 45;
const COLON = 58;
const LETTER_A = 65;
const BRACKET = 91;
const CLOSING = 93;
const NO_ASCII = 128;

/** How a table section begins and ends; `start` is the line of the table. */
interface SectionEnds {
  readonly start: number;
  readonly commit: number | null;
  readonly generator: Generator | null;
}

/** A table section as lines. */
export interface Section extends SectionEnds {
  /** The last line of it. */
  readonly end: number;
  readonly chains: ChainTable;
  /** The lines of declarations, in order. */
  readonly declarations: readonly number[];
  /** Those of them that declare a chain again. */
  readonly again: readonly number[];
}

/** The section whose lines, before `stop`, have the chains of `names`. */
export function sectionOf(lines: LineTable, names: ChainNames, ends: SectionEnds, stop: number): Section {
  const { start, commit, generator } = ends;
  const linked = linkLines(lines, names, start, stop);
  return { ...linked, start, commit, generator, end: commit ?? linked.end };
}

export interface CompactLines {
  readonly text: string;
  readonly lines: LineTable;
  readonly sections: readonly Section[];
  readonly problems: readonly SyntaxProblem[];
}

/** What stands between the lines of a table: no other table, no COMMIT. */
export interface CompactPiece {
  readonly lines: LineTable;
  readonly names: ChainNames;
  readonly problems: readonly SyntaxProblem[];
}

/** The lines of `text`; null where it is not written as iptables-save does. `bytes`: `bytesOf(text)`. */
export function readCompact(text: string, bytes: Uint8Array): CompactLines | null {
  if (bytes.includes(CARRIAGE_RETURN) || bytes.includes(0)) return null;
  const reader = new CompactReader(text, bytes);
  if (!reader.read()) return null;
  const { lines, sections, problems } = reader;
  return { text, lines, sections, problems };
}

/** Whole lines from within a table, as `readCompact` would read them there; null where they are more than a part of a table. */
export function readPiece(text: string): CompactPiece | null {
  const bytes = bytesOf(text);
  if (bytes.includes(CARRIAGE_RETURN) || bytes.includes(0)) return null;
  const names = new ChainNames();
  const reader = new CompactReader(text, bytes, names);
  return reader.readPiece() ? { lines: reader.lines, names, problems: reader.problems } : null;
}

/** Characters of the line of a table. */
const LONG_LINE = 500;

class CompactReader {
  readonly #text: string;
  readonly #bytes: Uint8Array;
  readonly lines = new LineTable();
  readonly sections: Section[] = [];
  readonly problems: SyntaxProblem[] = [];
  /** Of the table whose lines are read; null between tables. */
  #names: ChainNames | null;
  #table = 0;
  #tableGenerator: Generator | null = null;
  #generator: Generator | null = null;
  /** The chain of the rule before. */
  #chain = -1;
  #tables = 0;
  #bad = 0;

  /** `names`: where lines of a table are read, those of its chains. */
  constructor(text: string, bytes: Uint8Array, names: ChainNames | null = null) {
    this.#text = text;
    this.#bytes = bytes;
    this.#names = names;
    if (names !== null) this.#tables = 1;
  }

  /** False where the text is for another reader. */
  read(): boolean {
    if (!this.#readLines()) return false;
    this.#endSection(null);
    return isSave(this.sections, this.#bad);
  }

  /** False where the lines are more than a part of a table. */
  readPiece(): boolean {
    return this.#readLines() && this.#tables === 1 && this.#names !== null && this.#generator === null;
  }

  #readLines(): boolean {
    const bytes = this.#bytes;
    const { lines } = this;
    const { length } = bytes;
    for (let start = 0; start < length;) {
      const behind = this.#readLine(start);
      if (behind < 0) return false;
      let end = behind;
      while (end < length && bytes[end] !== LINE_FEED) end++;
      start = end + 1;
      lines.end = start;
    }
    return true;
  }

  /** Adds the line at `start`. Gives a place in it up to which it was read; -1 where it is for another reader. */
  #readLine(start: number): number {
    switch (this.#bytes[start]) {
      case DASH:
        return this.#readRule(start, start);
      case BRACKET:
        return this.#readRule(start, behindCounters(this.#bytes, start));
      case COLON:
        return this.#readDeclaration(start);
      case HASH:
        return this.#readComment(start);
      case ASTERISK:
        return this.#readTable(start);
      case LINE_FEED:
        this.lines.add(start, LineKind.blank, -1);
        return start;
      case BLANK:
      case TAB:
      case BANG:
        return -1;
      default:
        return this.#readCommit(start);
    }
  }

  /** `command`: where `-A` stands. */
  #readRule(start: number, command: number): number {
    const bytes = this.#bytes;
    const names = this.#names;
    if (names === null || command < 0 || bytes[command] !== DASH) return -1;
    if (this.#isBegun(command)) return this.#addBad(start);
    if (bytes[command + 1] !== LETTER_A || bytes[command + 2] !== BLANK) return -1;
    const name = command + 3;
    const end = endOfWord(bytes, name);
    if (end < 0) return -1;
    this.#chain = names.likely(this.#chain, bytes, name, end);
    this.lines.add(start, LineKind.rule, this.#chain);
    return end;
  }

  /** Whether a rule is being written of which no more is there than `-`, `-A` or `-A `. */
  #isBegun(command: number): boolean {
    const next = this.#bytes[command + 1];
    return next === LETTER_A ? this.#isBlankFrom(command + 2) : (next ?? LINE_FEED) === LINE_FEED;
  }

  /** Whether no more than blanks stand from `from` to the end of its line. */
  #isBlankFrom(from: number): boolean {
    const bytes = this.#bytes;
    let at = from;
    while (bytes[at] === BLANK) at++;
    return at >= bytes.length || bytes[at] === LINE_FEED;
  }

  /** `:NAME POLICY [0:0]` */
  #readDeclaration(start: number): number {
    const bytes = this.#bytes;
    const names = this.#names;
    const end = endOfWord(bytes, start + 1);
    const policy = end < 0 || bytes[end] !== BLANK ? -1 : endOfPlain(bytes, end + 1);
    if (names === null) return -1;
    if (policy < 0) {
      const name = /^:[\w-]*/.exec(this.#lineAt(start, LONG_LINE))?.[0] ?? '';
      return this.#isBlankFrom(start + name.length) ? this.#addBad(start) : -1;
    }
    let behind = policy;
    if (bytes[policy] === BLANK) {
      behind = behindCounters(bytes, policy + 1, false);
      if (behind < 0 || (behind < bytes.length && bytes[behind] !== LINE_FEED)) return -1;
    }
    this.lines.add(start, LineKind.chain, names.intern(bytes, start + 1, end));
    return behind;
  }

  #readComment(start: number): number {
    const comment = this.#lineAt(start, 200);
    this.lines.add(start, LineKind.comment, -1);
    const generator = readGenerator(comment);
    if (generator !== null) this.#generator = generator;
    // It may name the table of commands.
    else if (this.#tables === 0 && comment.includes('tables')) return -1;
    return start;
  }

  #readTable(start: number): number {
    const line = this.#lineAt(start, LONG_LINE);
    if (!/^\*[\w-]+$/.test(line)) return -1;
    this.#endSection(null);
    this.#table = this.lines.add(start, LineKind.table, -1);
    this.#tableGenerator = this.#generator;
    this.#names = new ChainNames();
    this.#tables++;
    return start;
  }

  /** Or a line that is none of the known forms. */
  #readCommit(start: number): number {
    const words = this.#lineAt(start, 60);
    if (words.trimEnd() === 'COMMIT') {
      if (this.#names === null || words !== 'COMMIT') return -1;
      this.#endSection(this.lines.add(start, LineKind.commit, -1));
      return start;
    }
    // Before the first table it may be a command, and `"-A" X` is a rule.
    if (this.#tables === 0 || words.startsWith('"')) return -1;
    return this.#addBad(start);
  }

  #addBad(start: number): number {
    this.lines.add(start, LineKind.bad, -1);
    this.problems.push({
      code: 'bad-line',
      start,
      end: this.#endOf(start),
      detail: this.#lineAt(start, 60),
    });
    this.#bad++;
    return start;
  }

  #endSection(commit: number | null): void {
    const { lines } = this;
    const names = this.#names;
    if (names !== null) {
      const ends = { start: this.#table, commit, generator: this.#tableGenerator };
      this.sections.push(sectionOf(lines, names, ends, lines.length));
    }
    if (names !== null && commit === null) {
      const [start, end] = [lines.startOf(this.#table), lines.endOf(this.#table)];
      this.problems.push({ code: 'missing-commit', start, end, detail: this.#text.slice(start + 1, end) });
    }
    this.#names = null;
    this.#chain = -1;
  }

  #endOf(start: number): number {
    const end = this.#bytes.indexOf(LINE_FEED, start);
    return end < 0 ? this.#bytes.length : end;
  }

  /** The line from `start` on, so many characters at most. */
  #lineAt(start: number, most: number): string {
    return this.#text.slice(start, Math.min(this.#endOf(start), start + most));
  }
}

/** Whether tables were read, all of which can be told by their chains: where most lines are bad the text is something else. */
export function isSave(sections: readonly Section[], bad: number): boolean {
  return (
    sections.length > 0 &&
    sections.length * 4 >= bad &&
    sections.every(({ chains }) => !chains.names.exhausted)
  );
}

/** The end of the word at `start`; -1 where it is none, looks like an option, or is written in quotes or beyond ASCII. */
function endOfWord(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  return first === DASH || first === BANG ? -1 : endOfPlain(bytes, start);
}

function endOfPlain(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at < bytes.length; at++) {
    const code = bytes[at] ?? 0;
    if (code === BLANK || code === LINE_FEED) break;
    if (code === QUOTE || code === TAB || code >= NO_ASCII) return -1;
  }
  return at === start ? -1 : at;
}

/** Behind `[12:34]`, and with `blank` behind the blank that follows it; -1 where that does not stand at `start`. */
function behindCounters(bytes: Uint8Array, start: number, blank = true): number {
  if (bytes[start] !== BRACKET) return -1;
  const colon = behindDigits(bytes, start + 1);
  const close = bytes[colon] === COLON ? behindDigits(bytes, colon + 1) : -1;
  if (colon === start + 1 || close <= colon + 1 || bytes[close] !== CLOSING) return -1;
  if (!blank) return close + 1;
  return bytes[close + 1] === BLANK ? close + 2 : -1;
}

function behindDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while ((bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at++;
  return at;
}
