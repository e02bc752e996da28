import { LineIndex, MappedLineIndex } from '../../text/lineIndex.ts';
import type { Ruleset } from './nodes.ts';

/** The lines in which the rules are written: offsets are of `ruleset.text`, lines and characters of the text as it was given. */
export function linesOf({ text, paste, listing }: Pick<Ruleset, 'text' | 'paste' | 'listing'>): LineIndex {
  const read = listing ?? paste;
  return read === null ? new LineIndex(text) : new MappedLineIndex(read.written, read.map);
}
