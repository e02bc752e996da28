/** Expressions of `nft -j` (libnftables-json(5)). */
import type {
  AnonymousSet,
  BinaryOperator,
  Element,
  Expression,
  HeaderOption,
  SetReference,
  Verdict,
} from '../expressions.ts';
import type { StatefulStatement } from '../stateful.ts';
import { joined } from '../joined.ts';
import { statefulOf } from './stateful.ts';
import { field, itemsOf, type Json, numberOf, only, spanOf, textOf, valueOf, wordOf } from './tokens.ts';

/** Null where it is not understood. */
export function expressionOf(json: Json): Expression | null {
  const text = textOf(json);
  if (text?.startsWith('@') === true) return { kind: 'reference', name: text.slice(1), ...spanOf(json) };
  if (text === '*') return { kind: 'any', ...spanOf(json) };
  if (json.type === 'array') return listOf(json);
  const [name, value] = only(json) ?? [];
  if (name === undefined || value === undefined) return valueOf(json);
  return (readers.get(name) ?? operatorReader(name))?.(value, json) ?? null;
}

type Reader = (value: Json, whole: Json) => Expression | null;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['prefix', prefixOf],
  ['range', rangeOf],
  ['concat', concatOf],
  ['set', setOf],
  ['map', mapOf],
  ['elem', (value) => expressionOf(field(value, 'val') ?? value)],
  ['payload', payloadOf],
  ['meta', (value, whole) => ({ kind: 'meta', key: textOf(field(value, 'key')) ?? '', ...spanOf(whole) })],
  ['ct', ctOf],
  ['fib', fibOf],
  ['rt', (value, whole) => lookupOf('rt', value, whole, ['family'])],
  ['osf', (value, whole) => lookupOf('osf', value, whole, [])],
  ['socket', (value, whole) => lookupOf('socket', value, whole, [])],
  ['ipsec', (value, whole) => lookupOf('ipsec', value, whole, ['dir', 'family'])],
  ['numgen', numgenOf],
  ['jhash', (value, whole) => hashOf('jhash', value, whole)],
  ['symhash', (value, whole) => hashOf('symhash', value, whole)],
  ['exthdr', (value, whole) => optionOf('exthdr', value, whole)],
  ['tcp option', (value, whole) => optionOf('tcp option', value, whole)],
  ['ip option', (value, whole) => optionOf('ip option', value, whole)],
  ['sctp chunk', (value, whole) => optionOf('sctp chunk', value, whole)],
  ['dccp option', (value, whole) => optionOf('dccp option', value, whole)],
  ...(['accept', 'drop', 'continue', 'return', 'jump', 'goto'] as const).map((verdict): [string, Reader] => [
    verdict,
    (value, whole) => verdictOf(verdict, value, whole),
  ]),
]);

/** All of them; null where one is not understood. */
function allOf(items: readonly Json[]): readonly Expression[] | null {
  const found = items.map(expressionOf).filter((each) => each !== null);
  return found.length === items.length ? found : null;
}

function listOf(json: Json): Expression | null {
  const items = allOf(itemsOf(json));
  return items === null ? null : { kind: 'list', items, ...spanOf(json) };
}

function prefixOf(value: Json, whole: Json): Expression | null {
  const address = field(value, 'addr');
  const read = address === null ? null : valueOf(address);
  const length = numberOf(field(value, 'len'));
  return read === null || length === null
    ? null
    : { kind: 'prefix', address: read, length, ...spanOf(whole) };
}

function rangeOf(value: Json, whole: Json): Expression | null {
  const [from, to] = allOf(itemsOf(value)) ?? [];
  return from === undefined || to === undefined ? null : { kind: 'range', from, to, ...spanOf(whole) };
}

function concatOf(value: Json, whole: Json): Expression | null {
  const parts = allOf(itemsOf(value));
  return parts === null ? null : { kind: 'concat', parts, ...spanOf(whole) };
}

function setOf(value: Json, whole: Json): AnonymousSet | null {
  const elements = elementsOf(value);
  return elements === null ? null : { kind: 'set', elements, ...spanOf(whole) };
}

function mapOf(value: Json, whole: Json): Expression | null {
  const key = field(value, 'key');
  const read = key === null ? null : expressionOf(key);
  const data = mapDataOf(field(value, 'data'));
  return read === null || data === null ? null : { kind: 'map', key: read, data, ...spanOf(whole) };
}

/** What a map or a vmap looks in. */
export function mapDataOf(json: Json | null): AnonymousSet | SetReference | null {
  const data = json === null ? null : expressionOf(json);
  return data?.kind === 'set' || data?.kind === 'reference' ? data : null;
}

/** Null where one is not understood. */
export function elementsOf(json: Json | null): readonly Element[] | null {
  const items = itemsOf(json);
  const found = items.map((item) => elementOf(item)).filter((each) => each !== null);
  return found.length === items.length ? found : null;
}

/** `80`, `[80, { "accept": null }]`, `{ "elem": { "val": 80, "timeout": 5 } }` */
function elementOf(json: Json): Element | null {
  const isPair = json.type === 'array' && json.children?.length === 2;
  const [keyJson = json, dataJson] = isPair ? (json.children ?? []) : [json];
  const key = expressionOf(keyJson);
  const data = dataJson === undefined ? null : expressionOf(dataJson);
  if (key === null || (dataJson !== undefined && data === null)) return null;
  return { key, data, ...optionsOf(field(keyJson, 'elem')), ...spanOf(json) };
}

/** Of `{ "val": …, "timeout": 5 }`. */
export function optionsOf(json: Json | null): Omit<Element, 'key' | 'data' | 'start' | 'end'> {
  return {
    timeout: numberOf(field(json, 'timeout')),
    expires: numberOf(field(json, 'expires')),
    comment: wordOf(field(json, 'comment'), true),
    statements: ['counter', 'limit', 'quota', 'last', 'ct count']
      .map((name) => statefulOf(name, field(json, name)))
      .filter((each): each is StatefulStatement => each !== null),
  };
}

function payloadOf(value: Json, whole: Json): Expression | null {
  const base = textOf(field(value, 'base'));
  const [offset, length] = [numberOf(field(value, 'offset')), numberOf(field(value, 'len'))];
  if (base !== null && offset !== null && length !== null) {
    return { kind: 'raw', base, offset, length, ...spanOf(whole) };
  }
  const [protocol, name] = [textOf(field(value, 'protocol')), textOf(field(value, 'field'))];
  if (protocol === null || name === null) return null;
  const tunnel = textOf(field(value, 'tunnel'));
  return { kind: 'payload', tunnel, protocol, field: name, ...spanOf(whole) };
}

function ctOf(value: Json, whole: Json): Expression | null {
  const key = textOf(field(value, 'key'));
  const family = textOf(field(value, 'family'));
  const dir = textOf(field(value, 'dir'));
  if (key === null) return null;
  const direction = dir === 'original' || dir === 'reply' ? dir : null;
  return { kind: 'ct', key: family === null ? key : `${family} ${key}`, direction, ...spanOf(whole) };
}

function fibOf(value: Json, whole: Json): Expression | null {
  const result = textOf(field(value, 'result'));
  const flags = itemsOf(field(value, 'flags'))
    .map(textOf)
    .filter((each) => each !== null);
  return result === null ? null : { kind: 'fib', flags, result, ...spanOf(whole) };
}

function lookupOf(
  kind: 'rt' | 'osf' | 'socket' | 'ipsec',
  value: Json,
  whole: Json,
  names: readonly string[],
): Expression | null {
  const key = textOf(field(value, 'key'));
  if (key === null) return null;
  const before = names.map((name) => textOf(field(value, name))).filter((each) => each !== null);
  const ttl = textOf(field(value, 'ttl'));
  const spnum = numberOf(field(value, 'spnum')) ?? 0;
  if (ttl !== null) before.push('ttl', ttl);
  if (spnum > 0) before.splice(1, 0, 'spnum', String(spnum));
  const level = numberOf(field(value, 'level'));
  return { kind, key, before, behind: level === null ? [] : ['level', String(level)], ...spanOf(whole) };
}

function numgenOf(value: Json, whole: Json): Expression | null {
  const mode = textOf(field(value, 'mode'));
  const mod = numberOf(field(value, 'mod'));
  if (mode === null || mod === null) return null;
  return { kind: 'numgen', mode, mod, offset: numberOf(field(value, 'offset')) ?? 0, ...spanOf(whole) };
}

function hashOf(kind: 'jhash' | 'symhash', value: Json, whole: Json): Expression | null {
  const mod = numberOf(field(value, 'mod'));
  const of = field(value, 'expr');
  const expression = of === null ? null : expressionOf(of);
  if (mod === null || (kind === 'jhash' && expression === null)) return null;
  const seed = numberOf(field(value, 'seed'));
  return { kind, expression, mod, seed, offset: numberOf(field(value, 'offset')) ?? 0, ...spanOf(whole) };
}

function optionOf(of: HeaderOption['of'], value: Json, whole: Json): Expression | null {
  const [base, offset, length] = ['base', 'offset', 'len'].map((name) => numberOf(field(value, name)));
  const isRaw = typeof base === 'number' && typeof offset === 'number' && typeof length === 'number';
  const number = numberOf(field(value, 'type'));
  const name =
    textOf(field(value, 'name')) ??
    (isRaw ? `@${base},${offset},${length}` : number === null ? null : String(number));
  if (name === null) return null;
  return { kind: 'option', of, name, field: textOf(field(value, 'field')), ...spanOf(whole) };
}

function verdictOf(verdict: Verdict, value: Json, whole: Json): Expression {
  return { kind: 'verdict', verdict, target: wordOf(field(value, 'target')), ...spanOf(whole) };
}

const OPERATORS: readonly BinaryOperator[] = ['&', '|', '^', '<<', '>>'];

function operatorReader(name: string): Reader | null {
  const operator = OPERATORS.find((each) => each === name);
  if (operator === undefined) return null;
  return (value, whole) => {
    const [first, ...more] = allOf(itemsOf(value)) ?? [];
    if (first === undefined || more.length === 0) return null;
    return { ...more.reduce((left, right) => joined(operator, left, right), first), ...spanOf(whole) };
  };
}
