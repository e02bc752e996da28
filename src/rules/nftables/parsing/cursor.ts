/** Where the parser stands among the tokens; what it has found to be wrong. */
import type { Span } from '../../../text/span.ts';
import type { Word } from '../expressions.ts';
import type { Problem, ProblemCode } from '../nodes.ts';
import { type TokenKind, type Tokens, tokensOf } from './tokens.ts';

/** Blocks, parentheses and sets within each other: more than any ruleset that the kernel takes has. */
const DEEPEST = 40;

export class Cursor {
  readonly #tokens: Tokens;
  readonly problems: Problem[] = [];
  #at = 0;
  #depth = 0;

  /** The span of every node, where the text stands in another one in another form. */
  readonly #fixed: Span | null;

  constructor(text: string, fixed: Span | null = null) {
    this.#tokens = tokensOf(text);
    this.#fixed = fixed;
  }

  /** To come back to with `back`. */
  get place(): number {
    return this.#at;
  }

  back(place: number): void {
    this.#at = place;
  }

  get kind(): TokenKind {
    return this.#tokens.kinds[this.#at] ?? 'end';
  }

  kindAhead(count: number): TokenKind {
    return this.#tokens.kinds[this.#at + count] ?? 'end';
  }

  /** The text of the token; empty at the end. */
  get text(): string {
    return this.textAhead(0);
  }

  textAhead(count: number): string {
    const { text, starts, ends } = this.#tokens;
    const at = this.#at + count;
    return text.slice(starts[at] ?? text.length, ends[at] ?? text.length);
  }

  get start(): number {
    return this.#tokens.starts[this.#at] ?? this.#tokens.text.length;
  }

  /** Where the token before ends. */
  get lastEnd(): number {
    return this.#tokens.ends[this.#at - 1] ?? 0;
  }

  /** From `start` to the token before. */
  spanFrom(start: number): Span {
    return this.#fixed ?? { start, end: Math.max(start, this.lastEnd) };
  }

  /** Whether no blank stands before the token. */
  get touchesLast(): boolean {
    return this.start === this.lastEnd;
  }

  step(): void {
    if (this.kind !== 'end') this.#at += 1;
  }

  /** Whether the token is this sign or this word without quotes. */
  is(text: string): boolean {
    return this.isAhead(0, text);
  }

  isAhead(count: number, text: string): boolean {
    const kind = this.kindAhead(count);
    return (kind === 'sign' || kind === 'word') && this.textAhead(count) === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.step();
    return true;
  }

  /** Steps over the words one after the other, where all of them stand here. */
  acceptAll(...texts: readonly string[]): boolean {
    if (!texts.every((text, index) => this.isAhead(index, text))) return false;
    for (const _ of texts) this.step();
    return true;
  }

  /** A word of `words`, stepped over; null where another stands here. */
  oneOf(words: { has(word: string): boolean }): string | null {
    const { text, kind } = this;
    if (kind !== 'word' || !words.has(text)) return null;
    this.step();
    return text;
  }

  /** A word, a string, a number, an address: what may be a name or a value; null for a sign. */
  word(): Word | null {
    const { kind } = this;
    if (kind === 'sign' || kind === 'newline' || kind === 'odd' || kind === 'end') return null;
    const { text, start } = this;
    this.step();
    const quoted = kind === 'string';
    return { text: quoted ? text.slice(1, -1) : text, quoted, ...this.spanFrom(start) };
  }

  /** A name: `"filter"`, `nat`, `2abc`, and what touches it without a blank (`a:b` of hostile texts stays apart). */
  name(): Word | null {
    const first = this.word();
    if (first === null || first.quoted) return first;
    const { start } = this.#fixed ?? first;
    let { text } = first;
    while (this.touchesLast && (this.kind === 'word' || this.kind === 'number' || this.kind === 'time')) {
      text += this.text;
      this.step();
    }
    return { text, quoted: false, ...this.spanFrom(start) };
  }

  /** `80`, `0x10`; null where no number stands here. */
  number(): number | null {
    if (this.kind !== 'number') return null;
    const value = Number(this.text);
    this.step();
    return value;
  }

  skipLines(): void {
    while (this.kind === 'newline' || this.is(';')) this.step();
  }

  skipNewlines(): void {
    while (this.kind === 'newline') this.step();
  }

  /** Whether a statement can go no further: a line's end, `;`, `}`, the end. */
  get atEnd(): boolean {
    return this.kind === 'newline' || this.kind === 'end' || this.is(';') || this.is('}');
  }

  /** `# handle 7` behind the token before: 7. */
  handle(): number | null {
    const comment = this.#tokens.comments.get(this.#at - 1);
    const [, digits] = /^# handle (\d+)$/u.exec(comment?.trimEnd() ?? '') ?? [];
    return digits === undefined ? null : Number(digits);
  }

  problem(code: ProblemCode, span: Span): void {
    this.problems.push({ code, start: span.start, end: span.end });
  }

  /** What `read` reads a level deeper; null where it is too deep. */
  deeper<T>(read: () => T | null): T | null {
    if (this.#depth >= DEEPEST) return null;
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** Steps to the end of the line or statement, over whole blocks: to `;`, a line's end or a `}` of the block around. */
  skipStatement(): void {
    let open = 0;
    while (this.kind !== 'end') {
      if (open === 0 && this.atEnd) return;
      if (this.is('{')) open += 1;
      if (this.is('}')) open -= 1;
      this.step();
    }
  }
}
