/**
 * `kube-proxy-rules:/big.txt/nat/KUBE-SERVICES?[…]`: one chain, or some lines, of a file that the server holds. The path is
 * for people; what is meant stands in the query, as JSON.
 */
import { encodePart } from './liveUri.ts';

/** The scheme of excerpts, which the manifest names too (`onFileSystem:`). */
export const excerptScheme = 'kube-proxy-rules';

/** `section` counts the tables of the file from 0; null, as `chain`, for lines of no chain. `from`: of its rules, or of the lines. */
export interface ExcerptPlace {
  /** The whole file's document. */
  readonly file: string;
  readonly section: number | null;
  readonly chain: string | null;
  readonly from: number;
}

/** The document's URI, its parts encoded. `names`: what the path says, from the file's name to the chain's. */
export function excerptUri({ file, section, chain, from }: ExcerptPlace, names: readonly string[]): string {
  const query = encodeURIComponent(JSON.stringify([file, section, chain, from]));
  return `${excerptScheme}:/${names.map(encodePart).join('/')}?${query}`;
}

/** What the decoded query of an excerpt's URI says; null for one that says nothing. */
export function readExcerptQuery(query: string): ExcerptPlace | null {
  const [file, section, chain, from] = listOf(query);
  if (typeof file !== 'string' || !isCount(from)) return null;
  if (section === null && chain === null) return { file, section, chain, from };
  return isCount(section) && typeof chain === 'string' ? { file, section, chain, from } : null;
}

function listOf(query: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(query);
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
