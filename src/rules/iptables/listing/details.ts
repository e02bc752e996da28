/** What stands behind the columns of a listing's row: matches, then what the target says. */
import type { Span } from '../../../text/span.ts';
import type { SaidOption, SaidWord } from './forms/form.ts';
import { readListedMatch, readListedTarget } from './forms/table.ts';
import { append } from '../../../text/lists.ts';

interface ListedMatch {
  readonly name: SaidWord;
  readonly options: SaidOption[];
}

export interface Details {
  readonly isGoto: boolean;
  readonly matches: readonly ListedMatch[];
  readonly target: readonly SaidOption[];
  /** Words that no form reads, those that follow one another as one. */
  readonly unread: readonly SaidWord[];
  /** Whether a number has fewer digits than the kernel keeps. */
  readonly isCut: boolean;
}

const GOTO = '[goto]';

/** Of `row` from `start` on; spans are offsets into it. */
export function readDetails(row: string, start: number, target: string | null): Details {
  const reader = new DetailsReader(row, target);
  let at = skipBlanks(row, start);
  while (at < row.length) at = skipBlanks(row, reader.readAt(at));
  return reader;
}

function skipBlanks(row: string, start: number): number {
  let at = start;
  while (at < row.length && /\s/.test(row.charAt(at))) at++;
  return at;
}

class DetailsReader implements Details {
  isGoto = false;
  isCut = false;
  readonly matches: ListedMatch[] = [];
  readonly target: SaidOption[] = [];
  readonly unread: SaidWord[] = [];
  readonly #row: string;
  readonly #targetName: string | null;
  #glued = 0;

  constructor(row: string, target: string | null) {
    this.#row = row;
    this.#targetName = target;
  }

  /** Reads what stands at `at`; gives where it ends. */
  readAt(at: number): number {
    const row = this.#upToGlued(at);
    if (row.startsWith(GOTO, at)) {
      this.isGoto = true;
      return at + GOTO.length;
    }
    const match = readListedMatch(row, at);
    if (match !== null) {
      const end = row.startsWith('/*', at)
        ? commentEnd(row, at, match.at.end, this.#targetName)
        : match.at.end;
      if (end !== match.at.end) {
        this.#addComment(at, end);
        return end;
      }
      this.isCut ||= match.isCut;
      this.#addMatch(match.extension, match.at, match.options, match.joins);
      return match.at.end;
    }
    const said = this.#targetName === null ? null : readListedTarget(this.#targetName, row, at);
    if (said !== null && said.at.end > at) {
      append(this.target, said.options);
      return said.at.end;
    }
    return this.#addUnread(at);
  }

  /** The row up to the next name at which nothing shows that a word ends; of a comment, which may hold anything, all of it. */
  #upToGlued(at: number): string {
    if (this.#glued <= at) this.#glued = endBeforeGlued(this.#row, at);
    return this.#glued === Infinity || this.#row.startsWith('/*', at)
      ? this.#row
      : this.#row.slice(0, this.#glued);
  }

  #addMatch(extension: string, at: Span, options: readonly SaidOption[], joins: boolean): void {
    const last = this.matches.at(-1);
    const names = new Set(last?.options.map(({ name }) => name.text));
    const isSame = joins && last?.name.text === extension;
    if (
      last !== undefined &&
      isSame &&
      (extension === 'policy' || options.every(({ name }) => !names.has(name.text)))
    )
      append(last.options, options);
    else
      this.matches.push({
        name: { text: extension, at: wordAt(this.#row, at.start) },
        options: [...options],
      });
  }

  #addComment(start: number, end: number): void {
    const at = { start: start + 3, end: end - 3 };
    const text = this.#row.slice(at.start, at.end);
    const name = { text: '--comment', at: { start, end: start + 2 } };
    const option: SaidOption = { name, negation: null, values: [{ text, at }] };
    this.matches.push({ name: { text: 'comment', at: name.at }, options: [option] });
  }

  #addUnread(at: number): number {
    const end = at + (/^\S+/.exec(this.#row.slice(at))?.[0].length ?? 1);
    const last = this.unread.at(-1);
    const start = last !== undefined && this.#row.slice(last.at.end, at).trim() === '' ? last.at.start : at;
    if (start !== at) this.unread.pop();
    this.unread.push({ text: this.#row.slice(start, end), at: { start, end } });
    return end;
  }
}

/** `MAC 00:11:22:33:44:55eui64  tcp`: the one match that prints no blank before its name. */
const GLUED = /\Seui64(?!\S)/g;

/** Where the word ends to which such a name is glued, from `start` on; behind all of it where there is none. */
function endBeforeGlued(row: string, start: number): number {
  GLUED.lastIndex = start;
  const found = GLUED.exec(row);
  return found === null ? Infinity : found.index + 1;
}

/** Ends of a comment that are tried: each takes as long as the rest of the row. */
const MOST_ENDS = 6;

/**
 * Where the comment at `start` ends. One that holds the sign of its end ends where all that follows can be read; where that
 * is nowhere, at the `first` sign.
 */
function commentEnd(row: string, start: number, first: number, target: string | null): number {
  const ends = [...row.slice(start).matchAll(/ \*\/(?= |$)/g)].map(({ index }) => start + index + 3);
  if (ends.length < 2 || ends.length > MOST_ENDS) return first;
  return ends.find((end) => readDetails(row, end, target).unread.length === 0) ?? first;
}

/** The word there, without a `!` before it. */
function wordAt(row: string, at: number): Span {
  const start = at + (/^! */.exec(row.slice(at, at + 8))?.[0].length ?? 0);
  const length = /^[\w-]+/.exec(row.slice(start, start + 40))?.[0].length ?? 0;
  return { start, end: start + length };
}
