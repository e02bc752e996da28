/** What is wrong, by cause. */
import { groupBy } from '../../text/groupBy.ts';
import type { Finding } from '../findings/finding.ts';
import type { Severity } from '../findings/kind.ts';
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

/** The gravest first, then what is found most often. */
export function findingsLine(findings: readonly Finding[]): GlanceLine {
  const causes = [...groupBy(findings, ({ code, severity }) => `${severity} ${code}`).values()].sort(
    (a, b) => rankOf(a) - rankOf(b) || b.length - a.length,
  );
  const severity = causes[0]?.[0]?.severity;
  if (severity === undefined)
    return {
      id: 'findings',
      title: 'Findings',
      words: 'nothing wrong was found in the rules as a whole',
      state: 'ok',
    };
  const shown = causes.slice(0, MOST_CAUSES).map((cause) => {
    const title = cause[0] === undefined ? '' : findingTable[cause[0].code].title;
    return cause.length === 1 ? title : `${title} (${countWords(cause.length)})`;
  });
  const left = causes.length - shown.length;
  const words = [...shown, ...(left > 0 ? [`${left} more`] : [])].join(' · ');
  return { id: 'findings', title: 'Findings', words, state: states[severity] };
}

function rankOf([first]: readonly Finding[]): number {
  return first === undefined ? ranks.information : ranks[first.severity];
}
