/** What a statement writes, or translates to: values, ranges, and what a map gives. */
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import { partsOf } from './parts.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import { lookUp } from '../sets/lookUp.ts';
import { keyReader, setOf } from '../sets/keys.ts';
import { elementTest } from '../statements/elementTest.ts';
import type { Datum, Open } from './datum.ts';
import { type Interval, type Spec, specOf } from './spec.ts';

/** One part: a range, or what is read of the packet. */
export type Part = Interval | Datum;

/** Null where a look-up finds nothing: the rule ends. */
export type Operand = (visit: Visit) => readonly Part[] | null;

/** `types`: of the parts, where the expression does not tell by itself. Null for what cannot be read. */
export function operandOf(
  expression: Expression,
  types: readonly (string | null)[],
  context: RuleContext,
): Operand | null {
  if (expression.kind === 'map') return mapOperand(expression, types, context);
  const written = writtenParts(expression, types);
  if (written !== null) return () => written;
  if (!isRead(expression)) return null;
  const readKey = keyReader(expression, context);
  return readKey;
}

function isRead(expression: Expression): boolean {
  return partsOf(expression).every(
    ({ kind }) => !['value', 'range', 'prefix', 'list', 'set', 'any', 'verdict'].includes(kind),
  );
}

function mapOperand(
  expression: Extract<Expression, { readonly kind: 'map' }>,
  types: readonly (string | null)[],
  context: RuleContext,
): Operand | null {
  const set = setOf(expression.data, expression.key, context, types);
  if (set === null || !set.elements.complete) return null;
  const readKey = keyReader(expression.key, context);
  const passes = elementTest(set, context);
  const dataTypes = set.dataTypes.length > 0 ? set.dataTypes : types;
  const known = new WeakMap<Expression, readonly Part[]>();
  return (visit) => {
    const key = readKey(visit);
    const element = key === null ? null : lookUp(set, key, visit, context);
    const data = element?.data ?? null;
    if (element === null || data === null || !passes(element, visit)) return null;
    const parts = known.get(data) ?? writtenParts(data, dataTypes);
    if (parts !== null) known.set(data, parts);
    return parts;
  };
}

/** Values as written; null where a part is none. */
export function writtenParts(
  expression: Expression,
  types: readonly (string | null)[],
): readonly Part[] | null {
  const parts = partsOf(expression).map((part, index): Part => {
    const spec = specOf(part, types[index] ?? typeOf(part));
    if (spec === null) return null;
    if (spec.kind === 'name') return spec.name;
    return spec.range.from === spec.range.to ? spec.range.from : spec.range;
  });
  return parts.includes(null) ? null : parts;
}

/** Both ends of a part; null where it is not a number that is known. */
export function intervalOf(part: Part | undefined): Interval | null {
  if (typeof part === 'bigint') return { from: part, to: part };
  if (typeof part !== 'object' || part === null) return null;
  return 'kind' in part ? null : part;
}

/** What is drawn from a few, or is one of a few, is each of them in a way of its own; of anything else that is not known, null. */
export function numberOf(part: Part | undefined, visit: Visit): bigint | null {
  if (typeof part === 'bigint') return part;
  if (typeof part !== 'object' || part === null || !('kind' in part)) return null;
  if (part.kind === 'open') return part.few === undefined ? null : oneOf(part, part.few, visit);
  return part.count > MOST_DRAWN ? null : part.from + BigInt(visit.run.pick(Number(part.count)));
}

/** Asked one by one, so that the same question has the same answer elsewhere. */
function oneOf(open: Open, { from, count }: NonNullable<Open['few']>, visit: Visit): bigint | null {
  if (count > MOST_DRAWN) return null;
  const last = from + count - 1n;
  for (let value = from; value < last; value++) {
    const spec: Spec = { kind: 'range', range: { from: value, to: value }, text: String(value) };
    if (visit.run.settle(open.ask(spec, visit.run), visit.packet)) return value;
  }
  return last;
}

const MOST_DRAWN = 256n;
