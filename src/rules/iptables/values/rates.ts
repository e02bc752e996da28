import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

import { limitOverflow, type Overflow } from './credits.ts';

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

/** Without `--limit-burst` (XT_LIMIT_BURST). */
const USUAL_BURST = 5n;

/** On which kernels `-m limit` overflows with a rate and its burst, null for the usual one; 'none' where one of the two is none. */
export function rateOverflow(rate: string, burst: string | null): Overflow {
  const { value: wanted } = { value: null, ...readRate(rate) };
  const { value: given } = { value: null, ...readNumber(burst ?? String(USUAL_BURST), MAX_32) };
  if (wanted === null || given === null) return 'none';
  if (given === 0) return 'all';
  return limitOverflow(BigInt(Math.floor((SCALE * wanted.seconds) / wanted.packets)), BigInt(given));
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
