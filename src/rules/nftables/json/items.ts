/** What a table holds, of `nft -j`: each is put into the draft of its table; false where it is not understood. */
import type { Span } from '../../../text/span.ts';
import type { Expression, Word } from '../expressions.ts';
import type { BaseChain, Chain, Property, SetDefinition, Table, TableItem } from '../nodes.ts';
import type { Rule } from '../statements.ts';
import { elementsOf, expressionOf, optionsOf } from './expressions.ts';
import { statefulOf, statefulsOf } from './stateful.ts';
import { synproxyState } from './statements.ts';
import {
  field,
  isTrue,
  itemsOf,
  type Json,
  numberOf,
  spanOf,
  textOf,
  textsOf,
  valueOf,
  wordOf,
} from './tokens.ts';

/** Rules of a chain that is not finished. */
interface ChainDraft extends Omit<Chain, 'rules'> {
  readonly rules: Rule[];
}

export interface TableDraft extends Omit<Table, 'items'> {
  readonly items: TableItem[];
  readonly chains: Map<string, ChainDraft>;
}

export function takeChain(table: TableDraft, value: Json): boolean {
  const name = wordOf(field(value, 'name'));
  if (name === null) return false;
  table.chains.set(name.text, {
    kind: 'chain',
    name,
    handle: numberOf(field(value, 'handle')),
    base: baseOf(value),
    policy: wordOf(field(value, 'policy')),
    flags: textsOf(field(value, 'flags')),
    comment: wordOf(field(value, 'comment'), true),
    rules: [],
    ...spanOf(value),
  });
  return true;
}

function baseOf(value: Json): BaseChain | null {
  const [type, hook, priority] = [
    wordOf(field(value, 'type')),
    wordOf(field(value, 'hook')),
    field(value, 'prio'),
  ];
  const offset = numberOf(priority);
  if (type === null || hook === null || priority === null || offset === null) return null;
  return {
    type,
    hook,
    devices: devicesOf(value),
    priority: { name: null, offset, ...spanOf(priority) },
    ...spanOf(value),
  };
}

/** `"ipv4_addr"`, `["ipv4_addr", "inet_service"]`, `{ "typeof": … }`; of a map's data also `"ipv4_addr . inet_service"` (nft 1.0.6). */
function typeOf(json: Json | null): Expression | null {
  if (json === null) return null;
  const of = field(json, 'typeof') ?? json;
  const words = textOf(of)?.split(' . ') ?? [];
  if (words.length > 1)
    return { kind: 'concat', parts: words.map((word) => wordValue(word, spanOf(of))), ...spanOf(of) };
  if (of.type !== 'array') return expressionOf(of);
  const parts = itemsOf(of)
    .map(expressionOf)
    .filter((each) => each !== null);
  return { kind: 'concat', parts, ...spanOf(of) };
}

export function takeSet(table: TableDraft, kind: SetDefinition['kind'], value: Json): boolean {
  const name = wordOf(field(value, 'name'));
  const type = field(value, 'type');
  const of = typeOf(type);
  const elements = elementsOf(field(value, 'elem'));
  if (name === null || type === null || of === null || elements === null) return false;
  const statements = statefulsOf(field(value, 'stmt'));
  table.items.push({
    kind,
    name,
    handle: numberOf(field(value, 'handle')),
    type: { kind: field(type, 'typeof') === null ? 'type' : 'typeof', of, ...spanOf(type) },
    data: typeOf(field(value, 'map')),
    dataInterval: false,
    flags: textsOf(field(value, 'flags')),
    timeout: numberOf(field(value, 'timeout')),
    gcInterval: numberOf(field(value, 'gc-interval')),
    size: numberOf(field(value, 'size')),
    policy: textOf(field(value, 'policy')),
    autoMerge: isTrue(field(value, 'auto-merge')),
    comment: wordOf(field(value, 'comment'), true),
    statements,
    elements,
    ...spanOf(value),
  });
  return true;
}

function takeFlowtable(table: TableDraft, name: Word, value: Json): boolean {
  const hook = wordOf(field(value, 'hook'));
  const prio = field(value, 'prio');
  const priority = prio === null ? null : { name: null, offset: numberOf(prio) ?? 0, ...spanOf(prio) };
  const handle = numberOf(field(value, 'handle'));
  const own = {
    hook,
    priority,
    devices: devicesOf(value),
    flags: textsOf(field(value, 'flags')),
    counter: false,
  };
  table.items.push({ kind: 'flowtable', name, handle, ...own, ...spanOf(value) });
  return true;
}

function devicesOf(value: Json): readonly Word[] {
  return itemsOf(field(value, 'dev'))
    .map((each) => wordOf(each, true))
    .filter((each) => each !== null);
}

const OBJECTS: readonly string[] = [
  'counter',
  'quota',
  'limit',
  'synproxy',
  'secmark',
  'ct helper',
  'ct timeout',
  'ct expectation',
];
/** What is said of every object, and no property of its own. */
const COMMON: ReadonlySet<string> = new Set(['family', 'name', 'table', 'handle', 'comment']);

/** Flowtables and named objects. */
export function takeOther(table: TableDraft, kind: string, value: Json): boolean {
  const name = wordOf(field(value, 'name'));
  if (name === null) return false;
  const handle = numberOf(field(value, 'handle'));
  if (kind === 'flowtable') return takeFlowtable(table, name, value);
  if (!OBJECTS.includes(kind)) return false;
  const state = kind === 'synproxy' ? synproxyState(value) : statefulOf(kind, value);
  const properties = propertiesOf(kind, value);
  const comment = wordOf(field(value, 'comment'), true);
  const own = state === null ? properties : [];
  table.items.push({
    kind: 'object',
    type: kind,
    name,
    handle,
    comment,
    state,
    properties: own,
    ...spanOf(value),
  });
  return true;
}

function propertiesOf(kind: string, value: Json): readonly Property[] {
  const properties = (value.children ?? []).flatMap(({ children }) => {
    const [key, of] = children ?? [];
    return key === undefined || of === undefined || COMMON.has(String(key.value))
      ? []
      : [propertyOf(kind, String(key.value), of)];
  });
  const [type, protocol] = ['type', 'protocol'].map((name) => properties.find((each) => each.name === name));
  if (kind !== 'ct helper' || type === undefined || protocol === undefined) return properties;
  // Text has them in one line: `type "ftp" protocol tcp`.
  const word = wordValue('protocol', protocol);
  const joined = { ...type, values: [...type.values, word, ...protocol.values] };
  return [joined, ...properties.filter((each) => each !== type && each !== protocol)];
}

function propertyOf(kind: string, name: string, of: Json): Property {
  const span = spanOf(of);
  const milliseconds = kind === 'ct expectation' && name === 'timeout' ? numberOf(of) : null;
  if (milliseconds !== null) {
    const seconds = milliseconds / 1000;
    const value: Expression = { kind: 'value', text: `${seconds}s`, value: seconds, quoted: false, ...span };
    return { name, values: [value], ...span };
  }
  if (of.type === 'object') return { name, values: [policyOf(of)], ...span };
  return { name, values: [valueOf(of)].filter((each) => each !== null), ...span };
}

/** `{ "established": 100, "close": 4 }` */
function policyOf(of: Json): Expression {
  const elements = (of.children ?? []).flatMap(({ children }) => {
    const [key, value] = (children ?? []).map(valueOf);
    if (key === undefined || key === null || value === undefined) return [];
    return [{ key, data: value, ...optionsOf(null), start: key.start, end: value?.end ?? key.end }];
  });
  return { kind: 'set', elements, ...spanOf(of) };
}

function wordValue(text: string, { start, end }: Span): Expression {
  return { kind: 'value', text, value: text, quoted: false, start, end };
}
