import type { Counters, Word } from '../nodes.ts';
import { WordNode } from '../scanner/wordScanner.ts';

const COUNTERS = /\[(\d+):(\d+)\]/y;

/** Reads `[12:3456]` at `start` of `source`; null where it is not complete before `limit`. */
export function readCounters(source: string, start: number, limit: number): Counters | null {
  COUNTERS.lastIndex = start;
  const found = COUNTERS.exec(source);
  if (found === null || COUNTERS.lastIndex > limit) return null;
  return { start, end: COUNTERS.lastIndex, packets: Number(found[1]), bytes: Number(found[2]) };
}

/** A rule's line that begins with `[`: where the rule itself stands, and its counters. */
interface Counted {
  /** Null where they are not written as `[12:3456]`. */
  readonly counters: Counters | null;
  readonly start: number;
  readonly end: number;
  /** Whether iptables-restore refuses the line, whatever follows. */
  readonly refused: boolean;
}

/**
 * What `tokenize_rule_counters` of iptables/xshared.c makes of a line that begins with `[`. It looks for `:` in all that
 * follows and ends the text there, so that of `[1] -A X -s fd00::1` only `-A X -s fd00` is left.
 */
export function readCounted(source: string, start: number, end: number): Counted {
  const counters = readCounters(source, start, end);
  if (counters !== null) return { counters, start: counters.end, end, refused: false };
  const close = source.indexOf(']', start);
  const colon = firstWithin(source, skip(source, ':', start + 1, end), end, ':');
  const bytes = skip(source, ']', colon + 1, end);
  if (close < 0 || close >= end || colon >= end || bytes >= end)
    return { counters: null, start: Math.min(end, start + 1), end, refused: true };
  const cut = colon > close ? colon : firstWithin(source, bytes, end, ']');
  return { counters: null, start: close + 1, end: cut > close ? cut : end, refused: false };
}

/** The first place from `at` on that holds another character; `end` where there is none. */
function skip(source: string, character: string, at: number, end: number): number {
  let place = at;
  while (place < end && source.charAt(place) === character) place++;
  return place;
}

function firstWithin(source: string, at: number, end: number, character: string): number {
  const found = source.indexOf(character, at);
  return found < 0 || found > end ? end : found;
}

/** `-c 12 3456`, as `iptables -S -v` prints counters; null where one of the two is missing or no number. */
export function countersOf(name: Word, values: readonly Word[]): Counters | null {
  const [packets, bytes] = values;
  if (packets === undefined || bytes === undefined) return null;
  if (!/^\d+$/.test(packets.text) || !/^\d+$/.test(bytes.text)) return null;
  return { start: name.start, end: bytes.end, packets: Number(packets.text), bytes: Number(bytes.text) };
}

/** `12,3456` of `-c` as two words; `comma`: where it stands in the text. */
export function halves({ start, end, text }: Word, comma: number): readonly Word[] {
  const packets = new WordNode(start, start + comma, text.slice(0, comma));
  return [packets, new WordNode(start + comma + 1, end, text.slice(comma + 1))];
}
