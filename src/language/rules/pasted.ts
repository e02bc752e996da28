/** What was taken away from a text that was pasted, said once. */
import type { Ruleset } from '../../rules/iptables/nodes.ts';
import { type NoiseKind, noiseKinds } from '../../rules/iptables/paste/noise.ts';
import type { NoiseCount, Paste } from '../../rules/iptables/paste/readPaste.ts';
import { counted, listed } from '../words.ts';
import type { Reporter } from './reporter.ts';

/** One of each kind, in words. */
const words: Readonly<Record<NoiseKind, string>> = {
  fences: 'fence',
  quoteMarks: 'quote mark',
  listMarks: 'mark of a list or a table',
  prompts: 'command line',
  messages: 'message of another program',
  fileNames: 'file name',
  lineNumbers: 'line number',
  bareCounters: 'pair of counters without brackets',
  times: 'log prefix',
  indents: 'indent',
  diffs: 'mark of a diff',
  removedLines: 'line that a diff removes',
  separators: 'separator of grep',
  wraps: 'line break within a rule',
  strings: 'piece of JSON',
  escapes: 'terminal colour',
  entities: 'HTML entity',
  quotes: 'typographic quote',
  dashes: 'typographic dash',
  spaces: 'special space',
  invisible: 'invisible character',
  shell: 'piece of shell',
  checks: 'check for a rule',
  undoing: 'command that takes rules away at the end',
  shellLines: 'line of shell',
  conditionalCommands: 'command in a loop, a condition or a function',
  otherLines: 'other line',
};

const plurals: Readonly<Partial<Record<NoiseKind, string>>> = {
  messages: 'messages of other programs',
  bareCounters: 'pairs of counters without brackets',
  diffs: 'marks of a diff',
  listMarks: 'marks of a list or a table',
  times: 'log prefixes',
  removedLines: 'lines that a diff removes',
  separators: 'separators of grep',
  wraps: 'line breaks within rules',
  strings: 'pieces of JSON',
  entities: 'HTML entities',
  dashes: 'typographic dashes',
  shell: 'pieces of shell',
  checks: 'checks for a rule',
  undoing: 'commands that take rules away at the end',
  shellLines: 'lines of shell',
  conditionalCommands: 'commands in loops, conditions or functions',
};

/** Says what is not read, where it begins. */
export function reportPaste(reporter: Reporter, { paste }: Ruleset): void {
  if (paste === null) return;
  const first = paste.noise.reduce((least, { first: at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const severity = paste.refused ? 'error' : 'information';
  reporter.report(
    'pasted-noise',
    { start: first, end: first },
    { what: noiseWords(paste), refused: paste.refused },
    { severity },
  );
}

/** `2 command lines, 8 line numbers and 1 fence` */
export function noiseWords({ noise }: Pick<Paste, 'noise'>): string {
  const inOrder = noiseKinds.flatMap((kind) => noise.filter((each) => each.kind === kind));
  return listed(inOrder.map(countWords), MOST_KINDS);
}

const MOST_KINDS = 6;

function countWords({ kind, count }: NoiseCount): string {
  return counted(count, words[kind], plurals[kind]);
}
