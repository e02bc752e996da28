/** The lines of a pasted text, each with what stands before it, and what the text is by all of them. */
import { asksForAbsence } from './checks.ts';
import type { NoiseKind } from './noise.ts';
import { type Prefix, readPrefixes } from './prefixes.ts';
import { changesRules, type LineForm, PROMPT, showsRules } from './wording.ts';

export interface PastedLine {
  readonly start: number;
  /** Before the line ending. */
  readonly end: number;
  /** Offsets within the text. */
  readonly prefixes: readonly Prefix[];
  readonly form: LineForm | 'prompt' | 'removed';
  /** Between two fences that have rules between them. */
  readonly fenced: boolean;
  /** Depends on something that the text does not tell: behind `if` or `for`, or with the arguments of a function. */
  readonly conditional: boolean;
}

/** What a whole text shows of where it is from. */
export interface Evidence {
  /** Lines with rules or with commands that change them. */
  readonly rules: number;
  readonly commands: number;
  readonly listings: number;
  readonly others: number;
  /** How far the lines of a listing that name a chain are indented, the one that is the least. */
  readonly listingIndent: number;
  /** It has `*table` and `COMMIT`, and may be meant for iptables-restore. */
  readonly skeleton: boolean;
  readonly fenced: boolean;
  /** A prompt, a command, a message of kubectl, a diff, a listing: nobody writes them into a file of rules. */
  readonly pasted: boolean;
  readonly diff: boolean;
  /** It has a heading of a diff, such as `@@ -1,3 +1,4 @@`. */
  readonly headed: boolean;
  /** Lines of rules that have a prefix of the kind. */
  readonly prefixed: ReadonlyMap<NoiseKind, number>;
  /** What stands before every table line. */
  readonly tables: ReadonlySet<NoiseKind>;
}

/** Splits `text` into lines; a CR belongs to the line ending. */
export function pastedLines(text: string): readonly PastedLine[] {
  const found: PastedLine[] = [];
  const blocks = new ShellBlocks();
  for (let start = 0; start <= text.length;) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed;
    const end = text.charAt(next - 1) === '\r' && next > start ? next - 1 : next;
    const line = text.slice(start, end);
    found.push({ ...readLine(line, start), start, end, fenced: false, conditional: blocks.depends(line) });
    if (feed < 0) break;
    start = feed + 1;
  }
  return markFenced(found);
}

/** Follows the lines of a script into and out of its blocks. */
class ShellBlocks {
  /** Of each open one, whether what is in it may not be done. */
  readonly #blocks: boolean[] = [];
  #inFunction = false;
  /** What the function has set. */
  readonly #locals = new Set<string>();

  /** Whether what `line` does depends on more than the text says; lines come in order. */
  depends(line: string): boolean {
    if (/^\s*(?:fi|done|esac)\b/.test(line)) this.#blocks.pop();
    if (/^\s*el(?:se|if)\b/.test(line) && this.#blocks.length > 0) this.#blocks.splice(-1, 1, true);
    const depends = this.#blocks.includes(true) || (this.#inFunction && this.#usesArgument(line));
    if (BLOCK.test(line) && !BLOCK_END.test(line)) this.#blocks.push(!asksForAbsence(line));
    if (/^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))/.test(line)) this.#inFunction = true;
    if (/^\s*\}/.test(line)) this.#leaveFunction();
    return depends;
  }

  #usesArgument(line: string): boolean {
    const name = SET.exec(line)?.[1];
    if (name !== undefined) this.#locals.add(name);
    return ARGUMENT.test(line) || [...line.matchAll(USED)].some(([, used = '']) => this.#locals.has(used));
  }

  #leaveFunction(): void {
    this.#inFunction = false;
    this.#locals.clear();
  }
}

const BLOCK = /^\s*(?:if|for|while|until|case|select)\s/;
/** On the line that begins the block: `while read ip; do …; done < blocked.txt` */
const BLOCK_END = /[;\s](?:fi|done|esac)(?=\s*(?:[;<>|&#]|$))/;
/** `$1`, `"$@"`: of a function, not of the script. */
const ARGUMENT = /\$(?:\{?[1-9]|[@*])/;
/** `local port=$1`, `ip="$1"` */
const SET = /^\s*(?:local\s+)?([A-Za-z_]\w*)=/;
const USED = /\$\{?(\w+)/g;

/** The longest line that is looked at; iptables-restore takes 10 KiB. */
const LONGEST = 20_000;
/** A prompt with a folder in it. */
const LONGEST_PROMPT = 200;

function readLine(line: string, start: number): Pick<PastedLine, 'prefixes' | 'form'> {
  if (line.length > LONGEST) return { prefixes: [], form: 'other' };
  const prompt = PROMPT.exec(line.slice(0, LONGEST_PROMPT))?.[0].length ?? 0;
  if (prompt > 0) {
    const prefixes: readonly Prefix[] = [{ kind: 'prompts', start, end: start + prompt }];
    const rest = line.slice(prompt);
    if (changesRules(rest)) return { prefixes, form: 'command' };
    return showsRules(rest) ? { prefixes, form: 'shows' } : { prefixes: [], form: 'prompt' };
  }
  const { prefixes, form } = readPrefixes(line);
  const placed = prefixes.map(({ kind, start: from, end }) => ({
    kind,
    start: start + from,
    end: start + end,
  }));
  const removed = prefixes.some(({ kind }) => kind === 'removedLines');
  return { prefixes: placed, form: removed ? 'removed' : form };
}

/** Fences come in pairs; the last one may lack its end. */
function markFenced(lines: readonly PastedLine[]): readonly PastedLine[] {
  const fenced = new Set<PastedLine>();
  let inside: PastedLine[] | null = null;
  const close = (): void => {
    if (inside?.some(({ form }) => isRules(form)) === true) for (const line of inside) fenced.add(line);
  };
  for (const line of lines) {
    if (line.form !== 'fence') inside?.push(line);
    else if (inside === null) inside = [];
    else {
      close();
      inside = null;
    }
  }
  close();
  return fenced.size === 0
    ? lines
    : lines.map((line) => (fenced.has(line) ? { ...line, fenced: true } : line));
}

function isRules(form: PastedLine['form']): boolean {
  return form === 'rules' || form === 'command' || form === 'listing' || form === 'removed';
}

export function evidenceOf(text: string, lines: readonly PastedLine[]): Evidence {
  const count = (holds: (line: PastedLine) => boolean): number => lines.filter(holds).length;
  const prefixed = new Map<NoiseKind, number>();
  for (const { prefixes, form } of lines) {
    if (form !== 'rules' && form !== 'command' && form !== 'listing') continue;
    for (const kind of new Set(prefixes.map((prefix) => prefix.kind)))
      prefixed.set(kind, (prefixed.get(kind) ?? 0) + 1);
  }
  const fenced = lines.some((line) => line.fenced);
  const headed = lines.some(({ start, form }) => form === 'diffHeading' && !text.startsWith('---', start));
  const begins = ({ start, form, prefixes }: PastedLine, what: string): boolean =>
    form === 'rules' && text.startsWith(what, prefixes.at(-1)?.end ?? start);
  const tables = lines.filter((line) => begins(line, '*'));
  return {
    rules: count(({ form }) => form === 'rules' || form === 'command'),
    commands: count(({ form }) => form === 'command'),
    listings: count(({ form }) => form === 'listing'),
    others: count(({ form }) => form === 'other'),
    listingIndent: listingIndent(text, lines),
    skeleton:
      tables.length > 0 &&
      lines.some((line) => ['COMMIT', 'Commit', 'commit'].some((word) => begins(line, word))),
    fenced,
    pasted: fenced || lines.some(({ form }) => PASTED.has(form)),
    diff: prefixed.has('diffs') || headed,
    headed,
    prefixed,
    tables: new Set([...prefixed.keys()].filter((kind) => tables.every((line) => hasPrefix(line, kind)))),
  };
}

const PASTED: ReadonlySet<PastedLine['form']> = new Set(['prompt', 'shows', 'message', 'listing']);

function hasPrefix({ prefixes }: PastedLine, kind: NoiseKind): boolean {
  return prefixes.some((prefix) => prefix.kind === kind);
}

function listingIndent(text: string, lines: readonly PastedLine[]): number {
  const chains = lines.filter(
    ({ form, prefixes, start }) =>
      form === 'listing' && text.startsWith('Chain ', prefixes.at(-1)?.end ?? start),
  );
  return chains.reduce(
    (least, { prefixes }) => {
      const last = prefixes.at(-1);
      return Math.min(least, last?.kind === 'indents' ? last.end - last.start : 0);
    },
    chains.length === 0 ? 0 : MOST_INDENT,
  );
}

const MOST_INDENT = 64;
