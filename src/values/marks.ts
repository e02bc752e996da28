import { MAX_32, readNumber } from './numbers.ts';
import { fault, faultWithin, type Reading, value } from './reading.ts';

/** Unsigned 32-bit numbers. */
export interface MaskedNumber {
  readonly value: number;
  readonly mask: number;
}

/** `statistic` compares 31 random bits. */
const STEPS = 2 ** 31;

/** Reads `0x4000/0x4000` or `0x4000`, whose mask is then full. The words of `--mark`, `--set-mark` and `--set-xmark`. */
export function readMark(text: string): Reading<MaskedNumber> {
  return readMasked(text, MAX_32);
}

/** Reads a number up to `max` with a mask after `/`, which is full where there is none. */
export function readMasked(text: string, max: number): Reading<MaskedNumber> {
  const slash = text.indexOf('/');
  const number = readNumber(slash < 0 ? text : text.slice(0, slash), max);
  if (number.kind === 'fault') return number;
  const mask = slash < 0 ? value(max) : readNumber(text.slice(slash + 1), max);
  return mask.kind === 'fault'
    ? faultWithin('has a mask that', mask)
    : value({ value: number.value, mask: mask.value });
}

/** A share as the kernel keeps it. */
export interface Probability {
  /** 0 to 1, as written. */
  readonly written: number;
  /** The packet matches when 31 random bits are less than this: `0.33333333349` is 715827883. */
  readonly threshold: number;
}

/** Reads `--probability`, 0 to 1; `lround(0x80000000 * p)` of extensions/libxt_statistic.c. */
export function readProbability(text: string): Reading<Probability> {
  if (/^[\t-\r ]*[+-]?nan$/i.test(text)) return fault('is not a number', 'iptables takes it all the same');
  const written = readReal(text);
  if (written === null) return fault('is not a number');
  if (written < 0 || written > 1) return fault('is not between 0 and 1');
  return value({ written, threshold: Math.round(written * STEPS) });
}

/** A number as strtod reads it: `0.5`, `5e-1`, `0x1p-1`; null for anything else. */
function readReal(text: string): number | null {
  if (/^[\t-\r ]*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const [, whole = '', part = '', exponent = '0'] =
    /^[\t-\r ]*\+?0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === '' && part === '') return null;
  return Number.parseInt(`${whole}${part}`, 16) * 2 ** (Number(exponent) - 4 * part.length);
}
