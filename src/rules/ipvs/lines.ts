/** A text as lines of words. */
import type { Span } from '../../text/span.ts';

export interface IpvsWord extends Span {
  readonly text: string;
}

export interface IpvsLine extends Span {
  readonly words: readonly IpvsWord[];
  readonly indented: boolean;
}

/** Lines that have words, in order; a line's span is from its first word to the end of its last. */
export function linesOfWords(text: string): readonly IpvsLine[] {
  const lines: IpvsLine[] = [];
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const words = wordsBetween(text, start, end);
    const [first] = words;
    const last = words.at(-1);
    if (first !== undefined && last !== undefined) {
      lines.push({ start: first.start, end: last.end, words, indented: first.start > start });
    }
    start = end + 1;
  }
  return lines;
}

function wordsBetween(text: string, start: number, end: number): readonly IpvsWord[] {
  const words: IpvsWord[] = [];
  for (const found of text.slice(start, end).matchAll(/\S+/g)) {
    const at = start + found.index;
    words.push({ text: found[0], start: at, end: at + found[0].length });
  }
  return words;
}
