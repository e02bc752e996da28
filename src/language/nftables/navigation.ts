/** Definition, references, highlights and rename of what a text of nftables names. */
import { type DocumentHighlight, DocumentHighlightKind, type Location } from 'vscode-languageserver-types';
import type { FoundPlaces } from '../navigation.ts';
import type { Renamed, RenamePlace, RenameRefused } from '../rename.ts';
import { type NameKind, type NamePlace, namePlaceAt, namePlaces, sameName } from './names.ts';
import type { NftDocument } from './nftDocument.ts';

/** Where what is named at `offset` is declared. */
export function nftDefinition(document: NftDocument, offset: number): Location | null {
  const found = namePlaceAt(document, offset);
  const declared = found === null ? undefined : declarationOf(document, found);
  return declared === undefined ? null : document.locationOf(declared.span);
}

/** Of a define the last one before the place. */
function declarationOf(document: NftDocument, place: NamePlace): NamePlace | undefined {
  const declared = sameName(document, place).filter(({ declares }) => declares);
  const before = declared.filter(({ span }) => span.start <= place.span.start);
  return (place.kind === 'define' ? before.at(-1) : undefined) ?? declared[0];
}

export function nftReferences(
  document: NftDocument,
  offset: number,
  { withDeclaration, limit }: { readonly withDeclaration: boolean; readonly limit: number },
): FoundPlaces {
  const found = namePlaceAt(document, offset);
  if (found === null) return { locations: [], total: 0 };
  const all = sameName(document, found).filter(({ declares }) => withDeclaration || !declares);
  return { locations: all.slice(0, limit).map(({ span }) => document.locationOf(span)), total: all.length };
}

const HIGHLIGHT_LIMIT = 2_000;

export function nftHighlights(document: NftDocument, offset: number): DocumentHighlight[] {
  const found = namePlaceAt(document, offset);
  if (found === null) return [];
  return sameName(document, found)
    .slice(0, HIGHLIGHT_LIMIT)
    .map(({ span, declares }) => ({
      range: document.rangeOf(span),
      kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
}

const WORDS: Readonly<Record<NameKind, string>> = {
  table: 'table',
  chain: 'chain',
  set: 'set or map',
  object: 'object',
  flowtable: 'flowtable',
  define: 'define',
};

export function nftRenamePlace(document: NftDocument, offset: number): RenamePlace {
  const found = namePlaceAt(document, offset);
  if (found === null)
    return refused('Only tables, chains, sets, maps, objects, flowtables and defines can be renamed.');
  return { kind: 'chain', range: document.rangeOf(found.span), placeholder: found.name };
}

export function nftRename(document: NftDocument, offset: number, name: string): Renamed {
  const found = namePlaceAt(document, offset);
  if (found === null) return refused('Nothing that can be renamed stands here.');
  const why = name === found.name ? null : whyNot(document, found, name);
  if (why !== null) return refused(why);
  const edits = sameName(document, found).map(({ span }) => ({
    range: document.rangeOf(span),
    newText: name,
  }));
  return { kind: 'edit', edit: { changes: { [document.uri]: edits } } };
}

/** NFT_NAME_MAXLEN is 256 with its final NUL. */
const LONGEST_NAME = 255;

function whyNot(document: NftDocument, { kind, table }: NamePlace, name: string): string | null {
  if (!/^[A-Za-z_][\w/\\.-]*$/u.test(name))
    return `A ${WORDS[kind]} is called by a letter, and letters, digits and / \\ _ . - behind it.`;
  if (name.length > LONGEST_NAME) return `The name has at most ${LONGEST_NAME} characters.`;
  const taken = namePlaces(document).some(
    (each) => each.kind === kind && each.table === table && each.name === name,
  );
  return taken ? `There is a ${WORDS[kind]} ${name} already.` : null;
}

function refused(why: string): RenameRefused {
  return { kind: 'refused', why };
}
