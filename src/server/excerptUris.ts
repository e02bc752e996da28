/** The URIs of excerpts, as the server makes and reads them. */
import type { ExcerptAddress } from '../language/excerpt.ts';
import { fileNameOf, type RulesDocument } from '../language/rulesDocument.ts';
import { excerptScheme, excerptUri, readExcerptQuery } from '../protocol/excerptUri.ts';
import { decodePart } from '../protocol/liveUri.ts';

/** Which file an excerpt is of, and what it shows of that. */
export interface ExcerptOf {
  readonly file: string;
  readonly address: ExcerptAddress;
}

/** `Lines 401–600` for lines of no chain, `KUBE-SERVICES (from rule 20,001)` for a page of a very long one. */
export function uriOfExcerpt({ uri, ruleset }: RulesDocument, address: ExcerptAddress): string {
  const file = decodePart(fileNameOf(uri)) ?? fileNameOf(uri);
  const { from } = address;
  if (address.kind === 'lines') {
    return excerptUri({ file: uri, section: null, chain: null, from }, [file, `lines from ${counted(from)}`]);
  }
  const { section, chain } = address;
  const name = from === 0 ? chain : `${chain} from rule ${counted(from)}`;
  return excerptUri({ file: uri, section, chain, from }, [file, ruleset.tables[section]?.name ?? '', name]);
}

function counted(from: number): string {
  return (from + 1).toLocaleString('en');
}

export function isExcerptUri(uri: string): boolean {
  return uri.startsWith(`${excerptScheme}:`);
}

/** However the client encodes it; null for a URI of no excerpt. */
export function readExcerptUri(uri: string): ExcerptOf | null {
  if (!isExcerptUri(uri)) return null;
  const place = readExcerptQuery(decodePart(uri.slice(uri.indexOf('?') + 1)) ?? '');
  if (place === null) return null;
  const { file, section, chain, from } = place;
  if (section === null || chain === null) return { file, address: { kind: 'lines', from } };
  return { file, address: { kind: 'chain', section, chain, from } };
}
