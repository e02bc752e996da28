/** What a text holds: a dump, a paste, a listing, commands, read into one kind of tree. */
import { bytesOf } from '../../text/bytes.ts';
import type { Replacement } from '../../text/offsetMap.ts';
import { editCompact } from './compact/compactEdit.ts';
import { readCompact } from './compact/compactReader.ts';
import { CompactRuleset } from './compact/compactRuleset.ts';
import { readListing } from './listing/readListing.ts';
import type { Ruleset } from './nodes.ts';
import { LineReader } from './parsing/lineReader.ts';
import { planPart } from './parts/plan.ts';
import { mayBeOdd } from './paste/characters.ts';
import { readPaste } from './paste/readPaste.ts';

/**
 * Reads the rules in `text`. Never throws: what is not understood stands in the tree as a `bad` line and in `problems`. `ascii`:
 * the bytes of `text`, if somebody has them and each is a character.
 */
export function parseRuleset(text: string, ascii: Uint8Array | null = null): Ruleset {
  const bytes = ascii ?? bytesOf(text);
  const compact = readCompact(text, bytes);
  return understood(compact === null ? parseLines(text) : new CompactRuleset(compact, bytes));
}

/**
 * As `parseRuleset(text)`, where `before` was read of the text before `changes`, which are in order and do not overlap. A dump as
 * iptables-save writes it costs what changed, where that is within its tables.
 */
export function parseEdited(before: Ruleset, text: string, changes: readonly Replacement[]): Ruleset {
  if (!(before instanceof CompactRuleset)) return parseRuleset(text);
  const edited = editCompact(before.source, text, changes);
  return edited === null ? parseRuleset(text) : understood(before.edited(edited.lines, edited.edit));
}

/** What the text is after all, of which the lines are read as they are. */
function understood(asIs: Ruleset): Ruleset {
  const paste = mayBePasted(asIs) ? readPaste(asIs.text) : null;
  const read = paste === null ? asIs : new LineReader(paste.text, paste).read();
  const listing = mayBeListing(read) ? readListing(read.text, parseLines, paste) : null;
  if (listing !== null) return listing;
  const plan = planPart(read);
  return plan === null ? read : new LineReader(read.text, paste, plan).read();
}

/** The command that made a listing is a line of commands. */
function mayBeListing({ format, lineProblems }: Ruleset): boolean {
  return format === 'foreign' || (format === 'commands' && lineProblems.length > 0);
}

/** As a text that is neither paste nor listing, line by line: of a dump as iptables-save writes it the slow way to the same tree. */
export function parseLines(text: string): Ruleset {
  return new LineReader(text).read();
}

/** Where it is looked for what only a paste has: further down, no large dump has it for the first time. */
const LOOKED_THROUGH = 4_000_000;

/** Whether a closer look is worth it: free for a dump as iptables-save writes it. */
function mayBePasted({ text, format, lineProblems }: Ruleset): boolean {
  if (format !== 'save' || lineProblems.some(({ start }) => start < LOOKED_THROUGH)) return true;
  const start = text.length > LOOKED_THROUGH ? text.slice(0, LOOKED_THROUGH) : text;
  return /^(?:[ \t]*\r?\n)*[ \t]/.test(start) || mayBeOdd(start);
}
