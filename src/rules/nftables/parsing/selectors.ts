/** What begins a match: the fields and keys of the catalogue. Each reader leaves the cursor where it was when it gives null. */
import {
  ctKeys,
  fibFlags,
  fibResults,
  ipsecKeys,
  metaKeys,
  osfKeys,
  rtKeys,
  socketKeys,
  unqualifiedKeys,
} from '../catalogue/keys.ts';
import { extensionHeaders, payloads, tunnels } from '../catalogue/payloads.ts';
import type { Ct, Expression, Fib, Lookup, Meta, Numgen, Payload, RawPayload } from '../expressions.ts';
import type { Cursor } from './cursor.ts';
import {
  readChunk,
  readDccpOption,
  readExtension,
  readIpOption,
  readPresence,
  readTcpOption,
} from './headerOptions.ts';

type Reader = (cursor: Cursor) => Expression | null;

/** By the first word. `jhash` reads an expression and stands with the operators. */
const readers: ReadonlyMap<string, readonly Reader[]> = new Map<string, readonly Reader[]>([
  ['meta', [readMeta]],
  ['ct', [readCt]],
  ['fib', [readFib]],
  ['rt', [readRt, readExtension]],
  ['socket', [readSocket]],
  ['osf', [readOsf]],
  ['ipsec', [readIpsec]],
  ['numgen', [readNumgen]],
  ['exthdr', [readPresence]],
  ['tcp', [readTcpOption, readPayload]],
  ['ip', [readIpOption, readPayload]],
  ['sctp', [readChunk, readPayload]],
  ['dccp', [readDccpOption, readPayload]],
]);

/** The selector that begins here; null, and the cursor as it was, where none does. */
export function readSelector(cursor: Cursor): Expression | null {
  if (cursor.is('@')) return readRaw(cursor);
  if (cursor.kind !== 'word') return null;
  const place = cursor.place;
  const { text } = cursor;
  for (const reader of readers.get(text) ?? others(text)) {
    const found = reader(cursor);
    if (found !== null) return found;
    cursor.back(place);
  }
  return null;
}

function others(word: string): readonly Reader[] {
  if (payloads.has(word)) return [readPayload];
  if (extensionHeaders.has(word)) return [readExtension];
  return unqualifiedKeys.has(word) ? [readBareMeta] : [];
}

function readPayload(cursor: Cursor): Payload | null {
  const { start, text: first } = cursor;
  cursor.step();
  const isWithin =
    tunnels.has(first) && payloads.has(cursor.text) && payloads.get(first)?.has(cursor.text) !== true;
  const protocol = isWithin ? cursor.text : first;
  if (isWithin) cursor.step();
  const field = readField(cursor, payloads.get(protocol));
  if (field === null) return null;
  return {
    kind: 'payload',
    tunnel: isWithin ? first : null,
    protocol,
    field,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

/** One word, or two of a field of arp. */
function readField(cursor: Cursor, fields: ReadonlyMap<string, unknown> | undefined): string | null {
  const one = cursor.text;
  const two = `${one} ${cursor.textAhead(1)}`;
  if (cursor.kind !== 'word' || fields === undefined) return null;
  const field = [two, one].find((each) => fields.has(each));
  if (field === undefined) return null;
  cursor.step();
  if (field === two) cursor.step();
  return field;
}

/** `@nh,128,32`; `@name` is left. */
function readRaw(cursor: Cursor): RawPayload | null {
  const { start } = cursor;
  if (!['ll', 'nh', 'th', 'ih'].includes(cursor.textAhead(1)) || !cursor.isAhead(2, ',')) return null;
  const place = cursor.place;
  cursor.step();
  const base = cursor.text;
  cursor.step();
  cursor.step();
  const offset = cursor.number();
  const length = offset !== null && cursor.accept(',') ? cursor.number() : null;
  if (offset !== null && length !== null)
    return { kind: 'raw', base, offset, length, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  cursor.back(place);
  return null;
}

function readMeta(cursor: Cursor): Meta | null {
  const { start } = cursor;
  cursor.step();
  const key = cursor.oneOf(metaKeys);
  return key === null
    ? null
    : { kind: 'meta', key, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readBareMeta(cursor: Cursor): Meta {
  const { start, text: key } = cursor;
  cursor.step();
  return { kind: 'meta', key, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

const directions = new Set(['original', 'reply'] as const);
const families = new Set(['ip', 'ip6']);

function readCt(cursor: Cursor): Ct | null {
  const { start } = cursor;
  cursor.step();
  const direction = [...directions].find((each) => cursor.accept(each)) ?? null;
  const family = direction === null ? null : cursor.oneOf(families);
  const key = cursor.oneOf(ctKeys);
  if (key === null) return null;
  return {
    kind: 'ct',
    key: family === null ? key : `${family} ${key}`,
    direction,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readFib(cursor: Cursor): Fib | null {
  const { start } = cursor;
  const flags: string[] = [];
  do {
    cursor.step();
    const flag = cursor.oneOf(fibFlags);
    if (flag === null) return null;
    flags.push(flag);
  } while (cursor.is('.'));
  const result = cursor.oneOf(fibResults);
  return result === null
    ? null
    : { kind: 'fib', flags, result, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readRt(cursor: Cursor): Lookup | null {
  const { start } = cursor;
  cursor.step();
  const family = cursor.oneOf(families);
  return lookup(cursor, 'rt', start, family === null ? [] : [family], rtKeys);
}

function lookup(
  cursor: Cursor,
  kind: Lookup['kind'],
  start: number,
  before: readonly string[],
  keys: ReadonlyMap<string, string>,
): Lookup | null {
  const key = cursor.oneOf(keys);
  return key === null
    ? null
    : { kind, key, before, behind: [], start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readSocket(cursor: Cursor): Lookup | null {
  const { start } = cursor;
  cursor.step();
  const found = lookup(cursor, 'socket', start, [], socketKeys);
  if (found === null || !cursor.accept('level')) return found;
  const level = cursor.number();
  return level === null
    ? null
    : {
        ...found,
        behind: ['level', String(level)],
        start: cursor.startFrom(start),
        end: cursor.endFrom(start),
      };
}

function readOsf(cursor: Cursor): Lookup | null {
  const { start } = cursor;
  cursor.step();
  const ttl = cursor.accept('ttl') ? cursor.word() : null;
  return lookup(cursor, 'osf', start, ttl === null ? [] : ['ttl', ttl.text], osfKeys);
}

function readIpsec(cursor: Cursor): Lookup | null {
  const { start } = cursor;
  cursor.step();
  const before = [cursor.oneOf(new Set(['in', 'out']))];
  if (cursor.accept('spnum')) before.push('spnum', String(cursor.number() ?? 0));
  if (families.has(cursor.text)) before.push(cursor.oneOf(families));
  const words = before.filter((word) => word !== null);
  return words.length < before.length ? null : lookup(cursor, 'ipsec', start, words, ipsecKeys);
}

function readNumgen(cursor: Cursor): Numgen | null {
  const { start } = cursor;
  cursor.step();
  const mode = cursor.oneOf(new Set(['inc', 'random']));
  const mod = cursor.accept('mod') ? cursor.number() : null;
  if (mode === null || mod === null) return null;
  const offset = cursor.accept('offset') ? (cursor.wantNumber() ?? 0) : 0;
  return { kind: 'numgen', mode, mod, offset, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}
