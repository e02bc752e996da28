/**
 * HOT PATH, written for speed: a dump repeats the same few words (`-m`, `comment`, `--dport`) a million
 * times. A direct-mapped table gives each of them as one string, without slicing and hashing it anew.
 */

const SLOTS = 8192;
/**
 * V8 copies slices of up to 12 characters; a longer one points into its text, and this table, which outlives every
 * file, would keep the whole text in memory.
 */
const LONGEST = 12;

const table: string[] = Array.from({ length: SLOTS }, () => '');

/** `text.slice(start, end)`, shared with equal words read before. `hash` must be a function of the characters alone. */
export function internSlice(text: string, start: number, end: number, hash: number): string {
  const length = end - start;
  if (length > LONGEST) return text.slice(start, end);
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = table[slot];
  if (known !== undefined && known.length === length && text.startsWith(known, start)) return known;
  const word = text.slice(start, end);
  table[slot] = word;
  return word;
}
