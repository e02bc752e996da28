/** Cuts a text of nft into tokens, as nft's own scanner does (src/scanner.l, nft 1.0.6): the longest that fits. */

export type TokenKind =
  'word' | 'number' | 'time' | 'address' | 'string' | 'sign' | 'newline' | 'odd' | 'end';

/** Tokens as columns, so that a text of a million tokens makes no million objects. */
export interface Tokens {
  readonly text: string;
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Comments by the index of the token that they stand behind. */
  readonly comments: ReadonlyMap<number, string>;
}

/** `aa:bb:cc:dd:ee:ff`, `fd00:10::5`, `::ffff:10.0.0.1`, `10.0.0.1`: no longer than any address is, so that no text is searched twice. */
const ADDRESS =
  /(?:[0-9a-f]{1,2}:){5,19}[0-9a-f]{1,2}(?![0-9a-z:])|(?=[0-9a-f:]{0,40}::|(?:[0-9a-f]{1,4}:){6})(?:[0-9a-f:]{2,39}?\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{2,39})(?!\w)|\d{1,3}(?:\.\d{1,3}){3}(?!\w)/iy;
/** `1:20`, a class of traffic control */
const CLASS = /[0-9a-f]{1,4}:[0-9a-f]{1,4}(?=[\s:},-]|$)/iy;
/** `0x4000`, `1h30m`, `500ms`, `80` */
const NUMBER = /0x[0-9a-f]+(?!\w)|(?:\d+(?:ms|[dhms]))+(?!\w)|\d+(?!\w)/iy;
/** `saddr`, `endpoint-XUUCNWWC-edge/sticky/tcp/http__10.244.1.5/8080`, `eth*`, `8021q` */
const WORD = /(?:\d{0,20}[A-Za-z_]|\.(?=[A-Za-z0-9_]))[\w/.-]*\*?/y;
/** More digits than a word begins with. */
const DIGITS = /\d+/y;
const SIGN = /==|!=|<=|>=|<<|>>|[{}()[\],;:.=<>&|^!/@$*+-]/y;
const BLANK = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const STRING = /"[^"\n]*"/y;
const COMMENT = /#[^\n]*/y;

const scanners: readonly (readonly [TokenKind, RegExp])[] = [
  ['string', STRING],
  ['address', ADDRESS],
  ['word', CLASS],
  ['number', NUMBER],
  ['word', WORD],
  ['number', DIGITS],
  ['sign', SIGN],
];

/** Never throws: a character that nft does not know is a token of kind `odd`. The last token is `end`. */
export function tokensOf(text: string): Tokens {
  const kinds: TokenKind[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const comments = new Map<number, string>();
  const push = (kind: TokenKind, start: number, end: number): void => {
    kinds.push(kind);
    starts.push(start);
    ends.push(end);
  };
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const blank = endOf(BLANK, text, at);
    if (blank > at) at = blank;
    else if (text[at] === '\n') push('newline', at, ++at);
    else if (text[at] === '#') {
      const end = endOf(COMMENT, text, at);
      comments.set(kinds.length - 1, text.slice(at, end));
      at = end;
    } else {
      const [kind, end] = tokenAt(text, at);
      push(kind, at, end);
      at = end;
    }
  }
  push('end', text.length, text.length);
  return { text, kinds, starts, ends, comments };
}

function tokenAt(text: string, at: number): readonly [TokenKind, number] {
  for (const [kind, pattern] of scanners) {
    const end = endOf(pattern, text, at);
    if (end > at) return [kind === 'number' && isTime(text, at, end) ? 'time' : kind, end];
  }
  return ['odd', at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)];
}

/** `1h`: a unit at its end, and no `0x` before it. */
function isTime(text: string, start: number, end: number): boolean {
  return /[smhd]/u.test(text[end - 1] ?? '') && !/x/iu.test(text[start + 1] ?? '');
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
