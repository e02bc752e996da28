/**
 * Rules of nftables out of a text that was pasted: what stands around them is replaced by as many blanks, which mean nothing
 * to nft, so that every offset stays what it is. What is neither rules nor such noise is left, and told as what it is.
 */
import type { NoiseKind } from '../rules/iptables/paste/noise.ts';
import type { NoiseCount } from '../rules/iptables/paste/readPaste.ts';
import { logPrefix } from '../rules/iptables/paste/prefixes.ts';
import { formOf, PROMPT } from '../rules/iptables/paste/wording.ts';

export interface NftPaste {
  /** As long as what was pasted, with the same lines. */
  readonly text: string;
  /** Empty of a text that is no paste. */
  readonly noise: readonly NoiseCount[];
}

const ESCAPE = String.fromCharCode(27);

/** What is odd stands at the head of a paste: a listing of 10 MB is not looked through. */
const HEAD = 4_000;

/** A fence, a quote mark, a prompt, a command, a special character. */
const ODD =
  /^[ \t]*(?:`{3}|~{3}|<\/?(?:pre|code)\b|>)|^[^\n]{0,120}[#$%>][ \t][^\n]{0,200}\bnft[ \t]|^[ \t]*(?:sudo[ \t]+)?(?:\/\S+\/)?nft[ \t]|[\u00a0\u2000-\u200f\u2018-\u201f\u202f\u2060\u3000\ufeff]|&(?:gt|lt|quot|amp|#\d{1,5});|<\/?(?:pre|code|span)\b/mu;
/** What a log, a terminal's edge, a diff or another program puts at the beginning of a line. */
const HEADED =
  /^[ \t]*[\u2502\u2503]|^\+[ \t]*(?:table|add|flush|chain|set|map)\b|^(?:Notice|Info): |^\[?\d{4}-\d\d-\d\d[T ]|^\[[A-Za-z][\w./@-]*\] |^[A-Z][a-z]{2}\s+\d{1,2} \d\d:|^[IWEF]\d{4} \d|^(?:PS )?[A-Z]:\\|^[\w.-]+ {1,2}\| |^(?:Defaulted|Warning:|Last login)/mu;

/** Of the first line: others of a listing may begin with the number of an element. */
const NUMBERED = /^\s*\d{1,7}[:.)\t |]/u;

/** Never throws. */
export function readNftPaste(written: string): NftPaste {
  const head = written.slice(0, HEAD);
  if (!head.includes(ESCAPE) && !ODD.test(head) && !NUMBERED.test(head) && !HEADED.test(head))
    return { text: written, noise: [] };
  return new Reader(written).read();
}

/** A command that prints rules: what follows is its output. */
const SHOWS =
  /^(?:[^|;]*\s)?(?:\/\S+\/)?nft\s+(?:-\S+\s+)*(?:list|monitor|reset)\b|^(?:sudo\s+)?(?:cat|less|head|tail|grep)\s/u;
/** A command that changes rules, up to its first word: `sudo nft -a add rule …`. */
const CHANGES =
  /^((?:sudo\s+(?:-[A-Za-z]\s+)*)?(?:\/\S+\/)?nft\s+(?:-[a-zA-Z]+\s+)*)(?=["']?(?:add|insert|create|replace|delete|destroy|flush|rename)\b)/u;
/** `nft -f - <<EOF` */
const HERE = /^(?:sudo\s+)?(?:\/\S+\/)?nft\s+-f\s+(?:-|\/dev\/stdin)\s*<<-?\s*["']?(\w+)["']?\s*$/u;
const NUMBER = /^[ \t]*(\d{1,7})(?:[:.)]|[ \t]*\||\t|(?= ))[ \t]?/u;
const QUOTE = /^(?:[ \t]*[>\u2502\u2503][ \t]?)+/u;
const ADDED = /^\+/u;

/** Colours of a terminal, entities and tags of a page. */
const MARK = new RegExp(
  [
    String.raw`${ESCAPE}\[[\d;?]*[A-Za-z]`,
    '&(?:amp;)?(?:quot|gt|lt|amp|nbsp|apos|#34|#39|#60|#62|#160);',
    String.raw`</?(?:pre|code|span|div|p|b|em|strong)(?:\s[^>\n]{0,200})?>`,
  ].join('|'),
  'giu',
);
const meantBy: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['#34', '"'],
  ['gt', '>'],
  ['#62', '>'],
  ['lt', '<'],
  ['#60', '<'],
  ['amp', '&'],
  ['apos', "'"],
  ['#39', "'"],
]);

class Reader {
  readonly #written: string;
  readonly #noise = new Map<NoiseKind, NoiseCount>();
  /** The word that ends a text handed to nft. */
  #ends: string | null = null;
  readonly #isLogged: boolean;
  readonly #isQuoted: boolean;
  readonly #isAdded: boolean;
  readonly #isNumbered: boolean;

  constructor(written: string) {
    this.#written = written;
    const lines = written.slice(0, HEAD).split('\n').slice(0, 40);
    const shown = lines.map((line) => line.replaceAll(MARK, meant));
    const logged = shown.filter((line) => line.trim() !== '' && !isAround(line));
    this.#isLogged = most(logged, (line) => logPrefix(line) > 0);
    const own = this.#isLogged ? logged.map((line) => line.slice(logPrefix(line))) : logged;
    this.#isQuoted = most(own, (line) => QUOTE.test(line));
    this.#isAdded = most(own, (line) => ADDED.test(line));
    const bare = own.map((line) => (this.#isQuoted ? line.replace(QUOTE, '') : line));
    const numbers = bare.map((line) => Number(NUMBER.exec(line)?.[1] ?? Number.NaN));
    this.#isNumbered = most(numbers, (each, at) => at === 0 || each > (numbers[at - 1] ?? 0));
  }

  read(): NftPaste {
    let at = 0;
    const lines = this.#written.split('\n').map((line) => {
      const read = this.#line(line, at);
      at += line.length + 1;
      return read;
    });
    return { text: lines.join('\n'), noise: [...this.#noise.values()] };
  }

  #line(written: string, at: number): string {
    let line = this.#characters(written, at);
    line = this.#marks(line, at);
    if (this.#isLogged) line = this.#blanked(line, logPrefix(line), 'times', at);
    if (this.#isAdded) line = this.#without(line, ADDED, 'diffs', at);
    if (this.#isQuoted) line = this.#without(line, QUOTE, 'quoteMarks', at);
    if (this.#isNumbered) line = this.#without(line, NUMBER, 'lineNumbers', at);
    const form = formOf(line);
    if (form === 'fence') return this.#blank(line, 'fences', at);
    if (form === 'message') return this.#blank(line, 'messages', at);
    const ends = this.#ends !== null && line.trim() === this.#ends;
    if (ends) this.#ends = null;
    if (ends) return this.#blank(line, 'shell', at);
    const prompt = PROMPT.exec(line)?.[0] ?? '';
    const rest = line.slice(prompt.length).trimStart();
    const start = line.length - rest.length;
    const isCommand = prompt !== '' || /^(?:sudo\s+)?(?:\/\S+\/)?nft\s/u.test(rest);
    if (!isCommand) return line;
    const [, ends2 = null] = HERE.exec(rest) ?? [];
    if (ends2 !== null) this.#ends = ends2;
    if (ends2 !== null || SHOWS.test(rest) || rest.trim() === '') return this.#blank(line, 'prompts', at);
    const [, command] = CHANGES.exec(rest) ?? [];
    if (command === undefined) return line;
    this.#told('prompts', at);
    return ' '.repeat(start + command.length) + unquoted(rest.slice(command.length));
  }

  #characters(line: string, at: number): string {
    if (!SPECIAL.test(line)) return line;
    return line.replaceAll(EACH_SPECIAL, (each, index: number) => {
      const isQuote = /[\u201c-\u201f]/u.test(each);
      const kind = isQuote ? 'quotes' : /[\u200b-\u200f\u2060\ufeff]/u.test(each) ? 'invisible' : 'spaces';
      this.#told(kind, at + index);
      return isQuote ? '"' : ' ';
    });
  }

  /** Each as long as it was: an entity is its character, with blanks outside of the quotes that it opens or closes. */
  #marks(line: string, at: number): string {
    let isOpen = false;
    return line.replaceAll(MARK, (each, index: number) => {
      if (line.slice(0, index).replaceAll(MARK, '').split('"').length % 2 === 0) return each;
      const kind = each.startsWith('&') ? 'entities' : each.startsWith('<') ? 'fences' : 'escapes';
      this.#told(kind, at + index);
      const character = meant(each);
      if (character !== '"') return character.padEnd(each.length);
      isOpen = !isOpen;
      return isOpen ? character.padStart(each.length) : character.padEnd(each.length);
    });
  }

  #without(line: string, prefix: RegExp, kind: NoiseKind, at: number): string {
    return this.#blanked(line, prefix.exec(line)?.[0].length ?? 0, kind, at);
  }

  #blanked(line: string, length: number, kind: NoiseKind, at: number): string {
    if (length === 0) return line;
    this.#told(kind, at);
    return ' '.repeat(length) + line.slice(length);
  }

  #blank(line: string, kind: NoiseKind, at: number): string {
    this.#told(kind, at);
    return line.replaceAll(/[^\r]/gu, (each) => ' '.repeat(each.length));
  }

  #told(kind: NoiseKind, at: number): void {
    const { count, first } = this.#noise.get(kind) ?? { count: 0, first: at };
    this.#noise.set(kind, { kind, count: count + 1, first });
  }
}

/** Blanks that nft does not know, and what is not seen; typographic double quotes. */
const SPECIAL = /[\u00a0\u2000-\u200f\u201c-\u201f\u202f\u2060\u3000\ufeff]/u;
const EACH_SPECIAL = new RegExp(SPECIAL, 'gu');

/** What `&gt;` stands for; nothing for a colour or a tag. */
function meant(mark: string): string {
  return meantBy.get(/^&(?:amp;)?([^;]*);$/u.exec(mark)?.[1]?.toLowerCase() ?? '') ?? '';
}

/** A fence, a prompt, a message: none of the lines of the rules. */
function isAround(line: string): boolean {
  return PROMPT.test(line) || formOf(line) === 'fence' || formOf(line) === 'message';
}

/** Of all but a few. */
function most<T>(all: readonly T[], holds: (each: T, at: number) => boolean): boolean {
  return all.length > 0 && all.filter((each, at) => holds(each, at)).length * 5 >= all.length * 4;
}

/** What the shell takes away of a command: quotes around words, `\` before signs of its own. */
function unquoted(words: string): string {
  const bare = words.replaceAll("'", ' ').replaceAll(/\\(?=[{};()!*$@"<>&|])/gu, ' ');
  const body = bare.trimEnd();
  const isWhole = body.startsWith('"') && body.endsWith('"') && body.length > 1;
  if (isWhole) return ` ${body.slice(1, -1)} ${bare.slice(body.length)}`;
  return bare.replaceAll(/"(?=\s*\{)|(?<=[};]\s*)"/gu, ' ');
}
