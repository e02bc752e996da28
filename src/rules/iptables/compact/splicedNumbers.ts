import type { LineEdit } from './compactEdit.ts';

/** The number of a line of which nothing is known. */
const NONE = -1;

/** A number of each line, after an edit; -1 of lines that are new, unless they are `kept` where as many were taken away. */
export function splicedNumbers(
  numbers: Int32Array,
  length: number,
  { changed }: LineEdit,
  kept: boolean,
): Int32Array {
  const made = new Int32Array(length).fill(NONE);
  let from = 0;
  let to = 0;
  for (const { first, removed, added } of changed) {
    made.set(numbers.subarray(from, first), to);
    to += first - from;
    from = first + removed;
    if (kept && removed === added) made.set(numbers.subarray(first, from), to);
    to += added;
  }
  made.set(numbers.subarray(from), to);
  return made;
}
