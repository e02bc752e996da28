/** What is safe and good to print: no escape sequences of others, colours where wanted, columns that align. */
import { invisible } from '../text/invisible.ts';

/** Colours and the width of the place where the text goes. */
export interface Style {
  readonly colour: boolean;
  /** Columns; Infinity where lines may be as long as they like. */
  readonly width: number;
}

/** Colour only on a terminal, and never with NO_COLOR (https://no-color.org) or `TERM=dumb`. */
export function styleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const terminal = stream.isTTY === true;
  const colour = terminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return { colour, width: terminal ? Math.max(40, stream.columns ?? 80) : Infinity };
}

type Paint = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const codes: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** `text` in a colour or weight, where the style has them. */
export function paint(style: Style, how: Paint, text: string): string {
  if (!style.colour || text === '') return text;
  const [on, off] = codes[how];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}

/**
 * Text from a dump made harmless for a terminal: escape sequences and all that nobody sees are taken out, since a comment
 * in a dump may be written by anybody.
 */
export function plain(text: string): string {
  return text.replaceAll(escapeSequence, '').replaceAll(invisible, '');
}

/** `\x1b[31m`, `\x1b]0;title\x07` (and the eight-bit forms `\x9b…`, `\x9d…`). */
const escapeSequence = new RegExp(
  [
    String.raw`(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]`,
    String.raw`(?:\u001B\]|\u009D)[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?`,
    String.raw`\u001B[ -/]*[0-~]`,
  ].join('|'),
  'gu',
);

/** The columns that `text` takes on a terminal (without colours): East Asian characters and emoji take two. */
export function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let total = 0;
  for (const character of text) total += wide.test(character) ? 2 : combining.test(character) ? 0 : 1;
  return total;
}

/** `字` and `🚀`, by Unicode's blocks of full width. */
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** Accents that stand over the character before them. */
const combining = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** The columns of the widest of them; 0 where there are none. */
export function widest(texts: Iterable<string>): number {
  let most = 0;
  for (const text of texts) most = Math.max(most, columns(text));
  return most;
}

/** `text` filled up with blanks to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** `text` cut to `width` columns, with `…` where something was cut. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += columns(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Breaks a paragraph at blanks into lines of at most `width` columns; the following lines start with `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columns(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}
