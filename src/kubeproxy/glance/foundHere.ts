/** What is wrong, by cause. */
import { groupBy } from '../../text/groupBy.ts';
import type { Severity } from '../findings/kind.ts';
import type { Cause } from '../findings/oneCause.ts';
import { findingTable } from '../findings/table.ts';
import { countWords } from '../narrative/words.ts';
import type { GlanceLine } from './line.ts';

const MOST_CAUSES = 4;
const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };
const states: Readonly<Record<Severity, GlanceLine['state']>> = {
  error: 'error',
  warning: 'warning',
  information: 'info',
};

/** In place of `findingsLine` until all is found. */
export const soonFindingsLine: GlanceLine = {
  id: 'findings',
  title: 'Findings',
  words: 'still being looked for …',
  state: 'info',
};

/** How many there are, then the gravest, then what is found most often. `withLines`: what is wrong in single lines is among them. */
export function findingsLine(found: readonly Cause[], withLines: boolean): GlanceLine {
  const causes = [
    ...groupBy(found, ({ codes, finding }) => `${finding.severity} ${codes[0] ?? ''}`).values(),
  ].sort((a, b) => rankOf(a) - rankOf(b) || b.length - a.length);
  const severity = causes[0]?.[0]?.finding.severity;
  if (severity === undefined)
    return {
      id: 'findings',
      title: 'Findings',
      words: withLines
        ? 'nothing wrong was found'
        : 'nothing wrong was found in the rules as a whole; single lines are not counted here',
      state: withLines ? 'ok' : 'info',
    };
  const shown = causes.slice(0, MOST_CAUSES).map((cause) => {
    const code = cause[0]?.codes[0];
    const title = code === undefined ? '' : findingTable[code].title;
    return cause.length === 1 ? title : `${title} (${countWords(cause.length)})`;
  });
  const left = causes.length - shown.length;
  const words = [countWords(found.length), ...shown, ...(left > 0 ? [`${left} more`] : [])].join(' · ');
  return { id: 'findings', title: 'Findings', words, state: states[severity] };
}

function rankOf([first]: readonly Cause[]): number {
  return ranks[first?.finding.severity ?? 'information'];
}
