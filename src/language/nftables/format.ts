/** Formats a text of nftables as nft prints: blanks and line ends change, and nothing else; comments stay. */
import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { Steps } from '../../values/steps.ts';
import type { NftDocument } from './nftDocument.ts';

/** Where a line stands: how many blocks are open, and whether the elements of a set are. */
interface Place {
  readonly depth: number;
  /** Braces that are open within elements. */
  readonly inElements: number;
}

/** The lines of `range`, or all. */
export function* nftFormat(document: NftDocument, range: Range | null): Steps<TextEdit[]> {
  const edits: TextEdit[] = [];
  const lines = document.text.split('\n');
  let place: Place = { depth: 0, inElements: 0 };
  for (const [line, text] of lines.entries()) {
    const body = text.replace(/\r$/u, '');
    const isContinued = lines[line - 1]?.trimEnd().endsWith('\\') === true;
    const written = isContinued ? body.trimEnd() : spaced(body.trim());
    const { open, closesFirst } = bracesOf(written);
    const isWanted = range === null || (line >= range.start.line && line <= range.end.line);
    const wanted = isContinued || written === '' ? written : indentOf(place, closesFirst) + written;
    if (isWanted && wanted !== body) {
      const end = { line, character: body.length };
      edits.push({ range: { start: { line, character: 0 }, end }, newText: wanted });
    }
    place = behind(place, open, written);
    if (line % LINES_PER_STEP === 0) yield;
  }
  return edits;
}

const LINES_PER_STEP = 1_000;

function indentOf({ depth, inElements }: Place, closesFirst: boolean): string {
  if (inElements > 0 && !closesFirst) return `${'\t'.repeat(depth)}     `;
  return '\t'.repeat(Math.max(0, depth - (closesFirst ? 1 : 0)));
}

function behind({ depth, inElements }: Place, open: number, written: string): Place {
  const begins = inElements === 0 && open > 0 && /elements\s*=\s*\{/u.test(written);
  const within = inElements > 0 || begins ? Math.max(0, inElements + open) : 0;
  return { depth: Math.max(0, depth + open), inElements: within };
}

/** One blank between words, but within quotes and comments. */
function spaced(text: string): string {
  return text
    .split(/("[^"]*"?|#.*$)/u)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[ \t]+/gu, ' ')))
    .join('');
}

/** How many braces stay open behind a line, and whether it begins by closing one. */
function bracesOf(text: string): { readonly open: number; readonly closesFirst: boolean } {
  const bare = text.replaceAll(/"[^"]*"?|#.*$/gu, '');
  let open = 0;
  for (const each of bare) {
    if (each === '{') open += 1;
    if (each === '}') open -= 1;
  }
  return { open, closesFirst: bare.startsWith('}') };
}
