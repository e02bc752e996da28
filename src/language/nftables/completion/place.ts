/** Where in a text of nftables the cursor stands: the words of its statement up to there, and the block around them. */
import type { Table, TableItem } from '../../../rules/nftables/nodes.ts';
import { Tokens } from '../../../rules/nftables/parsing/tokens.ts';
import type { NftDocument } from '../nftDocument.ts';

export interface NftPlace {
  /** What is typed of the word at the cursor; `@` and `$` are part of it. */
  readonly typed: string;
  /** Where that begins. */
  readonly start: number;
  /** Within quotes that nothing closed yet; `typed` is what stands behind the quote. */
  readonly quoted: boolean;
  /** `tcp dport {`: the words of the statement before that, a blank between. */
  readonly told: string;
  /** `22 ,`: of `told`, what stands in the innermost open brace of values; null where none is open. */
  readonly inner: string | null;
  /** `tcp dport`: of `told`, what stands before that brace. */
  readonly outer: string;
  /** How many braces of values are open. */
  readonly opened: number;
  readonly table: Table | null;
  readonly item: TableItem | null;
}

/** A statement is no longer, but for sets. */
const LOOK_BACK = 2_000;

/** What opens a block of lines: `chain input {`, `add chain inet filter input {`. */
const BLOCK =
  /^(?:(?:add|create) )?(?:table|chain|set|map|flowtable|counter|quota|limit|synproxy|secmark|ct (?:helper|timeout|expectation))(?: [\w./-]+){1,3}$/u;
/** `counter ct state vmap {`, `jump {` */
const OF_VALUES = / (?:vmap|map)$/u;
const ANONYMOUS_CHAIN = /(?:^| )(?:jump|goto)$/u;

/** Null in a comment. */
export function nftPlaceAt(document: NftDocument, offset: number): NftPlace | null {
  const { text, tables } = document.nft;
  const table = tables.find(({ start, end }) => start < offset && offset <= end) ?? null;
  const item = table?.items.find(({ start, end }) => start < offset && offset <= end) ?? null;
  const from = windowStart(text, offset, item ?? table);
  const isCut = item !== null && from > item.start;
  const before = text.slice(from, offset);
  const line = before.slice(before.lastIndexOf('\n') + 1).replaceAll(/"[^"]*"/gu, '""');
  const quoted = line.split('"').length % 2 === 0;
  if (!quoted && line.includes('#')) return null;
  const written = (quoted ? /[^"]*$/u : /[@$]?[\w./-]*\*?$/u).exec(before)?.[0] ?? '';
  // `5/`: a rate, of which the unit is asked for.
  const typed = quoted ? written : written.replace(/^\d+\//u, '');
  const head = before.slice(0, before.length - typed.length - (quoted ? 1 : 0));
  const isInSet = isCut && (item.kind === 'set' || item.kind === 'map');
  const words = wordsOf(head, isInSet ? ['elements', '=', '{'] : []);
  return { typed, start: offset - typed.length, quoted, ...words, table, item };
}

/** The block's beginning, or the beginning of a line near enough. */
function windowStart(text: string, offset: number, block: TableItem | Table | null): number {
  const near = Math.max(0, offset - LOOK_BACK);
  const start = block?.start ?? 0;
  if (start >= near) return start;
  const line = text.indexOf('\n', near);
  return line < 0 || line >= offset ? near : line + 1;
}

/** A brace that is open: of a block, or of values. */
interface Open {
  readonly isBlock: boolean;
  /** How many words of the statement stand before it. */
  readonly at: number;
}

function wordsOf(
  head: string,
  begun: readonly string[],
): Pick<NftPlace, 'told' | 'inner' | 'outer' | 'opened'> {
  const tokens = new Tokens(head);
  let words = [...begun];
  const open: Open[] = begun.length === 0 ? [] : [{ isBlock: false, at: begun.length - 1 }];
  for (let at = 0; tokens.kindAt(at) !== 'end'; at += 1) {
    // `@` and `$` belong to the name behind them.
    const sign = tokens.textAt(at);
    const isMark = (sign === '@' || sign === '$') && tokens.startAt(at + 1) === tokens.endAt(at);
    const word = isMark ? sign + tokens.textAt(++at) : sign;
    const inValues = open.at(-1)?.isBlock === false;
    if (word === '{') {
      const isBlock = !inValues && opensBlock(words.join(' '));
      open.push({ isBlock, at: words.length });
      if (isBlock) words = [];
      else words.push(word);
    } else if (word === '}') {
      const closed = open.pop();
      if (closed?.isBlock === false) words.push(word);
      else words = [];
    } else if (tokens.kindAt(at) === 'newline' || word === ';') {
      if (!inValues) words = [];
    } else words.push(word);
  }
  const last = open.at(-1);
  const told = words.join(' ');
  if (last === undefined || last.isBlock) return { told, inner: null, outer: told, opened: 0 };
  const opened = open.filter(({ isBlock }) => !isBlock).length;
  return {
    told,
    opened,
    inner: words.slice(last.at + 1).join(' '),
    outer: words.slice(0, last.at).join(' '),
  };
}

function opensBlock(words: string): boolean {
  return ANONYMOUS_CHAIN.test(words) || (BLOCK.test(words) && !OF_VALUES.test(words));
}
