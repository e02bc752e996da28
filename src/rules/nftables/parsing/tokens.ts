/** HOT PATH: cuts a text of nft into tokens, as nft's own scanner does (src/scanner.l, nft 1.0.6): the longest that fits. */

const KINDS = ['word', 'number', 'time', 'address', 'string', 'sign', 'newline', 'odd', 'end'] as const;

export type TokenKind = (typeof KINDS)[number];

const [
  WORD_KIND,
  NUMBER_KIND,
  TIME_KIND,
  ADDRESS_KIND,
  STRING_KIND,
  SIGN_KIND,
  NEWLINE_KIND,
  ODD_KIND,
  END_KIND,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

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
const STRING = /"[^"\n]*"/y;

const scanners: readonly (readonly [kind: number, pattern: RegExp])[] = [
  [STRING_KIND, STRING],
  [ADDRESS_KIND, ADDRESS],
  [WORD_KIND, CLASS],
  [NUMBER_KIND, NUMBER],
  [WORD_KIND, WORD],
  [NUMBER_KIND, DIGITS],
  [SIGN_KIND, SIGN],
];

/** What a character begins or is part of, as bits. */
const DIGIT = 1;
const HEX = 2;
/** `A` to `Z`, `_`: what a word begins with. */
const LETTER = 4;
/** What a word goes on with. */
const OF_WORD = 8;
/** A sign that is no part of a longer one, nor of a word or an address. */
const LONE = 16;
const BLANK = 32;

const classes = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (const each of characters) classes[each.charCodeAt(0)] = (classes[each.charCodeAt(0)] ?? 0) | bits;
}

mark('0123456789', DIGIT | HEX | OF_WORD);
mark('abcdefABCDEF', HEX);
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', LETTER | OF_WORD);
mark('/.-', OF_WORD);
mark('{}()[],;&|^/@$*+-', LONE);
mark(' \t\r\f\v', BLANK);

const NEWLINE = 10;
const NUMBER_SIGN = 35;
const ASTERISK = 42;
const DOT = 46;
const COLON = 58;
const BACKSLASH = 92;

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (classes[code] ?? 0) : 0;
}

/** Tokens as columns, so that a text of a million tokens makes no million objects. The last is of kind `end`. */
export class Tokens {
  readonly text: string;
  /** Comments by the index of the token that they stand behind. */
  readonly comments = new Map<number, string>();
  #kinds: Uint8Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #count = 0;
  /** The texts of tokens that were asked for. */
  readonly #texts: (string | undefined)[];

  /** Never throws: a character that nft does not know is a token of kind `odd`. */
  constructor(text: string) {
    this.text = text;
    const room = (text.length >> 2) + 16;
    this.#kinds = new Uint8Array(room);
    this.#starts = new Int32Array(room);
    this.#ends = new Int32Array(room);
    this.#scan();
    this.#texts = Array.from({ length: this.#count });
  }

  /** Behind the last token everything is the end. */
  kindAt(at: number): TokenKind {
    return KINDS[at < this.#count ? (this.#kinds[at] ?? END_KIND) : END_KIND] ?? 'end';
  }

  startAt(at: number): number {
    return at < this.#count ? (this.#starts[at] ?? 0) : this.text.length;
  }

  endAt(at: number): number {
    if (at < 0) return 0;
    return at < this.#count ? (this.#ends[at] ?? 0) : this.text.length;
  }

  /** Whether the token is this sign or this word without quotes. */
  isAt(at: number, text: string): boolean {
    if (at >= this.#count) return false;
    const kind = this.#kinds[at];
    if (kind !== WORD_KIND && kind !== SIGN_KIND) return false;
    const start = this.#starts[at] ?? 0;
    return (this.#ends[at] ?? 0) - start === text.length && this.text.startsWith(text, start);
  }

  /** Made when it is first asked for. */
  textAt(at: number): string {
    if (at >= this.#count) return '';
    return (this.#texts[at] ??= this.text.slice(this.#starts[at], this.#ends[at]));
  }

  #scan(): void {
    const { text } = this;
    let at = text.startsWith('\uFEFF') ? 1 : 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      const bits = code < 128 ? (classes[code] ?? 0) : 0;
      if ((bits & BLANK) !== 0) at += 1;
      else if (code === NUMBER_SIGN) at = this.#comment(at);
      else if (code === BACKSLASH && isContinued(text, at)) at = text.indexOf('\n', at) + 1;
      else at = this.#token(at, code, bits);
    }
  }

  #comment(at: number): number {
    const found = this.text.indexOf('\n', at);
    const end = found < 0 ? this.text.length : found;
    this.comments.set(this.#count - 1, this.text.slice(at, end));
    return end;
  }

  #token(at: number, code: number, bits: number): number {
    if ((bits & LETTER) !== 0) return this.#word(at);
    if ((bits & DIGIT) !== 0) return this.#number(at);
    if ((bits & LONE) !== 0) return this.#push(SIGN_KIND, at, at + 1);
    if (code === NEWLINE) return this.#push(NEWLINE_KIND, at, at + 1);
    const next = classAt(this.text, at + 1);
    if (code === DOT && (next & (LETTER | DIGIT)) === 0) return this.#push(SIGN_KIND, at, at + 1);
    const mayBeAddress = (next & HEX) !== 0 || this.text.charCodeAt(at + 1) === COLON;
    if (code === COLON && !mayBeAddress) return this.#push(SIGN_KIND, at, at + 1);
    return this.#any(at);
  }

  #word(at: number): number {
    const { text } = this;
    let end = at + 1;
    while ((classAt(text, end) & OF_WORD) !== 0) end += 1;
    const next = text.charCodeAt(end);
    // `fd00::1`, `aa:bb:cc:dd:ee:ff`
    if (next === COLON && isHex(text, at, end)) return this.#any(at);
    return this.#push(WORD_KIND, at, next === ASTERISK ? end + 1 : end);
  }

  #number(at: number): number {
    const { text } = this;
    const end = endOfDigits(text, at);
    const next = text.charCodeAt(end);
    if (next === DOT) {
      const behind = endOfAddress4(text, at);
      return behind < 0 ? this.#push(NUMBER_KIND, at, end) : this.#push(ADDRESS_KIND, at, behind);
    }
    if (next === COLON || (classAt(text, end) & LETTER) !== 0) return this.#any(at);
    return this.#push(NUMBER_KIND, at, end);
  }

  /** What is rare: found by the patterns, in their order. */
  #any(at: number): number {
    const { text } = this;
    for (const [kind, pattern] of scanners) {
      pattern.lastIndex = at;
      if (!pattern.test(text)) continue;
      const end = pattern.lastIndex;
      return this.#push(kind === NUMBER_KIND && isTime(text, at, end) ? TIME_KIND : kind, at, end);
    }
    return this.#push(ODD_KIND, at, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1));
  }

  #push(kind: number, start: number, end: number): number {
    if (this.#count === this.#kinds.length) this.#grow();
    this.#kinds[this.#count] = kind;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count += 1;
    return end;
  }

  #grow(): void {
    const room = this.#count * 2;
    const [kinds, starts, ends] = [this.#kinds, this.#starts, this.#ends];
    this.#kinds = new Uint8Array(room);
    this.#starts = new Int32Array(room);
    this.#ends = new Int32Array(room);
    this.#kinds.set(kinds);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }
}

/** A backslash before a line's end. */
function isContinued(text: string, at: number): boolean {
  return text.startsWith('\n', at + 1) || text.startsWith('\r\n', at + 1);
}

function isHex(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((classAt(text, at) & HEX) === 0) return false;
  return true;
}

function endOfDigits(text: string, at: number): number {
  let end = at;
  while ((classAt(text, end) & DIGIT) !== 0) end += 1;
  return end;
}

/** Of `10.0.0.1`; -1 where none stands there. */
function endOfAddress4(text: string, start: number): number {
  let end = start;
  for (let group = 0; group < 4; group += 1) {
    if (group > 0 && text.charCodeAt(end++) !== DOT) return -1;
    const from = end;
    end = endOfDigits(text, end);
    if (end === from || end - from > 3) return -1;
  }
  return (classAt(text, end) & LETTER) === 0 ? end : -1;
}

/** `1h`: a unit at its end, and no `0x` before it. */
function isTime(text: string, start: number, end: number): boolean {
  return /[smhd]/u.test(text[end - 1] ?? '') && !/x/iu.test(text[start + 1] ?? '');
}
