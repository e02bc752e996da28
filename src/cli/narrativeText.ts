/** A trace for people in a terminal: the sentence, the way, the branches, what was taken for granted. */
import type {
  ConsideredRule,
  Narrative,
  NarrativeGroup,
  NarrativeOutcome,
  NarrativeStep,
} from '../kubeproxy/narrative/narrative.ts';
import { readPlace } from '../kernel/ruleAt.ts';
import { plural, shareWords } from '../kubeproxy/narrative/words.ts';
import { groupBy } from '../text/groupBy.ts';
import { append } from '../text/lists.ts';
import { columns, cut, pad, paint, plain, widest, wrap, type Style } from './terminal.ts';

/** A line of the way: a rule that matched, a routing decision, a policy that drops, or a rule that did not match. */
interface Row {
  readonly hook: string;
  readonly number: string;
  readonly chain: string;
  readonly label: string;
  readonly detail: string;
  readonly missed: boolean;
}

const PROSE_WIDTH = 110;

/** Gives the rules of a gap that did not match. */
export type Expand = (
  outcome: string,
  gap: NonNullable<NarrativeStep['skipped']>,
) => { readonly items: readonly ConsideredRule[]; readonly total: number };

/** The text of a narrative, ending in a line feed. `notes`: how the two ends were understood. */
export function narrativeText(
  narrative: Narrative,
  notes: readonly string[],
  expand: Expand | null,
  style: Style,
): string {
  const lines = [
    ...headline(narrative, style),
    ...narrative.details.flatMap((detail) => prose(plain(detail), '  ', style)),
    ...notesLine(notes, style),
    '',
  ];
  const ways = [...caseLines(narrative.groups, expand, style), ...assumptionLines(narrative, style)];
  return `${[...lines, ...ways]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

/** Outcomes of a case that are shown, the likeliest first; all others are counted. */
const MOST_OUTCOMES = 200;

/** Cases that are shown with their way; all others are counted. */
const MOST_CASES = 6;

/** One case of each end; of those that end alike the first. */
function caseLines(groups: readonly NarrativeGroup[], expand: Expand | null, style: Style): string[] {
  const ends = groupBy(groups, endKey);
  const shown = [...ends.values()].slice(0, MOST_CASES);
  const hidden = groups.length - shown.flat().length;
  const lines = shown.flatMap(([first, ...alike]) =>
    first === undefined ? [] : groupLines(first, groups.length > 1 ? alike.length : null, expand, style),
  );
  if (hidden === 0) return lines;
  return [...lines, `  … ${plural(hidden, 'more case')}; --format json has all`, ''];
}

function endKey({ outcomes }: NarrativeGroup): string {
  return JSON.stringify(
    outcomes.map(({ verdict, title, subtitle, share, sourceChange, destinationChange }) => {
      const shown = shareWords(share);
      return [verdict, title, subtitle, shown, sourceChange?.is, destinationChange?.is];
    }),
  );
}

/**
 * What was taken for granted; of several of one kind the first, and how many more. What was explored both ways is told by
 * the cases.
 */
function assumptionLines({ assumptions, groups }: Narrative, style: Style): string[] {
  const taken = assumptions.filter(({ branched }) => !branched || groups.length < 2);
  const kinds = groupBy(taken, ({ code }) => code);
  return [...kinds.values()].flatMap((alike) => {
    const more = alike.length - 1;
    const rest = more === 0 ? '' : ` (and ${plural(more, 'more assumption')} of this kind)`;
    return prose(`Assumed: ${plain(alike[0]?.message ?? '')}${rest}`, '  ', style).map((line) =>
      paint(style, 'yellow', line),
    );
  });
}

const verdictMarks = {
  forward: ['✓', 'green'],
  local: ['✓', 'green'],
  drop: ['✗', 'red'],
  reject: ['✗', 'red'],
  unknown: ['?', 'yellow'],
  mixed: ['±', 'yellow'],
  unanswered: ['±', 'yellow'],
} as const;

function headline({ verdict, headline: text }: Narrative, style: Style): string[] {
  const [mark, colour] = verdictMarks[verdict];
  const [first = '', ...rest] = wrap(plain(text), Math.min(style.width, PROSE_WIDTH) - 2);
  return [
    `${paint(style, colour, mark)} ${paint(style, 'bold', first)}`,
    ...rest.map((line) => `  ${paint(style, 'bold', line)}`),
  ];
}

function prose(text: string, indent: string, style: Style): string[] {
  return wrap(text, Math.min(style.width, PROSE_WIDTH) - indent.length).map((line) => indent + line);
}

function notesLine([from = '', to = '']: readonly string[], style: Style): string[] {
  const parts = [from && `From: ${plain(from)}`, to && `To: ${plain(to)}`].filter((part) => part !== '');
  const text = parts.join(' · ');
  return text === '' ? [] : prose(text, '  ', style).map((line) => paint(style, 'dim', line));
}

function groupLines(
  { condition, outcomes: all }: NarrativeGroup,
  alike: number | null,
  expand: Expand | null,
  style: Style,
): string[] {
  const outcomes = all.slice(0, MOST_OUTCOMES);
  const ways = outcomes.map(({ id, path }) =>
    rowsOf(path, (gap) => (expand ? missedRows(expand(id, gap)) : [])),
  );
  const measure = columnsOf(ways.flat(), style);
  const prefix = commonStart(ways);
  const before = ways[0]?.slice(0, prefix) ?? [];
  const hook = before.at(-1)?.hook ?? null;
  const lines = outcomeLines(outcomes, style);
  const branches = outcomes.map((_, index) => branchOf(ways[index] ?? [], prefix, hook, all.length > 1));
  const more = all.length - outcomes.length;
  return [
    ...(alike === null ? [] : conditionLines(plain(condition), alike, style)),
    ...rowLines(before, null, measure, style),
    ...branches.flatMap(({ within, after }, index) => [
      lines[index] ?? '',
      ...(expand ? rowLines(within, hook, measure, style) : []),
      ...(sameRows(after, branches[index + 1]?.after ?? []) ? [] : rowLines(after, null, measure, style)),
    ]),
    ...(more === 0 ? [] : [`    … ${plural(more, 'more outcome')}; --format json has all`]),
    '',
  ];
}

function conditionLines(condition: string, alike: number, style: Style): string[] {
  const more =
    alike === 0 ? '' : `, and ${plural(alike, 'more case')} that ${alike === 1 ? 'ends' : 'end'} alike`;
  return prose(`${condition}${more}:`, '  ', style).map((line) => paint(style, 'bold', line));
}

/** What is an outcome's own: the rules that chose it, in the hook where the ways part, and the way from there on. */
interface Branch {
  readonly within: readonly Row[];
  readonly after: readonly Row[];
}

function branchOf(way: readonly Row[], prefix: number, hook: string | null, several: boolean): Branch {
  const own = way.slice(prefix);
  const next = own.findIndex((row) => row.hook !== hook);
  const split = next === -1 ? own.length : next;
  const after = own.slice(split).filter((row) => !several || row.hook !== 'routing');
  return { within: own.slice(0, split), after };
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, index) => sameRow(b[index], row));
}

/** How many rows all ways have in common at their start. A single way has no branch: it is common up to its end. */
function commonStart(ways: readonly (readonly Row[])[]): number {
  const [first = []] = ways;
  const differs = first.findIndex((row, index) => ways.some((way) => !sameRow(way[index], row)));
  return differs === -1 ? first.length : differs;
}

function sameRow(a: Row | undefined, b: Row): boolean {
  return (
    a !== undefined &&
    a.hook === b.hook &&
    a.chain === b.chain &&
    a.number === b.number &&
    a.label === b.label
  );
}

function outcomeLines(outcomes: readonly NarrativeOutcome[], style: Style): string[] {
  const titles = outcomes.map(({ title }) => plain(title));
  const width = widest(titles);
  return outcomes.map((outcome, index) => {
    const [mark] = verdictMarks[outcome.verdict];
    const [, colour] = verdictMarks[outcome.mark];
    const arrow = mark === '✓' ? '→' : mark;
    const share = outcomes.length === 1 ? '' : `${shareWords(outcome.share).padStart(8)}  `;
    const subtitle = plain(outcome.subtitle);
    const line = `    ${share}${arrow} ${pad(titles[index] ?? '', width)}  ${subtitle}`.trimEnd();
    return paint(style, colour, cut(line, style.width));
  });
}

type Gap = NonNullable<NarrativeStep['skipped']>;
type Missed = Pick<Row, 'number' | 'label' | 'detail'>;

function rowsOf(path: readonly NarrativeStep[], missed: (gap: Gap) => readonly Missed[]): readonly Row[] {
  const rows: Row[] = [];
  for (const step of path) {
    if (step.kind === 'hook') gather(step.children, step.label.replace(' · ', ' '), missed, rows);
    else if (step.kind === 'routing' || step.kind === 'assume') rows.push(plainRow(step.kind, step));
  }
  return rows;
}

function gather(
  steps: readonly NarrativeStep[],
  hook: string,
  missed: (gap: Gap) => readonly Missed[],
  rows: Row[],
): void {
  for (const step of steps) {
    if (step.kind === 'rule') {
      rows.push(ruleRow(step, hook));
      gather(step.children, hook, missed, rows);
    } else if (step.skipped) {
      const chain = chainCell(step.skipped.chain, hook);
      append(
        rows,
        missed(step.skipped).map((row) => ({ ...row, chain, hook, missed: true })),
      );
    } else if (step.kind === 'skipped' || step.kind === 'assume' || step.verdict === 'drop') {
      rows.push(plainRow(hook, step));
    }
  }
}

/** The first column says what `routing: out by cni0` says before the colon. */
function plainRow(hook: string, step: NarrativeStep): Row {
  const label = plain(step.label.replace(/^routing: /, ''));
  return { hook, number: '', chain: '', label, detail: plain(step.detail), missed: false };
}

/** The chain of a rule; nothing for the base chain, which the first column names. */
function chainCell(chain: string, hook: string): string {
  return hook.startsWith(`${chain} `) ? '' : plain(chain);
}

function missedRows({ items, total }: ReturnType<Expand>): readonly Missed[] {
  const rows = items.map(({ number, text, reason }) => {
    const [, rest = text] = /^(?:\[\d+:\d+\] )?-A \S+ ?(.*)$/s.exec(text) ?? [];
    return { number: String(number), label: plain(rest), detail: plain(reason) };
  });
  const left = total - items.length;
  return left === 0
    ? rows
    : [...rows, { number: '', label: plural(left, 'more rule'), detail: 'none matched' }];
}

function ruleRow(step: NarrativeStep, hook: string): Row {
  // A virtual server has no chain, and is told by its name.
  const chain = step.number === null ? '' : (readPlace(step.place ?? '')?.chain ?? '');
  const marks = step.changes.filter(({ field }) => field !== 'source' && field !== 'destination');
  const details = [step.chance, ...marks.map(({ field, was, is }) => `${field} ${was} → ${is}`), step.detail];
  return {
    hook,
    number: step.number === null ? '' : String(step.number),
    chain: chainCell(chain, hook),
    label: plain(step.label),
    detail: plain(details.filter((each) => each !== null && each !== '').join(' · ')),
    missed: false,
  };
}

interface Measure {
  readonly hook: number;
  readonly number: number;
  readonly chain: number;
  readonly label: number;
}

function columnsOf(rows: readonly Row[], style: Style): Measure {
  const hook = widest(rows.map((row) => row.hook));
  const number = widest(rows.map((row) => row.number));
  const half = Math.max(0, Math.floor((style.width - hook - number - 8) / 2));
  const chain = Math.min(26, half, widest(rows.map((row) => row.chain)));
  const left = style.width - hook - number - chain - 10;
  return {
    hook,
    number,
    chain,
    label: Math.min(widest(rows.map((row) => row.label)), Math.max(20, Math.floor(left * 0.75)), 90),
  };
}

function rowLines(rows: readonly Row[], hook: string | null, measure: Measure, style: Style): string[] {
  let last = hook;
  return rows.map((row) => {
    const name = row.hook === last ? '' : row.hook;
    last = row.hook;
    const start = `  ${pad(name, measure.hook)}  ${row.number.padStart(measure.number)}  `;
    const chain = measure.chain === 0 ? '' : `${pad(cut(row.chain, measure.chain), measure.chain)}  `;
    const label = row.missed ? `· ${row.label}` : row.label;
    const text = row.detail === '' ? label : `${pad(label, measure.label)}  `;
    const room = style.width - columns(start + chain) - columns(text);
    const detail = row.detail === '' || room < 8 ? '' : paint(style, 'dim', cut(row.detail, room));
    const body = cut(text, Math.max(8, style.width - columns(start + chain)));
    return `${start}${chain}${row.missed ? paint(style, 'dim', body) : body}${detail}`.trimEnd();
  });
}
