/** Sets, maps and named objects of a table. */
import type { Element, Expression, Word } from '../expressions.ts';
import type { NamedObject, Property, SetDefinition, SetType } from '../nodes.ts';
import type { StatefulStatement } from '../stateful.ts';
import type { Cursor } from './cursor.ts';
import { readElements, readExpression } from './expressions.ts';
import { type LineRead, readBlock, readWords } from './items.ts';
import { readCounter, readLimit, readQuota, readStateful } from './stateful.ts';
import { readSynproxyState } from './statements.ts';
import { readSeconds, readValue } from './values.ts';

interface SetDraft {
  type: SetType | null;
  data: Expression | null;
  dataInterval: boolean;
  flags: readonly string[];
  timeout: number | null;
  gcInterval: number | null;
  size: number | null;
  policy: string | null;
  autoMerge: boolean;
  comment: Word | null;
  readonly statements: StatefulStatement[];
  elements: readonly Element[];
}

/** Behind the `{`. */
export function readSetDefinition(
  cursor: Cursor,
  start: number,
  kind: SetDefinition['kind'],
  name: Word,
): SetDefinition {
  const handle = cursor.handle();
  const draft: SetDraft = {
    type: null,
    data: null,
    dataInterval: false,
    flags: [],
    timeout: null,
    gcInterval: null,
    size: null,
    policy: null,
    autoMerge: false,
    comment: null,
    statements: [],
    elements: [],
  };
  readBlock(cursor, () => readSetLine(cursor, draft));
  return { kind, name, handle, ...draft, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readSetLine(cursor: Cursor, draft: SetDraft): LineRead {
  if (cursor.is('type') || cursor.is('typeof')) return readType(cursor, draft);
  if (cursor.accept('auto-merge')) {
    draft.autoMerge = true;
    return 'separated';
  }
  if (cursor.accept('flags')) draft.flags = readWords(cursor);
  else if (cursor.accept('timeout')) draft.timeout = readTime(cursor);
  else if (cursor.accept('gc-interval')) draft.gcInterval = readTime(cursor);
  else if (cursor.accept('size')) draft.size = cursor.wantNumber();
  else if (cursor.accept('policy')) draft.policy = cursor.word()?.text ?? null;
  else if (cursor.is('comment')) {
    cursor.step();
    const isTwice = draft.comment !== null;
    draft.comment = cursor.comment();
    return cursor.atEnd && !isTwice;
  } else if (cursor.acceptAll('elements', '=')) return takeElements(cursor, draft);
  else return takeStateful(cursor, draft.statements);
  return cursor.atEnd;
}

/** As `readSeconds`; nft wants a unit here. */
function readTime(cursor: Cursor): number | null {
  if (cursor.kind !== 'time') cursor.problem('unknown-item', { start: cursor.lastEnd, end: cursor.lastEnd });
  return readSeconds(cursor);
}

function takeElements(cursor: Cursor, draft: SetDraft): LineRead {
  const defined = cursor.variable();
  if (defined !== null) {
    if (defined.kind !== 'set') return false;
    draft.elements = defined.elements;
    return 'separated';
  }
  const elements = cursor.accept('{') ? cursor.deeper(() => readElements(cursor, 'value')) : null;
  if (elements !== null) draft.elements = elements;
  return elements === null ? false : 'separated';
}

/** `counter`, or several on one line. */
function takeStateful(cursor: Cursor, statements: StatefulStatement[]): boolean {
  while (!cursor.atEnd) {
    const statement = readStateful(cursor);
    if (statement === null) return false;
    statements.push(statement);
  }
  return true;
}

/** `type ipv4_addr . inet_service : verdict`, `typeof ip saddr : interval ip daddr . tcp dport` */
function readType(cursor: Cursor, draft: SetDraft): boolean {
  const { start } = cursor;
  const kind = cursor.is('type') ? 'type' : 'typeof';
  cursor.step();
  const side = kind === 'type' ? 'value' : 'either';
  const of = readExpression(cursor, side);
  if (of === null) return false;
  draft.type = { kind, of, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  if (!cursor.accept(':')) return cursor.atEnd;
  draft.dataInterval = cursor.accept('interval');
  draft.data = readExpression(cursor, side);
  return draft.data !== null && cursor.atEnd;
}

/** The types of objects whose name is one word. */
export const objectTypes: ReadonlySet<string> = new Set([
  'counter',
  'quota',
  'limit',
  'synproxy',
  'secmark',
  'tunnel',
]);

interface ObjectDraft {
  comment: Word | null;
  state: NamedObject['state'];
  readonly properties: Property[];
}

/** Behind the `{`. */
export function readObject(cursor: Cursor, start: number, type: string, name: Word): NamedObject {
  const handle = cursor.handle();
  const draft: ObjectDraft = { comment: null, state: null, properties: [] };
  readBlock(cursor, () => {
    if (cursor.accept('comment')) {
      draft.comment = cursor.comment();
      return 'separated';
    }
    const state = readState(cursor, type);
    if (state === null) takeProperties(cursor, draft.properties);
    else {
      draft.state = state;
      return 'separated';
    }
    return true;
  });
  return {
    kind: 'object',
    type,
    name,
    handle,
    ...draft,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readState(cursor: Cursor, type: string): NamedObject['state'] {
  const { start } = cursor;
  switch (type) {
    case 'counter':
      return readCounter(cursor, start);
    case 'quota':
      return readQuota(cursor, start);
    case 'limit':
      return readLimit(cursor, start);
    case 'synproxy':
      return readSynproxyState(cursor, start);
    default:
      return null;
  }
}

/** `type "ftp" protocol tcp`, `policy = { established : 100s }`, `"system_u:object_r:x"` */
function takeProperties(cursor: Cursor, properties: Property[]): void {
  const { start } = cursor;
  const name = cursor.word();
  if (name === null) {
    cursor.skipStatement();
    cursor.problem('unknown-item', cursor.spanFrom(start));
    return;
  }
  const hasSign = cursor.accept('=');
  if (name.text === 'policy' && !hasSign) cursor.problem('unknown-item', name);
  const values: Expression[] = [];
  while (!cursor.atEnd) {
    const value = cursor.is('{') ? readExpression(cursor, 'value') : readValue(cursor);
    if (value === null) {
      cursor.skipStatement();
      cursor.problem('unknown-item', cursor.spanFrom(start));
      return;
    }
    values.push(value);
  }
  properties.push({ name: name.text, values, start: cursor.startFrom(start), end: cursor.endFrom(start) });
}
