/** `tcp dport != 80`, `ip daddr vmap @services`, `meta mark set 0x1`: what begins with what is read of the packet. */
import { bitmaskTypes } from '../catalogue/keys.ts';
import { typeOf } from '../catalogue/typeOf.ts';
import type { Expression } from '../expressions.ts';
import type { MatchOperator, MatchStatement, Statement } from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { withLength } from './values.ts';
import { readCompared, readExpression, readMapData, readWritten } from './expressions.ts';

/** Null, and the cursor anywhere, where it is not understood. */
export function readMatch(cursor: Cursor): Statement | null {
  const left = readExpression(cursor, 'selector');
  if (left === null) return null;
  const { start } = left;
  if (cursor.accept('vmap')) {
    const data = readMapData(cursor);
    return data === null
      ? null
      : { kind: 'vmap', key: left, data, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  }
  if (cursor.accept('set')) {
    const value = readWritten(cursor);
    return value === null
      ? null
      : { kind: 'set', target: left, value, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  }
  const operator = readOperator(cursor);
  const right = readCompared(cursor);
  if (right === null) return null;
  return readMasked(cursor, left, operator ?? implicitOperator(left, right), right);
}

/** `tcp flags syn / fin,syn`: the flags of a mask. */
function readMasked(
  cursor: Cursor,
  left: Expression,
  operator: MatchOperator,
  right: Expression,
): MatchStatement | null {
  const { start } = left;
  const isOfBits = bitmaskTypes.has(typeOf(left) ?? '');
  const compared = isOfBits ? right : withLength(cursor, right);
  if (!cursor.accept('/'))
    return {
      kind: 'match',
      left,
      operator,
      right: compared,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  const mask = readCompared(cursor);
  if (mask === null) return null;
  const masked: Expression = {
    kind: 'binary',
    operator: '&',
    left,
    right: mask,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
  const compares = operator === 'in' ? '==' : operator;
  return {
    kind: 'match',
    left: masked,
    operator: compares,
    right,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

const operatorWords: ReadonlyMap<string, MatchOperator> = new Map<string, MatchOperator>([
  ['==', '=='],
  ['eq', '=='],
  ['!=', '!='],
  ['ne', '!='],
  ['<=', '<='],
  ['le', '<='],
  ['>=', '>='],
  ['ge', '>='],
  ['<', '<'],
  ['lt', '<'],
  ['>', '>'],
  ['gt', '>'],
  ['!', '!'],
]);

function readOperator(cursor: Cursor): MatchOperator | undefined {
  const { kind } = cursor;
  const operator = kind === 'sign' || kind === 'word' ? operatorWords.get(cursor.text) : undefined;
  if (operator !== undefined) cursor.step();
  return operator;
}

/** Words of bits are tested for any of them; sets and everything else for being equal. */
function implicitOperator(left: Expression, right: Expression): MatchOperator {
  const isBits = right.kind === 'value' || right.kind === 'list';
  return isBits && bitmaskTypes.has(typeOf(left) ?? '') ? 'in' : '==';
}
