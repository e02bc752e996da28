/** The texts of open documents as the editor changes them. */
import type {
  Range,
  TextDocumentContentChangeEvent,
  TextDocumentsConfiguration,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { IPVSADM, IpvsDocument } from '../language/ipvs/ipvsDocument.ts';
import { NFTABLES, NftDocument } from '../language/nftables/nftDocument.ts';
import { type DocumentText, RulesDocument } from '../language/rulesDocument.ts';
import { takeFindingsAlong } from './findingsBefore.ts';
import type { LineIndex, LinePosition } from '../text/lineIndex.ts';
import type { Replacement } from '../text/offsetMap.ts';

export const rulesDocuments: TextDocumentsConfiguration<RulesDocument> = {
  create: (uri, languageId, version, text) => opened(languageId, { uri, version, text }),
  update: changedDocument,
};

function opened(languageId: string, source: DocumentText): RulesDocument {
  if (languageId === IPVSADM) return new IpvsDocument(source);
  // `nft` is what other editors and extensions call it.
  return languageId === NFTABLES || languageId === 'nft'
    ? new NftDocument(source)
    : new RulesDocument(source);
}

/** The document after `changes`, of which each is told of the text as those before it left it. */
function changedDocument(
  document: RulesDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
): RulesDocument {
  const from = changes.findLastIndex((change) => !('range' in change)) + 1;
  const whole = changes[from - 1];
  const base = whole === undefined ? document : document.withText(version, whole.text);
  const ranged = changes.slice(from).filter((change) => 'range' in change);
  if (ranged.length === 0 && whole !== undefined) return base;
  const replacements = fromTheEnd(base, ranged) ?? asOne(base, ranged);
  const edited = base.edited(version, replacements);
  takeFindingsAlong(base, edited, replacements);
  return edited;
}

interface RangedChange {
  readonly range: Range;
  readonly text: string;
}

/** Changes told from the end of the text to its beginning, as VS Code does; null for any other order. */
function fromTheEnd(
  { text, written }: RulesDocument,
  changes: readonly RangedChange[],
): readonly Replacement[] | null {
  const found: Replacement[] = [];
  for (const { range, text: newText } of changes) {
    const behind = found.at(-1);
    // A position in what the change before it wrote, or behind that, is none of this text.
    const limit = behind === undefined ? null : written.positionAt(behind.start);
    if (limit !== null && (isBehind(range.start, limit) || isBehind(range.end, limit))) return null;
    const [a, b] = [offsetAt(text, written, range.start), offsetAt(text, written, range.end)];
    const replacement = { start: Math.min(a, b), end: Math.max(a, b), newText };
    found.push(replacement);
  }
  return found.reverse();
}

function isBehind(one: LinePosition, other: LinePosition): boolean {
  return one.line > other.line || (one.line === other.line && one.character > other.character);
}

/** The offset of a position; beyond the end of its line that is its end, as LSP says. */
function offsetAt(text: string, lines: LineIndex, { line, character }: Range['start']): number {
  const start = lines.startOf(line);
  let end = lines.startOf(line + 1);
  if (line + 1 < lines.lineCount) {
    if (text.charAt(end - 1) === '\n') end--;
    if (end > start && text.charAt(end - 1) === '\r') end--;
  }
  return Math.min(start + character, end);
}

/** Changes in any order, as one of all that lies between the first and the last of them. */
function asOne({ uri, text }: RulesDocument, changes: readonly RangedChange[]): readonly Replacement[] {
  const document = TextDocument.create(uri, '', 0, text);
  let before = text.length;
  let behind = text.length;
  for (const change of changes) {
    const [a, b] = [document.offsetAt(change.range.start), document.offsetAt(change.range.end)];
    before = Math.min(before, a, b);
    behind = Math.min(behind, document.getText().length - Math.max(a, b));
    TextDocument.update(document, [change], 0);
  }
  const changed = document.getText();
  const newText = changed.slice(before, changed.length - behind);
  return [{ start: before, end: text.length - behind, newText }];
}
