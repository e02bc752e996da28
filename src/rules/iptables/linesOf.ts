import { LineIndex, MappedLineIndex } from '../../text/lineIndex.ts';
import { CompactRuleset } from './compact/compactRuleset.ts';
import type { Ruleset } from './nodes.ts';

/** The lines in which the rules are written: offsets are of `ruleset.text`, lines and characters of the text as it was given. */
export function linesOf(ruleset: Ruleset): LineIndex {
  const { text, paste, listing } = ruleset;
  if (ruleset instanceof CompactRuleset) return new LineIndex(text, ruleset.source.lines.starts(text.length));
  const read = listing ?? paste;
  return read === null ? new LineIndex(text) : new MappedLineIndex(read.written, read.map);
}
