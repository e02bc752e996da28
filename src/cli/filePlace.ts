/** Places in files, as the user has them. */
import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { LineIndex } from '../text/lineIndex.ts';
import type { Span } from '../text/span.ts';

/** Where something stands in a file, as people count: lines and columns from 1, the end column behind the last character. */
export interface FilePlace {
  /** Offsets in the file. */
  readonly span: Span;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** `span` is of the rules as they were read; `lines` of those down to its end at least. */
export function placeInFile(span: Span, lines: LineIndex, { listing, paste }: Ruleset): FilePlace {
  const map = listing?.map ?? paste?.map ?? null;
  return {
    ...placeInLines(span, lines),
    span: {
      start: map?.before(span.start) ?? span.start,
      end: map?.before(span.end) ?? span.end,
    },
  };
}

/** `span` is of the text as it was written. */
export function placeInLines({ start: from, end: to }: Span, lines: LineIndex): FilePlace {
  const start = lines.positionAt(from);
  const end = lines.positionAt(to);
  return {
    span: { start: from, end: to },
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
