/** Which parts of the lines of a pasted text are no rules. */
import { asksForAbsence } from './checks.ts';
import type { Noise, NoiseKind } from './noise.ts';
import { type Prefix, prefixesAmong } from './prefixes.ts';
import { assigns } from './variables.ts';
import { type Evidence, evidenceOf, type PastedLine, pastedLines } from './lines.ts';

/** More other lines than this for each line of rules, and the text is something else that quotes some. */
const MOST_OTHERS = 20;

const COMMAND = /\bip6?tables(?:-\w+)?\s+-/;

/**
 * What in `text` is to be taken away; null where the text is no paste: nothing is to be taken away, it holds no rules, or it
 * claims to be whole (`Evidence.skeleton`) and nothing but a few odd lines speaks against that.
 */
export function lineNoise(text: string): readonly Noise[] | null {
  const lines = pastedLines(text);
  const evidence = evidenceOf(text, lines);
  if (evidence.rules + evidence.listings === 0) return null;
  const accepted = acceptedPrefixes(evidence);
  const strong = evidence.pasted || accepted.size > 0;
  if (evidence.others > MOST_OTHERS * (evidence.rules + evidence.listings) && !evidence.fenced) return null;
  const reader = new NoiseReader(text, evidence, accepted, strong);
  const noise = lines.flatMap((line) => reader.read(line));
  return noise.length === 0 ? null : noise;
}

/** A prefix counts in a text with tables where most rules have it: a lone one is an error of the line. */
function acceptedPrefixes({
  prefixed,
  rules,
  listings,
  skeleton,
  headed,
  tables,
}: Evidence): ReadonlySet<NoiseKind> {
  const accepted = new Set<NoiseKind>();
  for (const [kind, count] of prefixed) {
    const isOfRules = kind === 'lineNumbers' || kind === 'bareCounters';
    const needed = isOfRules ? 4 : 2;
    const ofAll = isOfRules || kind === 'diffs' || tables.has(kind);
    const ofDiff = headed && (kind === 'diffs' || kind === 'indents');
    if (!skeleton || ofDiff || (ofAll && count * needed >= rules + listings)) accepted.add(kind);
  }
  return accepted;
}

class NoiseReader {
  readonly #text: string;
  readonly #evidence: Evidence;
  readonly #accepted: ReadonlySet<NoiseKind>;
  readonly #strong: boolean;
  #inTable = false;

  constructor(text: string, evidence: Evidence, accepted: ReadonlySet<NoiseKind>, strong: boolean) {
    this.#text = text;
    this.#evidence = evidence;
    this.#accepted = accepted;
    this.#strong = strong;
  }

  read(line: PastedLine): readonly Noise[] {
    const text = this.#text.slice(line.start, line.end);
    if (text.startsWith('*')) this.#inTable = true;
    const noise = this.#noiseOf(line, text);
    if (text.startsWith('COMMIT')) this.#inTable = false;
    return noise;
  }

  #noiseOf(line: PastedLine, text: string): readonly Noise[] {
    const { form } = line;
    const { skeleton, commands, diff } = this.#evidence;
    if (form === 'blank')
      return text === '' || !this.#accepted.has('indents') ? [] : [whole(line, 'indents')];
    if (form === 'removed') return diff ? [whole(line, 'removedLines')] : [];
    // Of a dump and a listing the dump is read.
    if (form === 'listing' && skeleton && !this.#inTable) return [whole(line, 'otherLines')];
    if (form === 'rules' || form === 'listing') return this.#prefixesOf(line);
    if (form === 'command') {
      if (line.conditional) return [whole(line, 'conditionalCommands')];
      return this.#prefixesOf(line);
    }
    if (form === 'shows') {
      const { start, end } = line.prefixes.at(-1) ?? { start: line.start, end: line.start };
      return [{ kind: 'prompts', start: Math.min(start, line.start), end, newText: '# ' }];
    }
    if (form === 'prompt') return [whole(line, 'prompts')];
    if (form === 'fence') return this.#evidence.fenced || !skeleton ? [whole(line, 'fences')] : [];
    if (form === 'message') return [whole(line, 'messages')];
    if (form === 'separator') return !skeleton || this.#strong ? [whole(line, 'separators')] : [];
    if (form === 'diffHeading') return diff || !skeleton ? [whole(line, 'diffs')] : [];
    if (form === 'comment') return this.#evidence.fenced && !line.fenced ? [whole(line, 'otherLines')] : [];
    return this.#other(line, text, commands > 0 && !skeleton);
  }

  #prefixesOf({ prefixes }: PastedLine): readonly Noise[] {
    if (prefixes.some(({ kind }) => kind !== 'prompts' && !this.#accepted.has(kind))) return [];
    return prefixes.map((prefix) => ({ ...prefix, newText: this.#insteadOf(prefix) }));
  }

  /** Counters are read with their brackets; nothing else that stands before a line is. */
  #insteadOf({ kind, start, end }: Prefix): string {
    return kind === 'bareCounters' ? `[${this.#text.slice(start, end).trimEnd()}] ` : '';
  }

  /** A line that is none of the known ones. */
  #other(line: PastedLine, text: string, isScript: boolean): readonly Noise[] {
    const { skeleton, fenced, listings } = this.#evidence;
    if (this.#accepted.has('quoteMarks') && listings === 0 && /^\s*>/.test(text))
      return [this.#quoted(line, text)];
    if (listings > 0 && !skeleton && (!fenced || line.fenced)) return this.#rowPrefixes(line, text);
    if (fenced && !line.fenced) return [whole(line, 'otherLines')];
    // Where less waits for the next page.
    if (text === ':' && this.#strong) return [whole(line, 'messages')];
    if (isScript && asksForAbsence(text)) return [whole(line, 'checks')];
    if (isScript)
      return [whole(line, !assigns(text) && COMMAND.test(text) ? 'conditionalCommands' : 'shellLines')];
    if (skeleton && (this.#inTable || !this.#strong)) return [];
    return [whole(line, 'otherLines')];
  }

  /** `> ` alone, or with something behind it that is no rule: a row of a listing, a question. */
  #quoted(line: PastedLine, text: string): Noise {
    const marks = /^\s*(?:>[ \t]?)+/.exec(text)?.[0].length ?? 0;
    const rest = text.slice(marks);
    const isKept = rest === '' || rest.startsWith('#');
    if (isKept) return { kind: 'quoteMarks', start: line.start, end: line.start + marks, newText: '' };
    return whole(
      line,
      /^(?:`{3}|~{3})/.test(rest) ? 'fences' : /^--\s*$/.test(rest) ? 'separators' : 'otherLines',
    );
  }

  /** Before a row of a listing, of which the columns stay. */
  #rowPrefixes({ start }: PastedLine, text: string): readonly Noise[] {
    const found = prefixesAmong(text, this.#accepted);
    const at = found.at(-1)?.end ?? 0;
    const blanks = /^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0;
    const indent = Math.min(blanks, this.#evidence.listingIndent);
    const prefixes =
      indent === 0 ? found : [...found, { kind: 'indents' as const, start: at, end: at + indent }];
    return prefixes.map(({ kind, start: from, end }) => ({
      kind,
      start: start + from,
      end: start + end,
      newText: '',
    }));
  }
}

function whole({ start, end }: PastedLine, kind: NoiseKind): Noise {
  return { kind, start, end, newText: '' };
}
