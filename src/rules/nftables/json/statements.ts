/** Statements of `nft -j` (libnftables-json(5)). */
import { lookup } from '../../../text/lookup.ts';
import type {
  MatchOperator,
  NatStatement,
  RejectStatement,
  Statement,
  SynproxyStatement,
  VerdictStatement,
} from '../statements.ts';
import type { Expression } from '../expressions.ts';
import { elementsOf, expressionOf, mapDataOf, optionsOf } from './expressions.ts';
import { logOf } from './log.ts';
import { statefulOf, statefulsOf } from './stateful.ts';
import { field, type Json, numberOf, only, spanOf, textOf, textsOf, valueOf, wordOf } from './tokens.ts';

/** Null where it is not understood. A string is a statement in nft's own words, which the caller reads. `family`: the table's. */
export function statementOf(json: Json, family: string): Statement | null {
  const [name, value] = only(json) ?? [];
  if (name === undefined || value === undefined) return null;
  const stateful = statefulOf(name, value);
  if (stateful !== null) return { ...stateful, ...spanOf(json) };
  const found = readers.get(name)?.(value, json) ?? null;
  return found?.kind === 'reject' ? withoutDefault(found, family) : found;
}

/** JSON says what a bare `reject` of the family stands for; text does not. */
const DEFAULTS: Readonly<Record<string, string>> = lookup({
  ip: 'icmp',
  ip6: 'icmpv6',
  inet: 'icmpx',
  bridge: 'icmpx',
  netdev: 'icmpx',
});

function withoutDefault(statement: RejectStatement, family: string): RejectStatement {
  const isDefault = statement.with === DEFAULTS[family] && statement.code?.value === 'port-unreachable';
  return isDefault ? { ...statement, with: null, code: null } : statement;
}

type Reader = (value: Json, whole: Json) => Statement | null;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['match', matchOf],
  ['mangle', mangleOf],
  ['vmap', vmapOf],
  ['log', logOf],
  ['reject', rejectOf],
  ['notrack', (_, whole) => ({ kind: 'notrack', words: [], ...spanOf(whole) })],
  ['xt', xtOf],
  ['set', dynamicOf],
  ['map', dynamicOf],
  ['meter', meterOf],
  ['reset', resetOf],
  ['queue', queueOf],
  ['flow', (value, whole) => objectOf('flow', field(value, 'flowtable'), whole)],
  ['dup', copyOf('dup')],
  ['fwd', copyOf('fwd')],
  ['synproxy', synproxyOf],
  ...(['counter', 'quota', 'limit', 'ct helper', 'ct timeout', 'ct expectation'] as const).map(
    (type): [string, Reader] => [type, (value, whole) => objectOf(type, value, whole)],
  ),
  ...(['snat', 'dnat', 'masquerade', 'redirect', 'tproxy'] as const).map((kind): [string, Reader] => [
    kind,
    natOf(kind),
  ]),
  ...(['accept', 'drop', 'continue', 'return', 'jump', 'goto'] as const).map((verdict): [string, Reader] => [
    verdict,
    (value, whole): VerdictStatement => ({
      kind: 'verdict',
      verdict,
      target: wordOf(field(value, 'target')),
      rules: null,
      ...spanOf(whole),
    }),
  ]),
]);

const OPERATORS: readonly MatchOperator[] = ['==', '!=', '<', '>', '<=', '>=', 'in', '!'];

/** The expression of a field; null where there is none, or it is not understood. */
function partOf(value: Json, name: string): ReturnType<typeof expressionOf> {
  const json = field(value, name);
  return json === null ? null : expressionOf(json);
}

function matchOf(value: Json, whole: Json): Statement | null {
  const op = textOf(field(value, 'op'));
  const operator = OPERATORS.find((each) => each === op);
  const [left, right] = [partOf(value, 'left'), partOf(value, 'right')];
  if (operator === undefined || left === null || right === null) return null;
  return { kind: 'match', left: namedWhole(left, right), operator, right, ...spanOf(whole) };
}

/** An option without a name is bytes of it in JSON, also where text asks for all of it: `tcp option 42 exists`. */
function namedWhole(left: Expression, right: Expression): Expression {
  const isAsked = right.kind === 'value' && (right.text === 'exists' || right.text === 'missing');
  if (left.kind !== 'option' || !isAsked) return left;
  const [, number] = /^@(\d+),0,8$/.exec(left.name) ?? [];
  return number === undefined ? left : { ...left, name: number };
}

function mangleOf(value: Json, whole: Json): Statement | null {
  const [target, written] = [partOf(value, 'key'), partOf(value, 'value')];
  return target === null || written === null
    ? null
    : { kind: 'set', target, value: written, ...spanOf(whole) };
}

function vmapOf(value: Json, whole: Json): Statement | null {
  const key = partOf(value, 'key');
  const data = mapDataOf(field(value, 'data'));
  return key === null || data === null ? null : { kind: 'vmap', key, data, ...spanOf(whole) };
}

function rejectOf(value: Json, whole: Json): RejectStatement {
  const code = field(value, 'expr');
  return {
    kind: 'reject',
    with: textOf(field(value, 'type')),
    code: code === null ? null : valueOf(code),
    ...spanOf(whole),
  };
}

function xtOf(value: Json, whole: Json): Statement {
  const words = [wordOf(field(value, 'type')), wordOf(field(value, 'name'), true)];
  return { kind: 'xt', words: words.filter((each) => each !== null), ...spanOf(whole) };
}

function familyOf(value: Json): 'ip' | 'ip6' | null {
  const family = textOf(field(value, 'family'));
  return family === 'ip' || family === 'ip6' ? family : null;
}

function flagsOf(value: Json): readonly string[] {
  return textsOf(field(value, 'flags'));
}

function natOf(kind: NatStatement['kind']): Reader {
  return (value, whole) => {
    const style = textOf(field(value, 'type_flags'));
    return {
      kind,
      family: familyOf(value),
      style,
      address: partOf(value, 'addr'),
      port: partOf(value, 'port'),
      // Implied by the style `prefix`, and not in the text.
      flags: flagsOf(value).filter((flag) => flag !== 'netmap'),
      ...spanOf(whole),
    };
  };
}

const OPERATIONS = ['add', 'update', 'delete'] as const;

function dynamicOf(value: Json, whole: Json): Statement | null {
  const op = textOf(field(value, 'op'));
  const operation = OPERATIONS.find((each) => each === op);
  const name = field(value, 'set') ?? field(value, 'map');
  const [element] = elementsOf(field(value, 'elem')) ?? [];
  const set = wordOf(name);
  if (operation === undefined || set === null || element === undefined) return null;
  const statements = statefulsOf(field(value, 'stmt'));
  const data = partOf(value, 'data');
  const options = optionsOf(field(field(value, 'elem'), 'elem'));
  return {
    kind: 'dynamic',
    operation,
    set: { ...set, text: set.text.slice(1), quoted: false },
    size: null,
    element: { ...element, ...options, data, statements },
    ...spanOf(whole),
  };
}

function meterOf(value: Json, whole: Json): Statement | null {
  const set = wordOf(field(value, 'name'));
  const [element] = elementsOf(field(value, 'key')) ?? [];
  const statements = statefulsOf(field(value, 'stmt'));
  if (set === null || element === undefined || statements.length === 0) return null;
  const size = numberOf(field(value, 'size'));
  return {
    kind: 'dynamic',
    operation: 'meter',
    set,
    size,
    element: { ...element, statements },
    ...spanOf(whole),
  };
}

/** `reset tcp option sack-perm` */
function resetOf(value: Json, whole: Json): Statement | null {
  const option = expressionOf(value);
  if (option?.kind !== 'option' || option.of !== 'tcp option') return null;
  const words = ['tcp', 'option', option.name].map((text) => ({ text, quoted: false, ...spanOf(value) }));
  return { kind: 'reset', words, ...spanOf(whole) };
}

function queueOf(value: Json, whole: Json): Statement {
  return { kind: 'queue', flags: flagsOf(value), to: partOf(value, 'num'), ...spanOf(whole) };
}

function copyOf(kind: 'dup' | 'fwd'): Reader {
  return (value, whole) => {
    const [address, device] = [partOf(value, 'addr'), partOf(value, 'dev')];
    const to = address ?? device;
    if (to === null) return null;
    return { kind, family: familyOf(value), to, device: address === null ? null : device, ...spanOf(whole) };
  };
}

function synproxyOf(value: Json, whole: Json): Statement | null {
  if (value.type === 'string') return objectOf('synproxy', value, whole);
  return { ...synproxyState(value), ...spanOf(whole) };
}

/** What a synproxy, named or not, answers with. */
export function synproxyState(value: Json): SynproxyStatement {
  const [mss, wscale] = [numberOf(field(value, 'mss')), numberOf(field(value, 'wscale'))];
  return { kind: 'synproxy', mss, wscale, flags: flagsOf(value), ...spanOf(value) };
}

function objectOf(type: string, json: Json | null, whole: Json): Statement | null {
  const name = json === null ? null : expressionOf(json);
  return name === null ? null : { kind: 'object', type, name, ...spanOf(whole) };
}
