/** The lines of a listing, each for what it is. */
import type { Span } from '../../../text/span.ts';
import { type Layout, readHeader, readRow, type Row } from './columns.ts';
import { printedCount } from './counts.ts';
import type { SaidWord } from './forms/form.ts';

export interface ChainLine extends Span {
  readonly kind: 'chain';
  readonly name: SaidWord;
  /** Null for a chain of a user's. */
  readonly policy: SaidWord | null;
  readonly counters: { readonly packets: number; readonly bytes: number; readonly at: Span } | null;
}

export interface RowLine extends Span {
  readonly kind: 'row';
  /** Its spans are offsets into `text`. */
  readonly row: Row;
  /** The row without what stands before and behind it. */
  readonly text: string;
}

/** A command, a heading or a comment that names table or family. */
export interface NamingLine extends Span {
  readonly kind: 'naming';
  readonly table: string | null;
  readonly family: 4 | 6 | null;
  /** The one chain that the command lists. */
  readonly chain: string | null;
}

interface PlainLine extends Span {
  readonly kind: 'header' | 'blank' | 'comment' | 'other';
}

export type ListingLine = ChainLine | RowLine | NamingLine | PlainLine;

const CHAIN =
  /^\s*Chain (\S+) (?:\((?:policy (\w+|-)(?: (\w+) packets, (\w+) bytes)?|-?\d+ references?)\)|\[ERROR)/d;
const COMMAND = /\b(ip6?)tables(?:-nft|-legacy)?\b(?= .*(?:-\w*[LnvxStT]|--list))/;
const CHAIN_OPTION = /\s(?:-\w*L\w*|--list)[ =]+([A-Za-z][\w.-]*)(?=\s*(?:$|[|;&>]|\s-))/;
const TABLE_OPTION = /(?:^|\s)(?:-t ?|--table[ =])(\w+)/;
const HEADING = /^\s*(?:[#*=-]+ *)?Table:? *['"]?(filter|nat|mangle|raw|security)\b/i;

/** Reads the lines of `text` one after the other. */
export class LineReader {
  readonly #text: string;
  #layout: Layout | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  *lines(): Generator<ListingLine, void> {
    const breaks = /\r\n|\n|\r|$/g;
    const text = this.#text;
    let start = 0;
    while (start < text.length) {
      breaks.lastIndex = start;
      const found = breaks.exec(text);
      const end = found?.index ?? text.length;
      yield this.#read(start, end);
      start = end + (found?.[0].length ?? 0);
      if (end === text.length) return;
    }
  }

  #read(start: number, end: number): ListingLine {
    const line = this.#text.slice(start, end);
    const plain = line.trim();
    if (plain === '') return { kind: 'blank', start, end };
    const chain = line.includes('Chain ') ? chainOf(line, start, end) : null;
    if (chain !== null) return chain;
    const layout = line.includes('destination') ? readHeader(line) : null;
    if (layout !== null) {
      this.#layout = layout;
      return { kind: 'header', start, end };
    }
    const before = line.length - line.trimStart().length;
    const row = readRow(line, this.#layout);
    if (row !== null)
      return {
        kind: 'row',
        row,
        text: line.trimEnd(),
        start: start + before,
        end: start + line.trimEnd().length,
      };
    const naming = namingOf(line, start, end);
    if (naming !== null) return naming;
    return { kind: plain.startsWith('#') ? 'comment' : 'other', start, end };
  }
}

function chainOf(line: string, start: number, end: number): ChainLine | null {
  const found = CHAIN.exec(line);
  const indices = found?.indices;
  if (found === null || indices === undefined) return null;
  const word = (group: number): SaidWord | null => {
    const [from, to] = indices[group] ?? [-1, -1];
    return from < 0 ? null : { text: line.slice(from, to), at: { start: start + from, end: start + to } };
  };
  const [name, policy, packets, bytes] = [1, 2, 3, 4].map(word);
  if (name === null || name === undefined) return null;
  return { kind: 'chain', name, policy: policy ?? null, counters: countersOf(packets, bytes), start, end };
}

function countersOf(
  packets: SaidWord | null | undefined,
  bytes: SaidWord | null | undefined,
): ChainLine['counters'] {
  const [counted, size] = [printedCount(packets?.text ?? ''), printedCount(bytes?.text ?? '')];
  if (counted === null || size === null || !packets || !bytes) return null;
  return { packets: counted, bytes: size, at: { start: packets.at.start, end: bytes.at.end } };
}

/** `$ sudo iptables -t nat -nL KUBE-SERVICES | grep web`, `Table: nat`, `# nat`. */
function namingOf(line: string, start: number, end: number): NamingLine | null {
  const command = COMMAND.exec(line);
  if (command !== null) {
    const table = TABLE_OPTION.exec(line)?.[1] ?? 'filter';
    const chain = CHAIN_OPTION.exec(line)?.[1] ?? null;
    return { kind: 'naming', table, family: command[1] === 'ip6' ? 6 : 4, chain, start, end };
  }
  const heading = HEADING.exec(line)?.[1];
  return heading === undefined
    ? null
    : { kind: 'naming', table: heading.toLowerCase(), family: null, chain: null, start, end };
}
