/** Places in rules, as JSON names them. */
import type { FindingPlace } from '../../kubeproxy/findings/finding.ts';
import { placeText } from '../../kernel/ruleAt.ts';

/** As people count: lines and columns from 1, the end column behind the last character. */
interface LinesPlace {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The file that a place is in, as its user names it; null for both where there is none. */
export interface PlaceInFile {
  readonly path: string | null;
  readonly place: LinesPlace | null;
}

/** Finds it for a place in the rules that were asked. */
export type FileOf = (at: FindingPlace) => PlaceInFile;

/** `rule` is null for what is none: a declaration. */
export interface PlaceJson {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly rule: string | null;
}

/** `{"file","line","column","rule"}`, counted from 1. */
export function placeJson(at: FindingPlace, fileOf: FileOf): PlaceJson {
  const { path, place } = fileOf(at);
  return {
    file: path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    rule: 'index' in at ? placeText(at) : null,
  };
}
