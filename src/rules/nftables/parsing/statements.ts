/** Statements, by the word that begins each; what begins with no such word is a match, a vmap or a `set`. */
import type { Word } from '../expressions.ts';
import type {
  DynamicStatement,
  LogStatement,
  ObjectStatement,
  QueueStatement,
  RejectStatement,
  Statement,
  SynproxyStatement,
  WordStatement,
} from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { readElement, readReference, readWritten } from './expressions.ts';
import { readMatch } from './matches.ts';
import { readNat, readCopy } from './nat.ts';
import { readStateful } from './stateful.ts';
import { readRangeOrPrefix, readValue } from './values.ts';

type Reader = (cursor: Cursor, start: number) => Statement | null;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['log', readLog],
  ['reject', readReject],
  ['snat', readNat('snat')],
  ['dnat', readNat('dnat')],
  ['masquerade', readNat('masquerade')],
  ['redirect', readNat('redirect')],
  ['tproxy', readNat('tproxy')],
  ['dup', readCopy('dup')],
  ['fwd', readCopy('fwd')],
  ['notrack', words('notrack', 0)],
  ['xt', words('xt', 2)],
  ['reset', readReset],
  ['add', readDynamic('add')],
  ['update', readDynamic('update')],
  ['delete', readDynamic('delete')],
  ['meter', readMeter],
  ['set', readDynamicOfOld],
  ['queue', readQueue],
  ['synproxy', readSynproxy],
  ['flow', readFlow],
  ['counter', named('counter')],
  ['quota', named('quota')],
  ['limit', named('limit')],
]);

/** Any statement but a verdict; null, and the cursor anywhere, where it is not understood. */
export function readStatement(cursor: Cursor): Statement | null {
  const stateful = readStateful(cursor);
  if (stateful !== null) return stateful;
  const { start } = cursor;
  const reader = cursor.kind === 'word' ? readers.get(cursor.text) : undefined;
  if (reader === undefined) return readObjectOfCt(cursor) ?? readMatch(cursor);
  cursor.step();
  return reader(cursor, start);
}

/** `ct helper set "ftp"`; null, and the cursor as it was, where none stands here. */
function readObjectOfCt(cursor: Cursor): ObjectStatement | null {
  if (!cursor.is('ct')) return null;
  const { place, start } = cursor;
  const type = ['helper', 'timeout', 'expectation'].find((each) => cursor.acceptAll('ct', each, 'set'));
  if (type === undefined) return null;
  const name = readWritten(cursor);
  if (name !== null)
    return {
      kind: 'object',
      type: `ct ${type}`,
      name,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  cursor.back(place);
  return null;
}

/** `counter name "http"` */
function named(type: string): Reader {
  return (cursor, start) => {
    const name = cursor.accept('name') ? readWritten(cursor) : null;
    return name === null
      ? null
      : { kind: 'object', type, name, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  };
}

const logOptions: readonly string[] = ['prefix', 'level', 'group', 'snaplen', 'queue-threshold'];

function readLog(cursor: Cursor, start: number): LogStatement | null {
  const options: { name: string; value: Word }[] = [];
  for (;;) {
    const name = logOptions.find((each) => cursor.accept(each));
    const isFlags = name === undefined && cursor.accept('flags');
    if (name === undefined && !isFlags)
      return { kind: 'log', options, start: cursor.startFrom(start), end: cursor.endFrom(start) };
    const value = isFlags ? readLogFlags(cursor) : cursor.word();
    if (value === null) return null;
    options.push({ name: name ?? 'flags', value });
  }
}

const logFlags: ReadonlySet<string> = new Set(['all', 'skuid', 'ether', 'tcp', 'ip']);

/** `all`, `skuid`, `ether`, `ip options`, `tcp sequence,options` */
function readLogFlags(cursor: Cursor): Word | null {
  const first = cursor.word();
  if (first === null || !logFlags.has(first.text)) return null;
  if (first.text !== 'tcp' && first.text !== 'ip') return first;
  let text = first.text;
  do {
    const next = cursor.word();
    const allowed = first.text === 'tcp' ? ['sequence', 'options'] : ['options'];
    if (next === null || !allowed.includes(next.text)) return null;
    text += `${text === first.text ? ' ' : ','}${next.text}`;
  } while (cursor.accept(','));
  return { text, quoted: false, start: cursor.startFrom(first.start), end: cursor.endFrom(first.start) };
}

/** `with icmp port-unreachable`; with `type` in between before nft 1.0. */
function readReject(cursor: Cursor, start: number): RejectStatement | null {
  if (!cursor.accept('with'))
    return {
      kind: 'reject',
      with: null,
      code: null,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  if (cursor.acceptAll('tcp', 'reset')) {
    return {
      kind: 'reject',
      with: 'tcp reset',
      code: null,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  }
  const kind = ['icmp', 'icmpv6', 'icmpx'].find((each) => cursor.accept(each));
  cursor.accept('type');
  const code = kind === undefined ? null : readValue(cursor);
  return kind === undefined || code === null
    ? null
    : { kind: 'reject', with: kind, code, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function words(kind: WordStatement['kind'], count: number): Reader {
  return (cursor, start) => {
    const found: Word[] = [];
    while (found.length < count) {
      const word = cursor.word();
      if (word === null) return null;
      found.push(word);
    }
    return { kind, words: found, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  };
}

/** `reset tcp option sack-perm` */
function readReset(cursor: Cursor, start: number): WordStatement | null {
  const found: Word[] = [];
  while (found.length < 3) {
    const word = cursor.word();
    if (word === null) return null;
    found.push(word);
  }
  const isOption = found[0]?.text === 'tcp' && found[1]?.text === 'option';
  return isOption
    ? { kind: 'reset', words: found, start: cursor.startFrom(start), end: cursor.endFrom(start) }
    : null;
}

function readDynamic(operation: DynamicStatement['operation']): Reader {
  return (cursor, start) => {
    const set = cursor.accept('@') ? cursor.name() : null;
    return set === null ? null : readDynamicElement(cursor, start, operation, set, null);
  };
}

/** `set update ip saddr timeout 5s @seen`: how it was written before nft 0.8.2, and may be still. */
function readDynamicOfOld(cursor: Cursor, start: number): Statement | null {
  const operation = (['add', 'update', 'delete'] as const).find((each) => cursor.accept(each));
  const element = operation === undefined ? null : readElement(cursor, 'either');
  const set = element !== null && cursor.accept('@') ? cursor.name() : null;
  if (operation === undefined || element === null || set === null) return null;
  return {
    kind: 'dynamic',
    operation,
    set,
    size: null,
    element,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readMeter(cursor: Cursor, start: number): Statement | null {
  const set = cursor.name();
  const size = cursor.accept('size') ? cursor.number() : null;
  return set === null ? null : readDynamicElement(cursor, start, 'meter', set, size);
}

function readDynamicElement(
  cursor: Cursor,
  start: number,
  operation: DynamicStatement['operation'],
  set: Word,
  size: number | null,
): DynamicStatement | null {
  const element = cursor.accept('{') ? cursor.deeper(() => readElement(cursor, 'either')) : null;
  cursor.skipNewlines();
  if (element === null || !cursor.accept('}')) return null;
  return {
    kind: 'dynamic',
    operation,
    set,
    size,
    element,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

/** `queue flags bypass,fanout to 1-3`, `queue num 1-3 bypass` */
function readQueue(cursor: Cursor, start: number): QueueStatement | null {
  const flags: string[] = [];
  if (cursor.accept('flags')) takeQueueFlags(cursor, flags);
  const isNumbered = cursor.accept('num');
  const isTo = !isNumbered && cursor.accept('to');
  const to = isNumbered ? readRangeOrPrefix(cursor) : isTo ? readWritten(cursor) : null;
  if ((isNumbered || isTo) && to === null) return null;
  takeQueueFlags(cursor, flags);
  return { kind: 'queue', flags, to, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function takeQueueFlags(cursor: Cursor, flags: string[]): void {
  while (cursor.is('bypass') || cursor.is('fanout')) {
    flags.push(cursor.text);
    cursor.step();
    cursor.accept(',');
  }
}

/** Behind `synproxy`: its parts in any order, of which the last one counts (synproxy_args of nft). */
function readSynproxy(cursor: Cursor, start: number): Statement | null {
  if (cursor.is('name')) return named('synproxy')(cursor, start);
  let mss: number | null = null;
  let wscale: number | null = null;
  const flags: string[] = [];
  for (;;) {
    if (cursor.accept('mss')) mss = cursor.wantNumber();
    else if (cursor.accept('wscale')) wscale = cursor.wantNumber();
    else if (cursor.is('timestamp') || cursor.is('sack-perm')) {
      if (!flags.includes(cursor.text)) flags.push(cursor.text);
      cursor.step();
    } else break;
  }
  return synproxyOf(cursor, start, { mss, wscale, flags });
}

/** What stands within a named one: each part once, in this order (synproxy_config of nft). */
export function readSynproxyState(cursor: Cursor, start: number): SynproxyStatement {
  const mss = cursor.accept('mss') ? cursor.wantNumber() : null;
  skipSeparators(cursor);
  const wscale = cursor.accept('wscale') ? cursor.wantNumber() : null;
  skipSeparators(cursor);
  const flags = ['timestamp', 'sack-perm'].filter((flag) => cursor.accept(flag));
  return synproxyOf(cursor, start, { mss, wscale, flags });
}

function skipSeparators(cursor: Cursor): void {
  while (cursor.kind === 'newline' || cursor.is(';')) cursor.step();
}

function synproxyOf(
  cursor: Cursor,
  start: number,
  of: Pick<SynproxyStatement, 'mss' | 'wscale' | 'flags'>,
): SynproxyStatement {
  return { kind: 'synproxy', ...of, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** `flow add @fast` */
function readFlow(cursor: Cursor, start: number): ObjectStatement | null {
  if (!cursor.accept('add') && !cursor.accept('offload')) return null;
  const name = readReference(cursor);
  return name === null
    ? null
    : { kind: 'object', type: 'flow', name, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}
