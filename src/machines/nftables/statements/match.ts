/** `tcp dport != 80`, `ip saddr @blocked`: net/netfilter/nft_cmp.c, nft_range.c, nft_lookup.c, nft_bitwise.c. */
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { MatchOperator, MatchStatement } from '../../../rules/nftables/statements.ts';
import { readerOf } from '../fields/readerOf.ts';
import type { Reader } from '../fields/reader.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import { lookUp } from '../sets/lookUp.ts';
import { keyReader, setOf } from '../sets/keys.ts';
import type { SetOf } from '../sets/tableSets.ts';
import { type Datum, shareOf } from '../values/datum.ts';
import { partsOf } from '../values/parts.ts';
import { fits, type Spec, specOf, valueOf } from '../values/spec.ts';
import { formatAddress } from '../../../values/address.ts';
import type { Operation } from './control.ts';
import { elementTest } from './elementTest.ts';
import { unknownMatch } from './unknown.ts';

export function matchOperation(statement: MatchStatement, context: RuleContext): Operation {
  const presence = asPresence(statement);
  const test = testOf(presence, context);
  if (test === null) return unknownMatch(statement, context);
  const { left, right } = presence;
  const reads = partsOf(left).map((part) => readerOf(part, context));
  return {
    span: statement,
    acts: false,
    run: (visit) => (test(visit) ? 'next' : 'break'),
    why: (visit) =>
      `${factOf(left, reads, visit)}, and the rule asks for ${wanted(statement.operator)}${printExpression(right)}`,
  };
}

function wanted(operator: MatchOperator): string {
  return operator === '==' || operator === 'in' ? '' : `${operator} `;
}

/** `fib saddr . iif oif missing` asks whether there is a route at all. */
function asPresence(statement: MatchStatement): MatchStatement {
  const { left, right } = statement;
  if (left.kind !== 'fib' || left.result === 'type' || right.kind !== 'value') return statement;
  if (right.text === '0') {
    const missing = { ...right, text: 'missing' };
    return { ...statement, left: { ...left, result: 'check' }, right: missing };
  }
  return right.text === 'exists' || right.text === 'missing'
    ? { ...statement, left: { ...left, result: 'check' } }
    : statement;
}

type Test = (visit: Visit) => boolean;

function testOf({ left, operator, right }: MatchStatement, context: RuleContext): Test | null {
  if (right.kind === 'set' || right.kind === 'reference') {
    const set = setOf(right, left, context);
    if (set === null || !set.elements.complete) return null;
    return ofSet(set, left, operator === '!=', context);
  }
  if (left.kind === 'concat') return ofParts(left.parts, right, operator, context);
  return ofOne(left, operator, right, context);
}

function ofSet(set: SetOf, left: Expression, negated: boolean, context: RuleContext): Test {
  const readKey = keyReader(left, context);
  const passes = elementTest(set, context);
  return (visit) => {
    const key = readKey(visit);
    if (key === null) return false;
    const element = lookUp(set, key, visit, context);
    return element === null ? negated : !negated && passes(element, visit);
  };
}

/** `ip saddr . tcp dport 10.0.0.1 . 80`: nft makes a set of one element of it. */
function ofParts(
  parts: readonly Expression[],
  right: Expression,
  operator: MatchOperator,
  context: RuleContext,
): Test | null {
  const specs = partsOf(right).map((part, index) => specOf(part, typeOf(parts[index] ?? part)));
  const reads = parts.map((part) => readerOf(part, context));
  if (specs.length !== parts.length || !specs.every((spec) => spec !== null)) return null;
  const negated = operator === '!=';
  return (visit) => {
    const data = reads.map((read) => read(visit));
    if (data.includes(null)) return false;
    const holds = specs.every((spec, index) => isSo(data[index] ?? null, spec, visit));
    return holds !== negated;
  };
}

function ofOne(
  left: Expression,
  operator: MatchOperator,
  right: Expression,
  context: RuleContext,
): Test | null {
  const read = readerOf(left, context);
  const type = isPresence(left) ? 'boolean' : typeOf(left);
  if (operator === 'in' || operator === '!') {
    const bits = valueOf(right, type);
    return bits === null ? null : ofBits(read, bits, right, operator === '!');
  }
  const spec = compared(specOf(right, type), operator);
  if (spec === null) return null;
  const negated = operator === '!=';
  return (visit) => {
    const datum = read(visit);
    return datum === null ? false : isSo(datum, spec, visit) !== negated;
  };
}

/** `tcp option maxseg exists` */
function isPresence(expression: Expression): boolean {
  return expression.kind === 'option' && expression.field === null;
}

const BIGGEST = (1n << 128n) - 1n;

function compared(spec: Spec | null, operator: MatchOperator): Spec | null {
  if (spec === null || operator === '==' || operator === '!=') return spec;
  if (spec.kind === 'name') return null;
  const { from, to } = spec.range;
  const text = `${operator} ${spec.text}`;
  switch (operator) {
    case '<':
      return { kind: 'range', range: { from: 0n, to: from - 1n }, text };
    case '<=':
      return { kind: 'range', range: { from: 0n, to }, text };
    case '>':
      return { kind: 'range', range: { from: to + 1n, to: BIGGEST }, text };
    default:
      return { kind: 'range', range: { from, to: BIGGEST }, text };
  }
}

/** Whether any of the bits is set; `negated`: whether none is. */
function ofBits(read: Reader, bits: bigint, right: Expression, negated: boolean): Test {
  const text = `${negated ? 'without ' : ''}${printExpression(right)}`;
  const spec: Spec = { kind: 'range', range: { from: bits, to: bits }, text };
  return (visit) => {
    const datum = read(visit);
    if (datum === null) return false;
    if (typeof datum === 'bigint') return ((datum & bits) !== 0n) !== negated;
    if (typeof datum === 'object' && datum.kind === 'open') {
      if ((datum.bits & bits) !== 0n) return !negated;
      if ((datum.known & bits) === bits) return negated;
      return isSo(datum, spec, visit);
    }
    return negated;
  };
}

/** Whether a value is what `spec` says, settled for this run. */
function isSo(datum: Datum, spec: Spec, { run, packet }: Visit): boolean {
  if (datum === null) return false;
  if (typeof datum !== 'object') return fits(datum, spec);
  if (datum.kind === 'drawn') return run.chance(shareOf(datum, spec));
  if (spec.kind === 'range' && spec.range.from === spec.range.to) {
    if ((spec.range.from & datum.known) !== datum.bits) return false;
  }
  return run.settle(datum.ask(spec, run), packet);
}

/** What is so of the packet, for people. */
function factOf(left: Expression, reads: readonly Reader[], visit: Visit): string {
  const text = printExpression(left);
  if (partsOf(left).some(({ kind }) => kind === 'numgen')) return 'the random choice fell on another rule';
  const data = reads.map((read) => read(visit));
  if (data.includes(null)) return `the packet has no ${text}`;
  const shown = data.map((datum, index) => shownAs(datum, partsOf(left)[index] ?? left, visit));
  return `${text} is ${shown.join(' . ')}`;
}

function shownAs(datum: Datum, expression: Expression, { packet }: Visit): string {
  if (datum === null || typeof datum === 'object') return 'not known';
  if (typeof datum === 'string') return datum === '' ? 'none' : datum;
  const type = typeOf(expression);
  if (type === 'ipv4_addr' || type === 'ipv6_addr')
    return formatAddress({ family: packet.family, value: datum });
  return type === 'mark' ? `0x${datum.toString(16)}` : String(datum);
}
