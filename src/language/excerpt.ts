/**
 * One chain of a text, or some lines of it, as a document of its own: the text stays where it is, and only its lines are
 * counted anew. For a text that no editor takes as a whole.
 */
import type { Location } from 'vscode-languageserver-types';
import type { SourceId } from '../kernel/ruleAt.ts';
import type { Chain, Ruleset, Statement, Table } from '../rules/iptables/nodes.ts';
import type { Kept } from '../text/kept.ts';
import { LineIndex, type LinePosition } from '../text/lineIndex.ts';
import type { Span } from '../text/span.ts';
import { RulesDocument } from './rulesDocument.ts';

/** Which lines of a text an excerpt has. */
export type ExcerptAddress =
  /** Of the chain `chain` in the `section`th table section, from its `from`th line of rules on. */
  | { readonly kind: 'chain'; readonly section: number; readonly chain: string; readonly from: number }
  /** From line `from` on, what belongs to no chain among them: comments, `COMMIT`, what cannot be read. */
  | { readonly kind: 'lines'; readonly from: number };

/** What an excerpt is made of. `statements` in the order of the text; each line once. */
export interface ExcerptContent {
  readonly whole: RulesDocument;
  readonly uri: string;
  readonly table: Table | null;
  readonly chain: Chain | null;
  readonly statements: readonly Statement[];
  /** Numbers of lines of the whole, from 0, rising. */
  readonly lines: readonly number[];
  /** Where else a place of the whole is shown. */
  readonly locate: (span: Span) => Location;
}

/** The lines of a whole text of which only some are shown. */
class ExcerptLines extends LineIndex {
  readonly #document: RulesDocument;
  readonly #whole: LineIndex;
  readonly #shown: readonly number[];

  constructor(document: RulesDocument, shown: readonly number[]) {
    super('');
    this.#document = document;
    this.#whole = document.lines;
    this.#shown = shown;
  }

  override get lineCount(): number {
    return this.#shown.length + 1;
  }

  override startOf(line: number): number {
    return this.offsetAt({ line, character: 0 });
  }

  /** Of an offset in a line that is not shown, the start of the next that is; behind all of them, the end of the last. */
  override positionAt(offset: number): LinePosition {
    const { line, character } = this.#whole.positionAt(offset);
    const index = firstFrom(this.#shown, line);
    if (index === this.#shown.length) return this.#end();
    return { line: index, character: this.#shown[index] === line ? character : 0 };
  }

  #end(): LinePosition {
    const last = this.#shown.length - 1;
    const text = lineText(this.#document, this.#shown[last] ?? 0);
    return { line: Math.max(0, last), character: text.replace(/[\r\n]+$/, '').length };
  }

  override offsetAt({ line, character }: LinePosition): number {
    const shown = this.#shown[line];
    if (shown !== undefined) return this.#whole.offsetAt({ line: shown, character });
    return this.#whole.offsetAt({ line: (this.#shown.at(-1) ?? -1) + 1, character: 0 });
  }

  has(offset: number): boolean {
    const { line } = this.#whole.positionAt(offset);
    return this.#shown[firstFrom(this.#shown, line)] === line;
  }
}

/** The index of the first of the rising `numbers` that is `least` or more; their count where none is. */
function firstFrom(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As it is written, with its ending. */
function lineText({ lines, text }: RulesDocument, line: number): string {
  return text.slice(lines.startOf(line), lines.startOf(line + 1));
}

/** A document that shows a part of another. What is worked out of the text is the whole's, and so are all offsets. */
export class Excerpt extends RulesDocument {
  readonly whole: RulesDocument;
  readonly address: ExcerptAddress;
  override readonly kept: Kept<RulesDocument>;
  readonly #content: ExcerptContent;
  #lines: ExcerptLines | null = null;

  constructor(address: ExcerptAddress, content: ExcerptContent) {
    const { whole, uri } = content;
    super({ uri, version: whole.version, text: whole.text });
    this.whole = whole;
    this.address = address;
    this.kept = whole.kept;
    this.#content = content;
  }

  /** What is shown: whole lines, as they are written. */
  get shownText(): string {
    return this.#content.lines.map((line) => lineText(this.whole, line)).join('');
  }

  override get ruleset(): Ruleset {
    return this.whole.ruleset;
  }

  override get source(): SourceId {
    return this.whole.source;
  }

  override get lines(): ExcerptLines {
    return (this.#lines ??= new ExcerptLines(this.whole, this.#content.lines));
  }

  override get statements(): readonly Statement[] {
    return this.#content.statements;
  }

  override get tables(): readonly Table[] {
    return this.#content.table === null ? [] : [this.#content.table];
  }

  override chainsOf(): Iterable<Chain> {
    return this.#content.chain === null ? [] : [this.#content.chain];
  }

  override shows(span: Span): boolean {
    return this.lines.has(span.start);
  }

  override locationOf(span: Span): Location {
    return this.shows(span) ? super.locationOf(span) : this.#content.locate(span);
  }

  override statementsIn(span: Span): readonly Statement[] {
    return this.statements.filter(({ start, end }) => start <= span.end && end >= span.start);
  }
}
