/** What is put before the lines of rules: by a log, a mail, `grep -n`, a diff. */
import type { NoiseKind } from './noise.ts';
import { formOf, type LineForm } from './wording.ts';

/** Each with an example; the first that fits is taken away, until the rest is known. */
const PREFIXES: readonly (readonly [kind: NoiseKind, prefix: RegExp])[] = [
  // `2026-11-30T02:25:09.123Z `, `[2026-11-30 02:25:09] `, `2026-11-30T02:25:09+0000 node-1 dump[812]: `
  [
    'times',
    /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|\s?[+-]\d\d:?\d\d)?\]?:?[ \t]*(?:(?:stdout|stderr) [FP] |[\w.-]+ [\w./-]+(?:\[\d+\])?: )?/,
  ],
  // `Nov 30 02:25:09 node-1 kubelet[812]: `
  ['times', /^[A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d\s+(?:\S+\s+[^\s:]+:\s+)?/],
  // `I1130 02:25:09.123456       1 proxier.go:1234] `
  ['times', /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s:]+:\d+\]\s*/],
  // `[   12.345678] `, `[02:25:09] `, `02:25:09.123 `
  ['times', /^(?:\[\s*\d+\.\d+\]|\[?\d\d:\d\d:\d\d(?:\.\d+)?\]?)\s+/],
  // `[pod/kube-proxy-x/kube-proxy] `, `[node-1] `, `kube-proxy-1  | `
  ['times', /^(?:\[pod\/[^\]\s]+\]|\[[A-Za-z][\w.@-]*\]|[\w.-]+\s+\|)\s/],
  // Puppet: `Notice: /Stage[main]/Rules/Exec[save]/returns: `
  ['times', /^(?:Notice|Info|Debug): \/[^\n]{0,200}?\/returns: /],
  // `> `, and the edge of a terminal's window
  ['quoteMarks', /^[ \t]*(?:[>\u2502\u2503][ \t]?)+/],
  ['indents', /^[ \t]+/],
  // `1:60 -A`; `grep -n` writes no blank behind its second number
  ['bareCounters', /^\d{1,20}:\d{1,20}[ \t]+(?=-[AI]\s)/],
  // `12:-A`, `12--A` (around a find), `12. -A`, `12) -A`, `12 | -A`, `12<TAB>-A`
  ['lineNumbers', /^\d{1,7}(?:[:.)]|-(?=[-:*[#C])|\s*\||(?=\s))[ \t]*/],
  // `node-1/iptables-save.txt:-A`, `rules.v4-12--A`, `(standard input):-A`
  ['fileNames', /^(?:\(standard input\)|[\w./~@%+,=-]*?[\w.])(?::|-(?=[-:*[#C]|\d+-))(?=[-:*[#\d\sC])/],
  ['diffs', /^\+[ \t]?/],
  ['removedLines', /^(?:-(?=[-:*[#CiA])|<[ \t])/],
];

const MOST_PREFIXES = 6;

export interface Prefix {
  readonly kind: NoiseKind;
  /** Offsets within the line. */
  readonly start: number;
  readonly end: number;
}

export interface PrefixedLine {
  readonly prefixes: readonly Prefix[];
  readonly form: LineForm;
}

/** Takes away what stands before rules; where nothing leads to any, the line is what it is with nothing taken away. */
export function readPrefixes(line: string): PrefixedLine {
  const prefixes: Prefix[] = [];
  const asIs = formOf(line);
  let form = asIs;
  let at = 0;
  while (!isRead(form) && prefixes.length < MOST_PREFIXES) {
    const rest = line.slice(at);
    const found = PREFIXES.map(([kind, prefix]) => ({
      kind,
      length: prefix.exec(rest)?.[0].length ?? 0,
    })).find(({ length }) => length > 0);
    if (found === undefined) break;
    prefixes.push({ kind: found.kind, start: at, end: at + found.length });
    at += found.length;
    form = formOf(line.slice(at));
  }
  return isRead(form) ? { prefixes, form } : { prefixes: [], form: asIs };
}

/** How many characters a log has put before a line. */
export function logPrefix(line: string): number {
  let at = 0;
  for (let count = 0; count < MOST_PREFIXES; count += 1) {
    const rest = line.slice(at);
    const found = PREFIXES.find(([kind, prefix]) => kind === 'times' && prefix.test(rest));
    if (found === undefined) break;
    at += found[1].exec(rest)?.[0].length ?? 0;
  }
  return at;
}

/** What of `kinds` stands before a line that is known to be one of a listing: each at most once. */
export function prefixesAmong(line: string, kinds: ReadonlySet<NoiseKind>): readonly Prefix[] {
  const found: Prefix[] = [];
  for (const [kind, prefix] of PREFIXES) {
    if (!kinds.has(kind) || kind === 'indents') continue;
    const at = found.at(-1)?.end ?? 0;
    const length = prefix.exec(line.slice(at))?.[0].length ?? 0;
    // A row begins with its number where `--line-numbers` was asked for.
    if (length === 0 || (kind === 'lineNumbers' && !/^\d+[:-]/.test(line.slice(at)))) continue;
    found.push({ kind, start: at, end: at + length });
  }
  return found;
}

function isRead(form: LineForm): boolean {
  return form === 'rules' || form === 'listing' || form === 'command' || form === 'shows';
}
