/** The columns of a listing's row, from the number and the counters to the destination. */
import type { Span } from '../../../text/span.ts';
import { readProtocol } from '../../../values/names.ts';
import { printedCount } from './counts.ts';
import type { SaidWord } from './forms/form.ts';

/** Which columns a listing was made with: `--line-numbers`; `-v`, which shows counters and interfaces. Null: not known. */
export interface Layout {
  readonly numbered: boolean;
  readonly verbose: boolean;
}

/** A column, its `!` apart. */
export interface Cell extends SaidWord {
  readonly negation: Span | null;
}

export interface Row {
  readonly counters: { readonly packets: number; readonly bytes: number; readonly at: Span } | null;
  readonly target: SaidWord | null;
  readonly protocol: Cell;
  /** `-f` or `!f` in the column of options. */
  readonly fragment: Cell | null;
  /** Null where the listing does not show it. */
  readonly input: Cell | null;
  readonly output: Cell | null;
  readonly source: Cell;
  readonly destination: Cell;
  /** Where the columns end. */
  readonly end: number;
}

const HEADER =
  /^\s*(num\s+)?(?:pkts\s+bytes\s+)?target\s+prot(?:\s+opt)?(\s+in\s+out)?\s+source\s+destination\s*$/;

/** `num   pkts bytes target     prot opt in     out     source               destination`; null for another line. */
export function readHeader(line: string): Layout | null {
  const found = HEADER.exec(line);
  return found === null ? null : { numbered: found[1] !== undefined, verbose: found[2] !== undefined };
}

/** The most words that the columns hold. */
const MOST_WORDS = 10;
const OPTIONS = /^(?:--|-f|!f)$/;
const ADDRESS = /^!?[\w.:/%-]+$/;

/** Null for a line that is no row. `layout` is that of the last header, null before one. */
export function readRow(line: string, layout: Layout | null): Row | null {
  const words = firstWords(line);
  const opt = words.findIndex(({ text }, index) => index > 0 && OPTIONS.test(text));
  // A comment may hold such a dash: `# firewall.sh -- the rules of a node`.
  if (opt > 0 && layout === null && !isProtocol(words[opt - 1]?.text ?? '')) return null;
  if (opt > 0) return rowOf(words, opt - 1, opt + 1, layout);
  // `ipv6-icmp--`, as some releases print it.
  const glued = words.findIndex(({ text }) => /.--$/.test(text));
  if (glued >= 0) return rowOf(unglued(words, glued), glued, glued + 2, layout);
  const bare = protocolOf(words, layout);
  return bare === null ? null : rowOf(words, bare, bare + 1, layout);
}

function isProtocol(text: string): boolean {
  return readProtocol(text.replace(/^!/, '')).kind === 'value';
}

/** Also an address to which the match behind it is glued: `2001:db8:1:2:3:4:5:0/112eui64  tcp`. */
const WORD = /(?<!\S)[\da-f!]*:[\da-f:./]*?(?=eui64\s)|\S+/g;

function firstWords(line: string): SaidWord[] {
  const words: SaidWord[] = [];
  for (const { 0: text, index } of line.matchAll(WORD)) {
    words.push({ text, at: { start: index, end: index + text.length } });
    if (words.length === MOST_WORDS) break;
  }
  return words;
}

function unglued(words: readonly SaidWord[], at: number): SaidWord[] {
  const word = words[at];
  if (word === undefined) return [...words];
  const middle = word.at.end - 2;
  return [
    ...words.slice(0, at),
    { text: word.text.slice(0, -2), at: { start: word.at.start, end: middle } },
    { text: '--', at: { start: middle, end: word.at.end } },
    ...words.slice(at + 1),
  ];
}

/** Where the protocol stands in a row whose column of options is blank, as old releases print IPv6. */
function protocolOf(words: readonly SaidWord[], layout: Layout | null): number | null {
  const verbose = layout?.verbose ?? false;
  const base = (layout?.numbered === true ? 1 : 0) + (verbose ? 2 : 0);
  for (const index of [base + 1, base]) {
    const protocol = words[index]?.text ?? '';
    const [source, destination] = words.slice(index + (verbose ? 3 : 1));
    if (
      isProtocol(protocol) &&
      [source, destination].every((word) =>
        /^!?(?:anywhere|[\da-f:.]*[:.][\da-f:./]*)$/i.test(word?.text ?? ''),
      )
    )
      return index;
  }
  return null;
}

/** `protocol` and `after` are the places of the protocol and of the first column behind the options. */
function rowOf(
  words: readonly SaidWord[],
  protocol: number,
  after: number,
  layout: Layout | null,
): Row | null {
  const before = words.slice(0, protocol);
  const { numbered, verbose } = layout ?? layoutOf(before);
  const [packets, bytes] = before.slice(numbered ? 1 : 0);
  const counted = verbose ? countersOf(packets, bytes) : null;
  if (verbose && counted === null) return null;
  const rest = before.slice((numbered ? 1 : 0) + (verbose ? 2 : 0));
  const [source, destination] = words.slice(after + (verbose ? 2 : 0)).map(cellOf);
  const named = words[protocol];
  if (rest.length > 1 || named === undefined || source === undefined || destination === undefined)
    return null;
  if (!ADDRESS.test(source.text) || !ADDRESS.test(destination.text)) return null;
  const [input = null, output = null] = verbose ? words.slice(after, after + 2).map(cellOf) : [];
  const option = words[after - 1];
  return {
    counters: counted,
    target: rest[0] ?? null,
    protocol: cellOf(named),
    fragment:
      option !== undefined && option.text.endsWith('f') && OPTIONS.test(option.text)
        ? fragmentOf(option)
        : null,
    input,
    output,
    source,
    destination,
    end: destination.at.end,
  };
}

/** Of a row without a header, from the words before its protocol. */
function layoutOf(before: readonly SaidWord[]): Layout {
  const counts = before.map(({ text }) => printedCount(text) !== null);
  const leading = counts.indexOf(false) < 0 ? counts.length : counts.indexOf(false);
  return { numbered: leading === 1 || leading === 3, verbose: leading >= 2 };
}

function countersOf(packets: SaidWord | undefined, bytes: SaidWord | undefined): Row['counters'] {
  if (packets === undefined || bytes === undefined) return null;
  const [counted, size] = [printedCount(packets.text), printedCount(bytes.text)];
  if (counted === null || size === null) return null;
  return { packets: counted, bytes: size, at: { start: packets.at.start, end: bytes.at.end } };
}

/** `!10.0.0.0/8` */
function cellOf({ text, at }: SaidWord): Cell {
  const isNegated = text.length > 1 && text.startsWith('!');
  return isNegated
    ? {
        text: text.slice(1),
        at: { start: at.start + 1, end: at.end },
        negation: { start: at.start, end: at.start + 1 },
      }
    : { text, at, negation: null };
}

function fragmentOf({ text, at }: SaidWord): Cell {
  return { text: '-f', at, negation: text === '!f' ? { start: at.start, end: at.start + 1 } : null };
}
