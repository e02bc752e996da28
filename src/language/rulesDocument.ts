import { cleanText } from '../rules/iptables/paste/cleanText.ts';
import { rulesFileNamed, sourceOfText } from '../kubeproxy/sources.ts';
import type { SourceId } from '../kernel/ruleAt.ts';
import { parseEdited, parseRuleset } from '../rules/iptables/parser.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import type { Chain, Rule, Ruleset, Statement, Table } from '../rules/iptables/nodes.ts';
import { CompactRuleset } from '../rules/iptables/compact/compactRuleset.ts';
import { Kept } from '../text/kept.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { type Replacement, replaceParts } from '../text/offsetMap.ts';
import type { Span } from '../text/span.ts';
import type { Location, Position, Range } from 'vscode-languageserver-types';

/** What a document is made of; the server makes it from the editor's text, a test from a fixture. */
export interface DocumentText {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
}

/** A paste and what *Clean Pasted Rules* makes of it. */
export interface CleanPaste {
  readonly written: string;
  readonly text: string;
}

/**
 * One version of a rules document, and the owner of all that is worked out of it. Nothing is before it is asked for, and
 * then once: the parse, the line index, what others keep in `kept`. An edit makes a new `RulesDocument`, to which the rules of a
 * dump take along what is known of lines that did not change.
 */
export class RulesDocument {
  readonly uri: string;
  readonly version: number;
  /** As it is written; offsets are those of `ruleset.text`, which of a paste is another. */
  readonly text: string;
  readonly kept: Kept<RulesDocument> = new Kept<RulesDocument>(this);
  #ruleset: Ruleset | null = null;
  #lines: LineIndex | null = null;
  #written: LineIndex | null = null;

  constructor(source: DocumentText, ruleset: Ruleset | null = null) {
    this.uri = source.uri;
    this.version = source.version;
    this.text = source.text;
    this.#ruleset = ruleset;
  }

  /** The version after `changes` of the text as it is written, which are in order and do not overlap. */
  edited(version: number, changes: readonly Replacement[]): RulesDocument {
    const { text } = replaceParts(this.text, changes);
    const known = this.#ruleset;
    const ruleset = known instanceof CompactRuleset ? parseEdited(known, text, changes) : null;
    return new RulesDocument({ uri: this.uri, version, text }, ruleset);
  }

  /** Another text in the same place and language. */
  withText(version: number, text: string): RulesDocument {
    return new RulesDocument({ uri: this.uri, version, text });
  }

  get ruleset(): Ruleset {
    return (this.#ruleset ??= parseRuleset(this.text));
  }

  /** What its text is called in findings about it; of two families in one text, IPv4's. */
  get source(): SourceId {
    return sourceOfText(rulesFileNamed(fileNameOf(this.uri)), this.ruleset);
  }

  get lines(): LineIndex {
    return (this.#lines ??= linesOf(this.ruleset));
  }

  /** Every line of it, in order. */
  get statements(): readonly Statement[] {
    return this.ruleset.statements;
  }

  get tables(): readonly Table[] {
    return this.ruleset.tables;
  }

  /** Of one of its tables. */
  chainsOf(table: Table): Iterable<Chain> {
    return table.chains.values();
  }

  /** Whether a place of the text is to be seen in it. */
  shows(_span: Span): boolean {
    return true;
  }

  /** Where a place of the text is to be seen. */
  locationOf(span: Span): Location {
    return { uri: this.uri, range: this.rangeOf(span) };
  }

  /** Of a text that was pasted: what was pasted, and its rules with nothing around them; null of any other. */
  get cleanPaste(): CleanPaste | null {
    const { paste } = this.ruleset;
    return paste === null ? null : { written: paste.written, text: cleanText(paste) };
  }

  /** The lines of the text as it is written: for places in `text`. */
  get written(): LineIndex {
    return (this.#written ??= this.isReadAsWritten ? this.lines : new LineIndex(this.text));
  }

  /** Whether it has been read, and offsets of what was read are those of `text`: so it is with what iptables-save writes. */
  get isReadAsWritten(): boolean {
    return this.#ruleset instanceof CompactRuleset;
  }

  offsetAt(position: Position): number {
    return this.lines.offsetAt(position);
  }

  rangeOf(span: Span): Range {
    const [start, end] = [this.lines.positionAt(span.start), this.lines.positionAt(span.end)];
    // A listing says some words in another order.
    const isTurned = end.line < start.line || (end.line === start.line && end.character < start.character);
    return isTurned ? { start: end, end: start } : { start, end };
  }

  /** The statement whose line `offset` is on (its end included); null in an empty document. */
  statementAt(offset: number): Statement | null {
    const { ruleset } = this;
    if (ruleset instanceof CompactRuleset) return ruleset.statementAt(offset);
    return lastStartingBy(ruleset.statements, offset);
  }

  /** The rule whose line `offset` is on. */
  ruleAt(offset: number): Rule | null {
    const statement = this.statementAt(offset);
    return statement?.kind === 'rule' ? statement : null;
  }

  /** The table section that holds `offset`; null between sections. */
  tableAt(offset: number): Table | null {
    const turn = lastStartingBy(this.ruleset.turns, offset);
    if (turn === null) return null;
    const { start, span } = turn.table;
    // Of commands the last line may be half written, and behind it another table may have begun and ended.
    return start === null || offset <= span.end ? turn.table : null;
  }

  /** The statements that touch `span`, in order. */
  statementsIn(span: Span): readonly Statement[] {
    const { ruleset } = this;
    if (ruleset instanceof CompactRuleset) return ruleset.statementsIn(span);
    const { statements } = ruleset;
    const first = indexStartingBy(statements, span.start);
    const last = indexStartingBy(statements, span.end);
    return statements.slice(Math.max(0, first), last + 1);
  }
}

function lastStartingBy<Part extends Pick<Span, 'start'>>(
  parts: readonly Part[],
  offset: number,
): Part | null {
  return parts[indexStartingBy(parts, offset)] ?? null;
}

/** The index of the last one that starts at or before `offset`; -1 where none does. */
function indexStartingBy(parts: readonly Pick<Span, 'start'>[], offset: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.start ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

/** `file:///node-1/ip6tables-save.txt` → `ip6tables-save.txt` */
export function fileNameOf(uri: string): string {
  const [path = ''] = uri.split(/[?#]/);
  return path.slice(path.lastIndexOf('/') + 1);
}
