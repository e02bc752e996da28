/** Which bits of the mark somebody uses, and whether two get in each other's way. */
import type { Analysis } from '../analysis.ts';
import { type MarkOfOwner, marksInBrief } from '../marks/markTable.ts';
import { countWords } from '../narrative/words.ts';
import { families } from '../rulesets.ts';
import type { GlanceLine } from './line.ts';

const MOST_MARKS = 6;

/** Null where no rule sets or reads a mark. */
export function marksLine(analysis: Analysis): GlanceLine | null {
  const tables = families.flatMap((family) => marksInBrief(analysis, family) ?? []);
  const all = [...new Set(tables.flatMap(({ marks }) => marks.map(wordsOf)))];
  if (all.length === 0) return null;
  const clashes = new Set(tables.flatMap((table) => table.clashes)).size;
  const left = all.length - MOST_MARKS;
  const words = [
    ...all.slice(0, MOST_MARKS),
    ...(left > 0 ? [`${left} more`] : []),
    ...(clashes === 0
      ? []
      : [`${clashes === 1 ? '1 clash' : `${countWords(clashes)} clashes`} between owners`]),
  ];
  return { id: 'marks', title: 'Marks', words: words.join(' · '), state: clashes > 0 ? 'warning' : 'ok' };
}

/** `0x4000 masquerade mark (kube-proxy)`: once for all that the owner does with it. */
function wordsOf({ bits, name, owner }: MarkOfOwner): string {
  const named = name === '' ? bits : `${bits} ${name}`;
  return owner === 'unknown' ? named : `${named} (${owner})`;
}
