import { fault, type Reading, value } from '../../../values/reading.ts';

/** `3/hour` → 3 packets in 3600 seconds. */
export interface Rate {
  readonly packets: number;
  readonly seconds: number;
}

export const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
];

/** XT_LIMIT_SCALE: the kernel counts in 1/10000 seconds. */
const SCALE = 10_000;

/** The seconds of a unit, which may be shortened: `min`; null for any other word. */
export function secondsOf(unit: string): number | null {
  if (unit === '') return null;
  return UNITS.find(([name]) => name.startsWith(unit.toLowerCase()))?.[1] ?? null;
}

/** Reads `--limit`: `5`, `5/s`, `10/minute`; the unit may be shortened. */
export function readRate(text: string): Reading<Rate> {
  const slash = text.indexOf('/');
  const digits = /^[\t-\r ]*[+]?(\d+)/.exec(slash < 0 ? text : text.slice(0, slash))?.[1];
  const unit = slash < 0 ? 'second' : text.slice(slash + 1);
  const seconds = secondsOf(unit);
  const packets = Number(digits ?? 0);
  if (packets === 0 || seconds === null) return fault('is not a rate such as 5/sec or 3/hour');
  return packets / seconds > SCALE
    ? fault('is faster than the kernel can count')
    : value({ packets, seconds });
}
