import type { Verdict } from '../expressions.ts';
import type { Cursor } from './cursor.ts';

const verdicts: ReadonlyMap<string, Verdict> = new Map(
  (['accept', 'drop', 'continue', 'return', 'jump', 'goto'] as const).map((each) => [each, each]),
);

/** The word of a verdict, stepped over; null where none stands here. */
export function acceptVerdict(cursor: Cursor): Verdict | null {
  if (cursor.kind !== 'word') return null;
  const verdict = verdicts.get(cursor.text) ?? null;
  if (verdict !== null) cursor.step();
  return verdict;
}
