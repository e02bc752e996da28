/** Ranges that overlap: nft merges them in a set that has no name or says `auto-merge`, and refuses them elsewhere (src/intervals.c). */
import { parseAddress, prefixMask } from '../../../values/address.ts';
import type { Element, Expression } from '../expressions.ts';
import type { Problems } from './problem.ts';

interface Interval {
  readonly from: bigint;
  readonly to: bigint;
  readonly key: Expression;
}

/** Two that are alike are one; concatenations are not looked at. */
export function checkOverlaps(elements: readonly Element[], problems: Problems): void {
  const intervals = elements.flatMap(({ key }) => intervalOf(key) ?? []);
  const inOrder = isSorted(intervals) ? intervals : intervals.toSorted(compared);
  let before: Interval | null = null;
  for (const each of inOrder) {
    const isAlike = before !== null && each.from === before.from && each.to === before.to;
    if (before !== null && each.from <= before.to && !isAlike)
      problems.add(
        'nft-value',
        each.key,
        `This overlaps with ${problems.written(before.key)}: nft joins ranges only in a set that says “auto-merge”.`,
      );
    if (before === null || each.to > before.to) before = each;
  }
}

function isSorted(intervals: readonly Interval[]): boolean {
  return intervals.every(
    (each, index) => index === 0 || each.from > (intervals[index - 1]?.from ?? each.from),
  );
}

function compared(one: Interval, other: Interval): number {
  if (one.from !== other.from) return one.from < other.from ? -1 : 1;
  return one.to < other.to ? -1 : one.to > other.to ? 1 : 0;
}

/** Null for what is no number or address. */
function intervalOf(key: Expression): Interval | null {
  switch (key.kind) {
    case 'value': {
      const value = numberOf(key);
      return value === null ? null : { from: value, to: value, key };
    }
    case 'range': {
      const [from, to] = [numberOf(key.from), numberOf(key.to)];
      return from === null || to === null ? null : { from, to, key };
    }
    case 'prefix': {
      const address = parseAddress(key.address.text);
      if (address === null) return null;
      const mask = prefixMask(address.family, key.length);
      const host = prefixMask(address.family, address.family === 4 ? 32 : 128) ^ mask;
      return { from: address.value & mask, to: (address.value & mask) | host, key };
    }
    default:
      return null;
  }
}

function numberOf(expression: Expression): bigint | null {
  if (expression.kind !== 'value') return null;
  if (typeof expression.value === 'number') return BigInt(Math.trunc(expression.value));
  return parseAddress(expression.text)?.value ?? null;
}
