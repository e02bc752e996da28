/** The reader of any expression. */
import { lookup } from '../../../text/lookup.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { payloads } from '../../../rules/nftables/catalogue/payloads.ts';
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { RuleContext } from '../program/context.ts';
import type { Datum } from '../values/datum.ts';
import { partsOf } from '../values/parts.ts';
import { calculate, specOf, valueOf } from '../values/spec.ts';
import { ctReader } from './ct.ts';
import { fibReader } from './fib.ts';
import { metaReader } from './meta.ts';
import { type HashedField, hashReader, lookupReader, numgenReader, optionReader } from './others.ts';
import { payloadReader, rawReader } from './payload.ts';
import { openField, openReader, type Reader } from './reader.ts';

/** What is not known of an expression is an open question each time that it is compared. */
export function readerOf(expression: Expression, context: RuleContext): Reader {
  switch (expression.kind) {
    case 'meta':
      return metaReader(expression, context);
    case 'payload':
      return payloadReader(expression, context);
    case 'raw':
      return rawReader(expression, context);
    case 'ct':
      return ctReader(expression, context);
    case 'fib':
      return fibReader(expression, context);
    case 'rt':
    case 'socket':
    case 'osf':
    case 'ipsec':
      return lookupReader(expression, context);
    case 'option':
      return optionReader(expression, context);
    case 'numgen':
      return numgenReader(expression, context);
    case 'jhash':
    case 'symhash':
      return hashReader(expression, hashedFields(expression.expression, context), context);
    case 'binary':
      return binaryReader(expression, context);
    default:
      return openReader(expression, context);
  }
}

function hashedFields(expression: Expression | null, context: RuleContext): readonly HashedField[] {
  return (expression === null ? [] : partsOf(expression)).map((part) => ({
    read: readerOf(part, context),
    bytes: bytesOf(part),
    ownOrder: hasOwnOrder(part),
  }));
}

/** Keys of `meta` and `ct` that the kernel keeps in the order of the machine, not of the network (nft_meta.c, nft_ct.c). */
const ofMachine = {
  meta: ['mark', 'priority', 'length', 'skuid', 'skgid', 'rtclassid', 'iif', 'oif', 'iifgroup', 'oifgroup'],
  ct: ['mark', 'state', 'status', 'id', 'expiration', 'secmark'],
} as const;

function hasOwnOrder(expression: Expression): boolean {
  if (expression.kind !== 'meta' && expression.kind !== 'ct') return false;
  return ofMachine[expression.kind].some((key) => key === expression.key);
}

const sizes: Readonly<Record<string, number>> = lookup({
  ipv4_addr: 4,
  ipv6_addr: 16,
  inet_service: 2,
  inet_proto: 1,
  ether_addr: 6,
  nf_proto: 1,
  mark: 4,
});

function bytesOf(expression: Expression): number {
  if (expression.kind === 'payload') {
    const bits = payloads.get(expression.protocol)?.get(expression.field)?.bits;
    if (bits !== undefined && bits > 0) return Math.ceil(bits / 8);
  }
  return sizes[typeOf(expression) ?? ''] ?? 4;
}

function binaryReader(
  expression: Extract<Expression, { readonly kind: 'binary' }>,
  context: RuleContext,
): Reader {
  const { operator } = expression;
  const left = readerOf(expression.left, context);
  const type = typeOf(expression.left);
  const value = valueOf(expression.right, type) ?? maskOf(expression.right, type);
  const right: Reader = value === null ? readerOf(expression.right, context) : () => value;
  const text = printExpression(expression);
  const full = fullOf(expression.left);
  return (visit) => {
    const [one, other] = [left(visit), right(visit)];
    if (one === null || other === null) return null;
    if (typeof one === 'bigint' && typeof other === 'bigint') {
      return full === null ? calculate(operator, one, other) : calculate(operator, one, other) & full;
    }
    return partly(one, operator, other) ?? openField(text, context);
  };
}

/** `& 10.0.0.0/8` is the network's prefix. */
function maskOf(expression: Expression, type: string | null): bigint | null {
  const spec = specOf(expression, type);
  return spec?.kind === 'range' && spec.range.from === spec.range.to ? spec.range.from : null;
}

/** What a mask leaves of bits that are known. */
function partly(one: Exclude<Datum, null>, operator: string, other: Exclude<Datum, null>): Datum {
  if (typeof one !== 'object' || one.kind !== 'open' || typeof other !== 'bigint' || operator !== '&')
    return null;
  return (one.known & other) === other ? one.bits & other : null;
}

/** A shift to the left falls out of the field. */
function fullOf(expression: Expression): bigint | null {
  const type = typeOf(expression);
  return type === 'mark' ? 0xffffffffn : null;
}
