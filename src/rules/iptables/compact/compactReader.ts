/**
 * HOT PATH: reads a dump that is written as iptables-save writes it into flat lists. What is written in any other way (commands
 * that edit, counters elsewhere, blanks before a line, CR) is for the reader of lines (`parser.ts`); a test holds that both give
 * the same tree.
 */
import { bytesOf } from '../../../text/bytes.ts';
import type { Generator } from '../nodes.ts';
import { readGenerator } from '../parsing/generator.ts';
import type { SyntaxProblem } from '../problems.ts';
import { ChainTable } from './chainTable.ts';
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

/** A table section as lines. `end`: the last line of it. */
export interface Section {
  readonly start: number;
  end: number;
  commit: number | null;
  readonly generator: Generator | null;
  readonly chains: ChainTable;
  /** The lines of declarations, in order. */
  readonly declarations: number[];
  /** Those of them that declare a chain again. */
  readonly again: number[];
}

export interface CompactLines {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly lines: LineTable;
  readonly sections: readonly Section[];
  readonly problems: readonly SyntaxProblem[];
  /** The lines that are longer than `LONG_LINE`. */
  readonly long: readonly number[];
}

/** Characters of a line that iptables-restore takes for sure. */
const LONG_LINE = 500;

/** The lines of `text`; null where it is not written as iptables-save does. `given`: `bytesOf(text)`, where somebody has it. */
export function readCompact(text: string, given: Uint8Array | null = null): CompactLines | null {
  const bytes = given ?? bytesOf(text);
  if (bytes.includes(CARRIAGE_RETURN) || bytes.includes(0)) return null;
  const reader = new CompactReader(text, bytes);
  return reader.read() ? reader : null;
}

class CompactReader implements CompactLines {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly lines = new LineTable();
  readonly sections: Section[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly long: number[] = [];
  #section: Section | null = null;
  #generator: Generator | null = null;
  /** The chain of the rule before. */
  #chain = -1;
  #bad = 0;

  constructor(text: string, bytes: Uint8Array) {
    this.text = text;
    this.bytes = bytes;
  }

  /** False where the text is for another reader. */
  read(): boolean {
    const { bytes, lines } = this;
    const { length } = bytes;
    for (let start = 0; start < length;) {
      const behind = this.#readLine(start);
      if (behind < 0) return false;
      let end = behind;
      while (end < length && bytes[end] !== LINE_FEED) end++;
      if (end - start > LONG_LINE) this.long.push(lines.length - 1);
      start = end + 1;
      lines.end = start;
    }
    this.#endSection();
    // Where most lines are bad the text is something else.
    const isSave = this.sections.length > 0 && this.sections.length * 4 >= this.#bad;
    return isSave && this.sections.every(({ chains }) => !chains.exhausted);
  }

  /** Adds the line at `start`. Gives a place in it up to which it was read; -1 where it is for another reader. */
  #readLine(start: number): number {
    switch (this.bytes[start]) {
      case DASH:
        return this.#readRule(start, start);
      case BRACKET:
        return this.#readRule(start, behindCounters(this.bytes, start));
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
    const { bytes, lines } = this;
    const section = this.#section;
    if (section === null || command < 0 || bytes[command] !== DASH) return -1;
    if (bytes[command + 1] !== LETTER_A || bytes[command + 2] !== BLANK) return -1;
    const name = command + 3;
    const end = endOfWord(bytes, name);
    if (end < 0) return -1;
    const { chains } = section;
    const chain = chains.likely(this.#chain, name, end);
    this.#chain = chain;
    const line = lines.add(start, LineKind.rule, chain);
    const last = chains.last[chain] ?? -1;
    if (last < 0) chains.first[chain] = line;
    else lines.link(last, line);
    chains.last[chain] = line;
    chains.count[chain] = (chains.count[chain] ?? 0) + 1;
    section.end = line;
    return end;
  }

  /** `:NAME POLICY [0:0]` */
  #readDeclaration(start: number): number {
    const { bytes, lines } = this;
    const section = this.#section;
    const end = endOfWord(bytes, start + 1);
    const policy = end < 0 || bytes[end] !== BLANK ? -1 : endOfPlain(bytes, end + 1);
    if (section === null || policy < 0) return -1;
    let behind = policy;
    if (bytes[policy] === BLANK) {
      behind = behindCounters(bytes, policy + 1, false);
      if (behind < 0 || (behind < bytes.length && bytes[behind] !== LINE_FEED)) return -1;
    }
    const { chains } = section;
    const chain = chains.intern(start + 1, end);
    const line = lines.add(start, LineKind.chain, chain);
    section.declarations.push(line);
    if ((chains.declared[chain] ?? -1) < 0) chains.declared[chain] = line;
    else section.again.push(line);
    section.end = line;
    return behind;
  }

  #readComment(start: number): number {
    const comment = this.#lineAt(start, 200);
    this.lines.add(start, LineKind.comment, -1);
    const generator = readGenerator(comment);
    if (generator !== null) this.#generator = generator;
    // It may name the table of commands.
    else if (this.sections.length === 0 && comment.includes('tables')) return -1;
    return start;
  }

  #readTable(start: number): number {
    const line = this.#lineAt(start, LONG_LINE);
    if (!/^\*[\w-]+$/.test(line)) return -1;
    this.#endSection();
    const at = this.lines.add(start, LineKind.table, -1);
    this.#section = {
      start: at,
      end: at,
      commit: null,
      generator: this.#generator,
      chains: new ChainTable(this.bytes),
      declarations: [],
      again: [],
    };
    this.sections.push(this.#section);
    return start;
  }

  /** Or a line that is none of the known forms. */
  #readCommit(start: number): number {
    const words = this.#lineAt(start, 60);
    if (words.trimEnd() === 'COMMIT') {
      const section = this.#section;
      if (section === null || words !== 'COMMIT') return -1;
      section.commit = this.lines.add(start, LineKind.commit, -1);
      section.end = section.commit;
      this.#endSection();
      return start;
    }
    // Before the first table it may be a command, and `"-A" X` is a rule.
    if (this.sections.length === 0 || words.startsWith('"')) return -1;
    this.lines.add(start, LineKind.bad, -1);
    this.problems.push({ code: 'bad-line', start, end: this.#endOf(start), detail: words });
    this.#bad++;
    return start;
  }

  #endSection(): void {
    const section = this.#section;
    if (section !== null && section.commit === null) {
      const start = this.lines.startOf(section.start);
      const end = this.lines.endOf(section.start);
      this.problems.push({ code: 'missing-commit', start, end, detail: this.text.slice(start + 1, end) });
    }
    this.#section = null;
    this.#chain = -1;
  }

  #endOf(start: number): number {
    const end = this.bytes.indexOf(LINE_FEED, start);
    return end < 0 ? this.bytes.length : end;
  }

  /** The line from `start` on, so many characters at most. */
  #lineAt(start: number, most: number): string {
    return this.text.slice(start, Math.min(this.#endOf(start), start + most));
  }
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
