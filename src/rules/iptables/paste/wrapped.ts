/** Lines that a terminal broke at its width, as tmux and screens of a console give them. */
import type { Noise } from './noise.ts';
import { formOf } from './wording.ts';

/** Narrower is no terminal, wider no line is. */
const NARROWEST = 40;
const WIDEST = 400;
/** So many lines end at the edge, at least, where it is one. */
const FEWEST = 3;
const ALL = 0.9;

interface Line {
  readonly start: number;
  /** Before the line ending. */
  readonly end: number;
}

/** The line endings at the right edge of a terminal; none where no line is longer than the others, or the text has no edge. */
export function wrappedLines(text: string): readonly Noise[] {
  const lines = linesOf(text);
  const width = lines.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  if (width < NARROWEST || width > WIDEST) return [];
  const going = lines.filter((line) => goesOn(text, line));
  const wraps = lines.flatMap((line, index): Noise[] => {
    const next = lines[index + 1];
    const missing = width - (line.end - line.start);
    // A blank at the edge is not copied.
    if (next === undefined || missing > 1 || !goesOn(text, next)) return [];
    return [{ kind: 'wraps', start: line.end, end: next.start, newText: ' '.repeat(missing) }];
  });
  // Rules of one shape are of one length, too: where lines were broken, hardly any other line is no rule.
  return wraps.length < FEWEST || wraps.length < going.length * ALL ? [] : wraps;
}

function linesOf(text: string): readonly Line[] {
  const found: Line[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const end = index + line.replace(/\r?\n$/, '').length;
    found.push({ start: index, end });
  }
  return found;
}

/** Whether the line begins in the middle of a rule. */
function goesOn(text: string, line: Line): boolean {
  if (line.start === line.end) return false;
  const form = formOf(text.slice(line.start, line.end));
  return form === 'other' || form === 'separator';
}
