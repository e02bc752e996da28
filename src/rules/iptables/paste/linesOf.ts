import { LineIndex, MappedLineIndex } from '../../../text/lineIndex.ts';
import type { Ruleset } from '../nodes.ts';

/** The lines in which the rules are written: offsets are of `ruleset.text`, lines and characters of the text as it was given. */
export function linesOf({ text, paste }: Pick<Ruleset, 'text' | 'paste'>): LineIndex {
  return paste === null ? new LineIndex(text) : new MappedLineIndex(paste.written, paste.map);
}
