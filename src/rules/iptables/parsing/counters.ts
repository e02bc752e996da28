import type { Counters, Word } from '../nodes.ts';

const COUNTERS = /\[(\d+):(\d+)\]/y;

/** Reads `[12:3456]` at `start` of `source`; null where it is not complete before `limit`. */
export function readCounters(source: string, start: number, limit: number): Counters | null {
  COUNTERS.lastIndex = start;
  const found = COUNTERS.exec(source);
  if (found === null || COUNTERS.lastIndex > limit) return null;
  return { start, end: COUNTERS.lastIndex, packets: Number(found[1]), bytes: Number(found[2]) };
}

/** `-c 12 3456`, as `iptables -S -v` prints counters; null where one of the two is missing or no number. */
export function countersOf(name: Word, values: readonly Word[]): Counters | null {
  const [packets, bytes] = values;
  if (packets === undefined || bytes === undefined) return null;
  if (!/^\d+$/.test(packets.text) || !/^\d+$/.test(bytes.text)) return null;
  return { start: name.start, end: bytes.end, packets: Number(packets.text), bytes: Number(bytes.text) };
}
