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
  VerdictValue,
} from '../expressions.ts';
import { joined } from '../joined.ts';
import type { Cursor } from './cursor.ts';
import { acceptVerdict } from './verdicts.ts';
import { readSelector } from './selectors.ts';
import { readRangeOrPrefix, readSeconds, withLength } from './values.ts';
import { readStateful } from './stateful.ts';

/** What may stand here: only what is read of the packet; only values; either. */
export type Side = 'selector' | 'value' | 'either';

/** By the word: how loosely an operator binds, and which it is. */
const operators: ReadonlyMap<string, readonly [level: number, operator: BinaryOperator]> = new Map([
  ['|', [0, '|']],
  ['or', [0, '|']],
  ['^', [1, '^']],
  ['xor', [1, '^']],
  ['&', [2, '&']],
  ['and', [2, '&']],
  ['<<', [3, '<<']],
  ['lshift', [3, '<<']],
  ['>>', [3, '>>']],
  ['rshift', [3, '>>']],
]);

const TIGHTEST = 3;

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
  return { kind: 'concat', parts, start: cursor.startFrom(first.start), end: cursor.endFrom(first.start) };
}

function readBinary(cursor: Cursor, side: Side, level: number): Expression | null {
  let left = readPrimary(cursor, side);
  while (left !== null) {
    const { kind } = cursor;
    const found = kind === 'sign' || kind === 'word' ? operators.get(cursor.text) : undefined;
    if (found === undefined || found[0] < level) return left;
    const [of, operator] = found;
    cursor.step();
    const inner = side === 'selector' ? 'either' : side;
    const right = of === TIGHTEST ? readPrimary(cursor, inner) : readBinary(cursor, inner, of + 1);
    if (right === null) return null;
    left = joined(operator, left, right);
  }
  return null;
}

function readPrimary(cursor: Cursor, side: Side): Expression | null {
  if (cursor.is('(')) return cursor.deeper(() => readParenthesis(cursor, side));
  if (cursor.is('{') && side !== 'selector') return readSet(cursor, side);
  if (cursor.is('jhash') || cursor.is('symhash')) return cursor.deeper(() => readHash(cursor));
  if (cursor.is('$')) return cursor.variable();
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
  const seed = cursor.accept('seed') ? cursor.wantNumber() : null;
  const offset = cursor.accept('offset') ? (cursor.wantNumber() ?? 0) : 0;
  return { kind, expression, mod, seed, offset, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** `@blocked` */
export function readReference(cursor: Cursor): SetReference | null {
  const { start } = cursor;
  const name = cursor.accept('@') ? cursor.name() : null;
  return name === null
    ? null
    : { kind: 'reference', name: name.text, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** What follows `map` or `vmap`. */
export function readMapData(cursor: Cursor): AnonymousSet | SetReference | null {
  if (cursor.is('{')) return readSet(cursor, 'value');
  if (!cursor.is('$')) return readReference(cursor);
  const found = cursor.variable();
  return found?.kind === 'set' || found?.kind === 'reference' ? found : null;
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
  return data === null
    ? null
    : { kind: 'map', key, data, start: cursor.startFrom(key.start), end: cursor.endFrom(key.start) };
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
  const list: ValueList = {
    kind: 'list',
    items,
    start: cursor.startFrom(first.start),
    end: cursor.endFrom(first.start),
  };
  return list;
}

/** `{ 80, 443 }`; null where an element is not understood. */
function readSet(cursor: Cursor, side: Side): AnonymousSet | null {
  return cursor.deeper(() => {
    const { start } = cursor;
    cursor.step();
    const elements = readElements(cursor, side);
    return elements === null
      ? null
      : { kind: 'set', elements, start: cursor.startFrom(start), end: cursor.endFrom(start) };
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
    if (!cursor.is(',') && !cursor.is('}')) return null;
    // nft takes any number of commas behind an element.
    while (cursor.accept(',')) cursor.skipNewlines();
  }
}

/** `10.0.0.1 timeout 1h expires 59m comment "x" : accept` */
export function readElement(cursor: Cursor, side: Side): Element | null {
  const { start } = cursor;
  const key: Expression | null = cursor.accept('*')
    ? { kind: 'any', start: cursor.startFrom(start), end: cursor.endFrom(start) }
    : readKey(cursor, side);
  if (key === null) return null;
  const options = readElementOptions(cursor);
  if (options === null) return null;
  const { timeout, expires, comment, statements } = options;
  let data: Expression | null = null;
  if (cursor.accept(':')) {
    cursor.skipNewlines();
    data = readVerdictValue(cursor) ?? readExpression(cursor, side);
    if (data === null) return null;
  }
  const [from, end] = [cursor.startFrom(start), cursor.endFrom(start)];
  return { key, data, timeout, expires, comment, statements, start: from, end };
}

function readKey(cursor: Cursor, side: Side): Expression | null {
  const key = readExpression(cursor, side);
  return key === null ? null : withLength(cursor, key);
}

type ElementOptions = Pick<Element, 'timeout' | 'expires' | 'comment' | 'statements'>;

const NO_OPTIONS: ElementOptions = { timeout: null, expires: null, comment: null, statements: [] };

/** Null where a time is missing. */
function readElementOptions(cursor: Cursor): ElementOptions | null {
  let options = NO_OPTIONS;
  for (;;) {
    cursor.skipNewlines();
    if (cursor.kind !== 'word') return options;
    const time = (['timeout', 'expires'] as const).find((each) => cursor.accept(each));
    if (time !== undefined) {
      const seconds = readSeconds(cursor);
      if (seconds === null) return null;
      options = { ...options, [time]: seconds };
    } else if (cursor.accept('comment')) options = { ...options, comment: cursor.comment() };
    else {
      const statement = readStateful(cursor);
      if (statement === null) return options;
      options = { ...options, statements: [...options.statements, statement] };
    }
  }
}

function readVerdictValue(cursor: Cursor): VerdictValue | null {
  const { start } = cursor;
  const verdict = acceptVerdict(cursor);
  if (verdict === null) return null;
  const target = verdict === 'jump' || verdict === 'goto' ? cursor.name() : null;
  return { kind: 'verdict', verdict, target, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}
