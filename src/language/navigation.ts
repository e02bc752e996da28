/** Definition, references and highlights of chains; a chain is one only within its table section. */
import { type DocumentHighlight, DocumentHighlightKind, type Location } from 'vscode-languageserver-types';
import { chainWordAt } from './chains.ts';
import { chainWords, type RoleWord } from './chainWords.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** From a jump or a rule to the chain's declaration; from the declaration to its first rule. */
export function definitionAt(document: RulesDocument, offset: number): Location | null {
  const found = chainWordAt(document, offset);
  if (found === null) return null;
  const chain = found.table.chains.get(found.word.text);
  const declared = chain?.declaration?.name;
  const first = chain?.rules[0]?.chain;
  const word = found.role === 'declaration' ? (first ?? declared) : (declared ?? first);
  return word === undefined ? null : document.locationOf(word);
}

/** A page of places: `total` counts those that were left out too. */
export interface FoundPlaces {
  readonly locations: readonly Location[];
  readonly total: number;
}

/** The jumps to the chain at `offset` and its rules, and where it is declared if `withDeclaration`. At most `limit` of them. */
export function referencesAt(
  document: RulesDocument,
  offset: number,
  options: { readonly withDeclaration: boolean; readonly limit: number },
): FoundPlaces {
  const found = chainWordAt(document, offset);
  if (found === null) return { locations: [], total: 0 };
  const all = chainWords(document, found).filter(
    ({ role }) => options.withDeclaration || role !== 'declaration',
  );
  const locations = all
    .toSorted((a, b) => a.word.start - b.word.start)
    .slice(0, options.limit)
    .map(({ word }) => document.locationOf(word));
  return { locations, total: all.length };
}

/** How many highlights an editor is given at most; KUBE-MARK-MASQ has tens of thousands. */
const HIGHLIGHT_LIMIT = 2_000;

/** Every word that names the chain at `offset`, nearest first when there are very many. */
export function highlightsAt(document: RulesDocument, offset: number): DocumentHighlight[] {
  const found = chainWordAt(document, offset);
  if (found === null) return [];
  const words = chainWords(document, found).filter(({ word }) => document.shows(word));
  const near = words.length <= HIGHLIGHT_LIMIT ? words : nearest(words, offset);
  return near.map(({ word, role }) => ({
    range: document.rangeOf(word),
    kind: role === 'declaration' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

function nearest(words: readonly RoleWord[], offset: number): readonly RoleWord[] {
  const distance = (each: RoleWord): number => Math.abs(each.word.start - offset);
  return words.toSorted((a, b) => distance(a) - distance(b)).slice(0, HIGHLIGHT_LIMIT);
}
