import type { Counters } from '../nodes.ts';

const COUNTERS = /\[(\d+):(\d+)\]/y;

/** Reads `[12:3456]` at `start` of `source`; null where it is not complete before `limit`. */
export function readCounters(source: string, start: number, limit: number): Counters | null {
  COUNTERS.lastIndex = start;
  const found = COUNTERS.exec(source);
  if (found === null || COUNTERS.lastIndex > limit) return null;
  return { start, end: COUNTERS.lastIndex, packets: Number(found[1]), bytes: Number(found[2]) };
}
