/** Expressions: selectors and values with operators, concatenations, sets and maps (src/parser_bison.y, nft 1.0.6). */
import type {
  AnonymousSet,
  BinaryOperator,
  Element,
  Expression,
  Hash,
  MapLookup,
  SetReference,
  ValueList,
  Verdict,
  VerdictValue,
} from '../expressions.ts';
import { joined } from '../joined.ts';
import type { Cursor } from './cursor.ts';
import { readSelector } from './selectors.ts';
import { readRangeOrPrefix, readSeconds } from './values.ts';
import { readStateful } from './stateful.ts';

/** What may stand here: only what is read of the packet; only values; either. */
export type Side = 'selector' | 'value' | 'either';

const operators: readonly (readonly (readonly [string, BinaryOperator])[])[] = [
  [
    ['|', '|'],
    ['or', '|'],
  ],
  [
    ['^', '^'],
    ['xor', '^'],
  ],
  [
    ['&', '&'],
    ['and', '&'],
  ],
  [
    ['<<', '<<'],
    ['lshift', '<<'],
    ['>>', '>>'],
    ['rshift', '>>'],
  ],
];

/** `ip saddr . tcp dport`, `meta mark & 0xff`; null, and the cursor anywhere, where something else stands here. */
export function readExpression(cursor: Cursor, side: Side): Expression | null {
  const first = readBinary(cursor, side, 0);
  if (first === null || !cursor.is('.')) return first;
  const parts = [first];
  while (cursor.accept('.')) {
    cursor.skipNewlines();
    const part = readBinary(cursor, side, 0);
    if (part === null) return null;
    parts.push(part);
  }
  return { kind: 'concat', parts, ...cursor.spanFrom(first.start) };
}

function readBinary(cursor: Cursor, side: Side, level: number): Expression | null {
  const here = operators[level];
  if (here === undefined) return readPrimary(cursor, side);
  let left = readBinary(cursor, side, level + 1);
  while (left !== null) {
    const [, operator] = here.find(([word]) => cursor.accept(word)) ?? [];
    if (operator === undefined) return left;
    const right = readBinary(cursor, side === 'selector' ? 'either' : side, level + 1);
    if (right === null) return null;
    left = joined(operator, left, right);
  }
  return null;
}

function readPrimary(cursor: Cursor, side: Side): Expression | null {
  if (cursor.is('(')) return cursor.deeper(() => readParenthesis(cursor, side));
  if (cursor.is('{') && side !== 'selector') return readSet(cursor, side);
  if (cursor.is('jhash') || cursor.is('symhash')) return cursor.deeper(() => readHash(cursor));
  const selector = side === 'value' ? null : readSelector(cursor);
  if (selector !== null || side === 'selector') return selector;
  return cursor.is('@') ? readReference(cursor) : readRangeOrPrefix(cursor);
}

function readParenthesis(cursor: Cursor, side: Side): Expression | null {
  cursor.step();
  const inner = readExpression(cursor, side);
  return cursor.accept(')') ? inner : null;
}

function readHash(cursor: Cursor): Hash | null {
  const { start } = cursor;
  const kind = cursor.is('jhash') ? 'jhash' : 'symhash';
  cursor.step();
  const expression = kind === 'jhash' ? readExpression(cursor, 'selector') : null;
  const mod = cursor.accept('mod') ? cursor.number() : null;
  if (mod === null || (kind === 'jhash' && expression === null)) return null;
  const seed = cursor.accept('seed') ? cursor.number() : null;
  const offset = cursor.accept('offset') ? (cursor.number() ?? 0) : 0;
  return { kind, expression, mod, seed, offset, ...cursor.spanFrom(start) };
}

/** `@blocked` */
export function readReference(cursor: Cursor): SetReference | null {
  const { start } = cursor;
  const name = cursor.accept('@') ? cursor.name() : null;
  return name === null ? null : { kind: 'reference', name: name.text, ...cursor.spanFrom(start) };
}

/** What follows `map` or `vmap`. */
export function readMapData(cursor: Cursor): AnonymousSet | SetReference | null {
  return cursor.is('{') ? readSet(cursor, 'value') : readReference(cursor);
}

/** What a statement writes or translates to: an expression, a map's data for one, or words with commas between. */
export function readWritten(cursor: Cursor): Expression | null {
  const first = readExpression(cursor, 'either');
  if (first === null) return null;
  if (cursor.accept('map')) return mapOf(cursor, first);
  return withCommas(cursor, first, 'either');
}

function mapOf(cursor: Cursor, key: Expression): MapLookup | null {
  const data = readMapData(cursor);
  return data === null ? null : { kind: 'map', key, data, ...cursor.spanFrom(key.start) };
}

/** What a match compares with: `established,related`, `{ 80, 443 }`, `@blocked`. */
export function readCompared(cursor: Cursor): Expression | null {
  const first = readExpression(cursor, 'value');
  return first === null ? null : withCommas(cursor, first, 'value');
}

function withCommas(cursor: Cursor, first: Expression, side: Side): Expression | null {
  if (!cursor.is(',')) return first;
  const items = [first];
  while (cursor.accept(',')) {
    const item = readExpression(cursor, side);
    if (item === null) return null;
    items.push(item);
  }
  const list: ValueList = { kind: 'list', items, ...cursor.spanFrom(first.start) };
  return list;
}

/** `{ 80, 443 }`; null where an element is not understood. */
function readSet(cursor: Cursor, side: Side): AnonymousSet | null {
  return cursor.deeper(() => {
    const { start } = cursor;
    cursor.step();
    const elements = readElements(cursor, side);
    return elements === null ? null : { kind: 'set', elements, ...cursor.spanFrom(start) };
  });
}

/** The elements up to the closing brace, which is stepped over. */
export function readElements(cursor: Cursor, side: Side): readonly Element[] | null {
  const elements: Element[] = [];
  for (;;) {
    cursor.skipNewlines();
    if (cursor.accept('}')) return elements;
    const element = readElement(cursor, side);
    if (element === null) return null;
    elements.push(element);
    cursor.skipNewlines();
    if (!cursor.accept(',') && !cursor.is('}')) return null;
  }
}

/** `10.0.0.1 timeout 1h expires 59m comment "x" : accept` */
export function readElement(cursor: Cursor, side: Side): Element | null {
  const { start } = cursor;
  const key: Expression | null = cursor.accept('*')
    ? { kind: 'any', ...cursor.spanFrom(start) }
    : readExpression(cursor, side);
  if (key === null) return null;
  const options = readElementOptions(cursor);
  if (!cursor.is(':')) return { key, data: null, ...options, ...cursor.spanFrom(start) };
  cursor.step();
  cursor.skipNewlines();
  const data = readVerdictValue(cursor) ?? readExpression(cursor, side);
  return data === null ? null : { key, data, ...options, ...cursor.spanFrom(start) };
}

type ElementOptions = Pick<Element, 'timeout' | 'expires' | 'comment' | 'statements'>;

function readElementOptions(cursor: Cursor): ElementOptions {
  let options: ElementOptions = { timeout: null, expires: null, comment: null, statements: [] };
  for (;;) {
    cursor.skipNewlines();
    if (cursor.accept('timeout')) options = { ...options, timeout: readSeconds(cursor) };
    else if (cursor.accept('expires')) options = { ...options, expires: readSeconds(cursor) };
    else if (cursor.accept('comment')) options = { ...options, comment: cursor.word() };
    else {
      const statement = readStateful(cursor);
      if (statement === null) return options;
      options = { ...options, statements: [...options.statements, statement] };
    }
  }
}

const verdicts: readonly Verdict[] = ['accept', 'drop', 'continue', 'return', 'jump', 'goto'];

function readVerdictValue(cursor: Cursor): VerdictValue | null {
  const { start } = cursor;
  const verdict = verdicts.find((each) => cursor.accept(each));
  if (verdict === undefined) return null;
  const target = verdict === 'jump' || verdict === 'goto' ? cursor.name() : null;
  return { kind: 'verdict', verdict, target, ...cursor.spanFrom(start) };
}
