import { fault, type Reading, value } from './reading.ts';

/** Both ends count. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export const MAX_8 = 0xff;
export const MAX_16 = 0xffff;
export const MAX_32 = 0xffffffff;

/** `12`, `0x1f` or `017`, as strtoul reads with base 0; no sign but `+`, and before it only the blanks of ASCII. */
const NUMBER = /^[\t-\r ]*\+?(?:0[xX]([\da-fA-F]+)|(0[0-7]*)|([1-9]\d*))$/;

/** Reads a whole number from 0 to `max` in decimal, hex (`0x`) or octal (`0`), as `xtables_strtoui` does. */
export function readNumber(text: string, max: number): Reading<number> {
  const found = NUMBER.exec(text);
  if (found === null) return fault('is not a number');
  const [, hex, octal, decimal] = found;
  const read =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number(decimal ?? '');
  return read <= max ? value(read) : fault(`is more than ${max}`);
}

/** Reads a number of up to 64 bits, as `xtables_strtoul` does. */
export function readLongNumber(text: string): Reading<bigint> {
  if (!NUMBER.test(text)) return fault('is not a number');
  const digits = text.trim().replace('+', '');
  const read = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return read <= 0xffffffffffffffffn ? value(read) : fault('is more than 64 bits hold');
}

/** Reads `5`, `2:7`, `:7` (from 0) or `2:` (to `max`). A range that ends before it begins is one that nothing matches. */
export function readRange(text: string, max: number): Reading<NumberRange> {
  const colon = text.indexOf(':');
  if (colon < 0) {
    const single = readNumber(text, max);
    return single.kind === 'fault' ? single : value({ from: single.value, to: single.value });
  }
  const from = colon === 0 ? value(0) : readNumber(text.slice(0, colon), max);
  if (from.kind === 'fault') return from;
  const rest = text.slice(colon + 1);
  const to = rest === '' ? value(max) : readNumber(rest, max);
  if (to.kind === 'fault') return to;
  return value({ from: from.value, to: to.value });
}
