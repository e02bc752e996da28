/** Whether every packet that one match is for is also one of another match's. A proof: false says nothing. */
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { parseAddress, prefixMask } from '../../../values/address.ts';
import type { Condition } from './terminal.ts';

/** Whether `narrow` holds of no packet of which `wide` does not. */
export function implies(narrow: Condition, wide: Condition): boolean {
  if (narrow.left !== wide.left) return false;
  if (narrow.operator === wide.operator && narrow.words === wide.words) return true;
  const isAny = wide.operator === 'in' && narrow.operator === 'in';
  const isOne = wide.operator === '==' && narrow.operator === '==';
  if (!isAny && !isOne) return false;
  const of = itemsOf(wide.right, isAny);
  const own = itemsOf(narrow.right, isAny);
  return of !== null && own !== null && own.every((each) => of.some((other) => holds(other, each)));
}

type Item =
  { readonly words: string; readonly from: bigint; readonly to: bigint } | { readonly words: string };

/** Single values and ranges; null where others are looked up. `bits`: words stand for bits of which one is enough. */
function itemsOf(right: Expression, bits: boolean): readonly Item[] | null {
  switch (right.kind) {
    case 'set':
      return right.elements.map(({ key }) => itemOf(key));
    case 'list':
      return bits ? right.items.map((each) => itemOf(each)) : null;
    case 'reference':
    case 'map':
      return null;
    default:
      return [itemOf(right)];
  }
}

function itemOf(key: Expression): Item {
  const words = printExpression(key);
  const range = rangeOf(key);
  return range === null ? { words } : { words, ...range };
}

function rangeOf(key: Expression): { readonly from: bigint; readonly to: bigint } | null {
  if (key.kind === 'range') {
    const [from, to] = [numberOf(key.from), numberOf(key.to)];
    return from === null || to === null ? null : { from, to };
  }
  if (key.kind === 'prefix') {
    const address = parseAddress(key.address.text);
    if (address === null) return null;
    const width = address.family === 4 ? 32 : 128;
    const mask = prefixMask(address.family, key.length);
    const from = address.value & mask;
    return { from, to: from | (prefixMask(address.family, width) ^ mask) };
  }
  const one = numberOf(key);
  return one === null ? null : { from: one, to: one };
}

/** Fields on the left are the same, so that numbers of one kind are compared. */
function numberOf(key: Expression): bigint | null {
  if (key.kind !== 'value' || key.quoted) return null;
  if (typeof key.value === 'number') return Number.isSafeInteger(key.value) ? BigInt(key.value) : null;
  return parseAddress(key.text)?.value ?? null;
}

function holds(wide: Item, narrow: Item): boolean {
  if (wide.words === narrow.words) return true;
  return 'from' in wide && 'from' in narrow && wide.from <= narrow.from && narrow.to <= wide.to;
}
