/** What the shell reads of a command line before iptables does. */
import type { Noise } from './noise.ts';
import { lengthOfCheck } from './checks.ts';
import { changesRules, PROGRAM, SUDO } from './wording.ts';

/** A backslash at the end of a line, with what begins the next one. */
const CONTINUED = /[ \t]*\\[ \t]*\r?\n[ \t]*(?:>[ \t]?)*/g;
/** `|| true`, `2>/dev/null`, `> /dev/null 2>&1`, `;`, `&`, ` # why` at the end. */
const TAIL =
  /(?:\s+\|\|\s.*|\s*[12&]?>{1,2}\s*(?:\/\S+|&[12]).*|\s*;\s*|\s*&&?\s*|\s+#.*|\s*;\s*(?:then|do|done|fi)\s*)$/;
/** `… && iptables -A …`, `…; sudo iptables -A …` */
const NEXT = new RegExp(String.raw`\s*(?:&&|;)\s*(?:${SUDO})?(?=${PROGRAM}\s)`, 'g');
const BEFORE = new RegExp(`^${SUDO}`);
/** `'a b'` as a word of its own. */
const QUOTED = /(?<=\s)'([^'"\n]*)'(?=\s|$)/g;

/** A command longer than this is read as it is. */
const LONGEST = 2_000;

/** Lines that go on in the next one. */
export function continuedLines(text: string): readonly Noise[] {
  if (!/\\[ \t]*\r?\n/.test(text)) return [];
  return [...text.matchAll(CONTINUED)].map(({ 0: found, index }) => ({
    kind: 'shell',
    start: index,
    end: index + found.length,
    newText: ' ',
  }));
}

/** What belongs to the shell in the command lines of `text`: its ends, its quotes, `sudo`. */
export function shellNoise(text: string): readonly Noise[] {
  const found: Noise[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (line.length < LONGEST && changesRules(line)) readCommand(line, index, found);
  }
  return found;
}

function readCommand(line: string, start: number, found: Noise[]): void {
  const check = lengthOfCheck(line);
  if (check > 0) {
    found.push({ kind: 'checks', start, end: start + check, newText: '' });
    if (check < line.length) readCommand(line.slice(check), start + check, found);
    return;
  }
  const sudo = BEFORE.exec(line)?.[0].length ?? 0;
  if (sudo > 0) found.push({ kind: 'shell', start, end: start + sudo, newText: '' });
  let end = line.length;
  for (let tail = tailOf(line); tail !== null; tail = tailOf(line.slice(0, end))) end = tail;
  const words = line.slice(0, end);
  const inner = [
    ...[...words.matchAll(NEXT)].map((next) => [next, '\n'] as const),
    ...[...words.matchAll(QUOTED)].map((quoted) => [quoted, `"${quoted[1] ?? ''}"`] as const),
  ].toSorted(([a], [b]) => a.index - b.index);
  for (const [{ 0: text, index }, newText] of inner)
    found.push({ kind: 'shell', start: start + index, end: start + index + text.length, newText });
  if (end < line.length)
    found.push({ kind: 'shell', start: start + end, end: start + line.length, newText: '' });
}

/** Where what is no part of the command begins, outside of quotes; null where nothing does. */
function tailOf(line: string): number | null {
  const masked = line.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ({ length }) => '"'.repeat(length));
  const found = TAIL.exec(masked);
  if (found === null || found[0] === '') return null;
  const before = line.slice(0, found.index);
  return before.split('"').length % 2 === 1 && before.split("'").length % 2 === 1 ? found.index : null;
}
