/** Dashes of a word processor, which makes one of two hyphens: `–p tcp —dport 80`. */
import type { Noise } from './noise.ts';

const DASHES = '\u2010-\u2015\u2212\ufe58\ufe63\uff0d';
const HAS_DASH = new RegExp(`[${DASHES}]`);
/** A word that begins with dashes, among them one that is no hyphen. */
const OPTION = new RegExp(`^-*[${DASHES}][-${DASHES}]*`);
const EACH = new RegExp(`[${DASHES}]`, 'g');
/** `–> 10.244.1.5:8080`, as kube-proxy ends a comment. */
const ARROW = new RegExp(`(?:[${DASHES}]>|\u2192)(?= \\[?[\\da-f])`, 'g');

/** The dashes outside of quotes, and arrows. `lines` of text, each with its ends. */
export function typographicDashes(text: string): readonly Noise[] {
  if (!HAS_DASH.test(text) && !text.includes('\u2192')) return [];
  const found: Noise[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    if (HAS_DASH.test(line) || line.includes('\u2192')) readLine(line, index, found);
  }
  return found;
}

/** Quoted parts are odd ones of what `"` splits. */
function readLine(line: string, start: number, found: Noise[]): void {
  let at = start;
  for (const [index, part] of line.split('"').entries()) {
    if (index % 2 === 1) addArrows(part, at, found);
    else for (const word of part.matchAll(/\S+/g)) addWord(word[0], at + word.index, found);
    at += part.length + 1;
  }
}

function addArrows(part: string, at: number, found: Noise[]): void {
  for (const { 0: arrow, index } of part.matchAll(ARROW)) {
    found.push({ kind: 'dashes', start: at + index, end: at + index + arrow.length, newText: '->' });
  }
}

function addWord(word: string, at: number, found: Noise[]): void {
  const dashes = OPTION.exec(word)?.[0] ?? '';
  const name = word.slice(dashes.length);
  if (dashes !== '') {
    // `–p` is short, `–dport` and `––dport` are long; a dash alone is a policy of none.
    const newText = name.length > 1 && /^[a-z]/i.test(name) ? '--' : '-';
    found.push({ kind: 'dashes', start: at, end: at + dashes.length, newText });
  }
  for (const { index } of name.matchAll(EACH)) {
    const start = at + dashes.length + index;
    found.push({ kind: 'dashes', start, end: start + 1, newText: '-' });
  }
}
