/** Rules out of a text that was pasted: what stands around them is taken away, and every offset leads back to it. */
import { type Edited, type OffsetMap, replaceParts, throughBoth } from '../../../text/offsetMap.ts';
import type { Span } from '../../../text/span.ts';
import { oddCharacters } from './characters.ts';
import { typographicDashes } from './dashes.ts';
import { lineNoise } from './lineNoise.ts';
import { mailWraps } from './mailWraps.ts';
import { listMarks, tagsOf } from './marks.ts';
import { embeddedCommands } from './embedded.ts';
import type { Noise, NoiseKind } from './noise.ts';
import { continuedLines, shellNoise } from './shell.ts';
import { stringsOfRules } from './strings.ts';
import { assigns, knownVariables } from './variables.ts';
import { wrappedLines } from './wrapped.ts';

/** So much was not read, or read as something else. */
export interface NoiseCount {
  readonly kind: NoiseKind;
  readonly count: number;
  /** Where the first one was, in the text that is read. */
  readonly first: number;
}

export interface Paste {
  /** The text as it was pasted. */
  readonly written: string;
  /** Its rules, each line of `written` a line of it, but for those that the shell joins or splits. */
  readonly text: string;
  /** From `text` to `written`. */
  readonly map: OffsetMap;
  readonly noise: readonly NoiseCount[];
  /** Lines of `written` that are not read, but may be rules. */
  readonly unread: readonly Span[];
  /** Whether a command is shown that lets some lines through: `iptables-save | grep web`. */
  readonly filtered: boolean;
  /**
   * Whether iptables-restore would be given the text as it is, and refuse it: it has its tables whole, and no more than
   * characters of it are odd.
   */
  readonly refused: boolean;
}

/** Kinds that iptables-restore takes for a part of the word that they stand in. */
const inWords: ReadonlySet<NoiseKind> = new Set(['quotes', 'dashes', 'spaces', 'invisible', 'wraps']);

/** Kinds of whole lines that are not read. */
const ofLines: ReadonlySet<NoiseKind> = new Set(['otherLines', 'shellLines', 'conditionalCommands']);

/** `# iptables-save | grep web`, `# grep web rules.v4` */
const FILTERED = /^# (?:[^\n]{0,200}\|\s*)?(?:sudo\s+)?(?:[ez]?grep|rg|awk|sed|head|tail)\s/m;

/** `iptables -A …` in a loop of a script, `-A` in a line that is cut, a listing behind a dump. */
const MAY_BE_RULE = /^\s*Chain \S+ \(|(?:^|\s)-[AIjg]\s|\bip6?tables\s+-|\s--[a-z]/;

/** `*nat`, `* nat` */
const TABLE = /^\*(?:\w+|[ \t]+(?:raw|mangle|nat|filter|security))\s*$/m;

const COMMIT = /^(?:COMMIT|[Cc]ommit)\s*$/m;

const RULES_BEGIN = /^\s*(?:[-*:[]|(?:\/[\w./-]{1,80}\/)?ip6?tables|Chain |COMMIT|#)/m;

/** The end of a dump (`iptables-save | tail`): a COMMIT whose table line is not there, as the comment behind it shows. */
function endsOfTables(text: string): readonly Noise[] {
  if (!/^# Completed on /m.test(text) || TABLE.test(text)) return [];
  return [...text.matchAll(/^COMMIT(?=\s*$)/gm)].map(({ 0: { length }, index }) => ({
    kind: 'otherLines',
    start: index,
    end: index + length,
    newText: '',
  }));
}

/** Null where `text` is no paste, or holds no rules. */
export function readPaste(written: string): Paste | null {
  const reader = new PasteReader(written);
  return reader.read();
}

/** An edit of the text, and what led to it. */
interface Stage {
  readonly noise: readonly Noise[];
  readonly map: OffsetMap;
}

class PasteReader {
  readonly #written: string;
  readonly #stages: Stage[] = [];
  #text: string;

  constructor(written: string) {
    this.#written = written;
    this.#text = written;
  }

  read(): Paste | null {
    this.#edit(stringsOfRules(this.#text));
    const wraps = wrappedLines(this.#text);
    this.#edit(wraps.length > 0 ? wraps : mailWraps(this.#text));
    this.#edit(tagsOf(this.#text));
    this.#edit(listMarks(this.#text));
    const hasTables = TABLE.test(this.#text) && COMMIT.test(this.#text);
    this.#edit(this.#meant(oddCharacters(this.#text), hasTables));
    this.#edit(this.#meant(typographicDashes(this.#text), hasTables));
    const isOdd = this.#stages.length > 0;
    if (!hasTables) {
      this.#edit(endsOfTables(this.#text));
      this.#edit(continuedLines(this.#text));
      this.#edit(embeddedCommands(this.#text));
      this.#edit(knownVariables(this.#text));
    }
    const lines = lineNoise(this.#text);
    this.#edit(lines ?? []);
    this.#edit(shellNoise(this.#text));
    if (this.#stages.length === 0 || !RULES_BEGIN.test(this.#text)) return null;
    const { counts, unread } = this.#counted();
    const refused = hasTables && isOdd && lines === null && counts.some(({ kind }) => inWords.has(kind));
    return {
      written: this.#written,
      text: this.#text,
      map: this.#map(),
      noise: counts,
      unread,
      filtered: FILTERED.test(this.#text),
      refused,
    };
  }

  /** What stands in few rules of a text with whole tables is a mistake of theirs, which iptables-restore refuses. */
  #meant(noise: readonly Noise[], hasTables: boolean): readonly Noise[] {
    if (!hasTables || !noise.some(({ kind }) => inWords.has(kind))) return noise;
    const rules = this.#text.match(/^[ \t]*(?:\[\d+:\d+\][ \t]*)?[-\u2010-\u2015\u2212]/gm)?.length ?? 0;
    const lines = new Set(
      noise
        .filter(({ kind }) => inWords.has(kind))
        .map(({ start }) => this.#text.lastIndexOf('\n', start - 1)),
    );
    if (lines.size * 2 >= rules) return noise;
    // Where none is left as iptables writes it, all were changed.
    const changed = (kind: NoiseKind): boolean =>
      (kind === 'quotes' && !this.#text.includes('"')) ||
      (kind === 'dashes' && !/\s--[a-z]/.test(this.#text));
    return noise.filter(({ kind }) => !inWords.has(kind) || changed(kind));
  }

  #edit(noise: readonly Noise[]): void {
    if (noise.length === 0) return;
    const { text, map }: Edited = replaceParts(this.#text, noise);
    this.#text = text;
    this.#stages.push({ noise, map });
  }

  #map(): OffsetMap {
    return this.#stages.map(({ map }) => map).reduce(throughBoth);
  }

  #counted(): { readonly counts: readonly NoiseCount[]; readonly unread: readonly Span[] } {
    const counts = new Map<NoiseKind, { kind: NoiseKind; count: number; first: number }>();
    const unread: Span[] = [];
    for (const [index, { noise }] of this.#stages.entries()) {
      const later = this.#stages.slice(index);
      const earlier = this.#stages.slice(0, index);
      for (const each of noise) {
        const known = counts.get(each.kind);
        if (known !== undefined) known.count++;
        else {
          const first = later.reduce((offset, { map }) => map.after(offset), each.start);
          counts.set(each.kind, { kind: each.kind, count: 1, first });
        }
        if (!ofLines.has(each.kind)) continue;
        const back = (offset: number): number => earlier.reduceRight((at, { map }) => map.before(at), offset);
        const span = { start: back(each.start), end: back(each.end) };
        const line = this.#written.slice(span.start, span.end);
        if (MAY_BE_RULE.test(line) && !assigns(line)) unread.push(span);
      }
    }
    return { counts: [...counts.values()], unread };
  }
}
