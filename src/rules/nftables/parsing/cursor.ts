/** Where the parser stands among the tokens; what it has found to be wrong. */
import type { Span } from '../../../text/span.ts';
import type { Expression, Word } from '../expressions.ts';
import type { Define, DefineUse, Problem, ProblemCode } from '../nodes.ts';
import { reservedWords } from '../catalogue/reserved.ts';
import { type TokenKind, Tokens } from './tokens.ts';

/** Blocks, parentheses and sets within each other: more than any ruleset that the kernel takes has. */
const DEEPEST = 40;

/** `define x = 1`, `include "x.nft"`, without the line’s end. */
export interface Definition {
  readonly name: string;
  /** What is undefined, the file that is included. */
  readonly word: Word | null;
  readonly isWhole: boolean;
}

export class Cursor {
  readonly #tokens: Tokens;
  readonly problems: Problem[] = [];
  readonly defines: Define[] = [];
  readonly uses: DefineUse[] = [];
  /** `define` and `include` in tables and what they hold, in the order of the text. */
  readonly inBlocks: (Definition & Span)[] = [];
  /** What is defined in each block around the place, the innermost last. */
  readonly #defined = [new Map<string, Define>()];
  #at = 0;
  #depth = 0;

  /** The span of every node, where the text stands in another one in another form. */
  readonly #fixed: Span | null;

  constructor(text: string, fixed: Span | null = null) {
    this.#tokens = new Tokens(text);
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
    return this.#tokens.kindAt(this.#at);
  }

  kindAhead(count: number): TokenKind {
    return this.#tokens.kindAt(this.#at + count);
  }

  /** The text of the token; empty at the end. */
  get text(): string {
    return this.#tokens.textAt(this.#at);
  }

  textAhead(count: number): string {
    return this.#tokens.textAt(this.#at + count);
  }

  get start(): number {
    return this.#tokens.startAt(this.#at);
  }

  /** Where the token before ends. */
  get lastEnd(): number {
    return this.#tokens.endAt(this.#at - 1);
  }

  /** From `start` to the token before. */
  spanFrom(start: number): Span {
    return this.#fixed ?? { start, end: Math.max(start, this.lastEnd) };
  }

  /** The same in two numbers: spans are made by the million. */
  startFrom(start: number): number {
    return this.#fixed === null ? start : this.#fixed.start;
  }

  endFrom(start: number): number {
    return this.#fixed === null ? Math.max(start, this.lastEnd) : this.#fixed.end;
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
    return this.#tokens.isAt(this.#at + count, text);
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
    return {
      text: quoted ? text.slice(1, -1) : text,
      quoted,
      start: this.startFrom(start),
      end: this.endFrom(start),
    };
  }

  /** A name: `"filter"`, `nat`, `2abc`, and what touches it without a blank (`a:b` of hostile texts stays apart). */
  name(): Word | null {
    if (this.is('$')) return this.#definedName();
    const first = this.word();
    if (first === null || first.quoted) return first;
    if (!this.touchesLast) return first;
    const { start } = this.#fixed ?? first;
    let { text } = first;
    while (this.touchesLast && (this.kind === 'word' || this.kind === 'number' || this.kind === 'time')) {
      text += this.text;
      this.step();
    }
    return { text, quoted: false, ...this.spanFrom(start) };
  }

  /** The word that `$x` stands for; the name of the define where it stands for none. */
  #definedName(): Word | null {
    const { start } = this;
    const value = this.variable();
    if (value === null) return null;
    const isWord = value.kind === 'value';
    const span = this.spanFrom(start);
    return { text: isWord ? value.text : '', quoted: isWord && value.quoted, ...span };
  }

  define(define: Define): void {
    this.defines.push(define);
    this.#defined.at(-1)?.set(define.name.text, define);
  }

  undefine(name: string): void {
    this.#defined.at(-1)?.delete(name);
  }

  isDefined(name: string): boolean {
    return this.#definitionOf(name) !== null;
  }

  #definitionOf(name: string): Define | null {
    return this.#defined.findLast((names) => names.has(name))?.get(name) ?? null;
  }

  /** What `read` defines ends with it: nft has a scope for each table and chain. */
  inScope(read: () => void): void {
    this.#defined.push(new Map());
    read();
    this.#defined.pop();
  }

  /** What `$x` stands for, at the place of `$x`; null, and the cursor as it was, where none stands here. */
  variable(): Expression | null {
    const { start } = this;
    if (!this.is('$') || this.kindAhead(1) !== 'word') return null;
    this.step();
    const { text: name } = this;
    this.step();
    const span = this.spanFrom(start);
    const define = this.#definitionOf(name);
    this.uses.push({ name, define, start: span.start, end: span.end });
    const unknown: Expression = {
      kind: 'value',
      text: `$${name}`,
      value: `$${name}`,
      quoted: false,
      ...span,
    };
    return { ...(define?.value ?? unknown), ...span };
  }

  /** `80`, `0x10`; null where no number stands here. */
  number(): number | null {
    if (this.kind !== 'number') return null;
    const value = Number(this.text);
    this.step();
    return value;
  }

  /** As `number`; where none stands here that is a problem of the word before. */
  wantNumber(): number | null {
    const number = this.number();
    if (number === null) this.problem('unknown-item', { start: this.lastEnd, end: this.lastEnd });
    return number;
  }

  /** What stands behind `comment`: nft wants a string there, or a word that is none of its own. */
  comment(): Word | null {
    const { kind, start } = this;
    const word = this.word();
    if (word === null || (kind === 'word' && reservedWords.has(word.text)))
      this.problem('unknown-item', { start: word === null ? this.lastEnd : start, end: this.lastEnd });
    return word;
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

  /** A problem where neither a line's end nor `;` nor the end of the text stands here. */
  wantSeparator(): void {
    if (this.kind === 'newline' || this.kind === 'end' || this.is(';')) return;
    this.problem('no-separator', { start: this.start, end: this.start + this.text.length });
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
