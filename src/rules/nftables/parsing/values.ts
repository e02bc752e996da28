/** Values: words, numbers, times, addresses, with `-` and `/` between them. */
import { lookup } from '../../../text/lookup.ts';
import type { Expression, Prefix, Range, Value } from '../expressions.ts';
import type { Cursor } from './cursor.ts';

const SECONDS: Readonly<Record<string, number>> = lookup({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 });

/** `1h30m` → 5400 */
function secondsOf(text: string): number {
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|[smhd])/gu)) {
    seconds += Number(digits) * (SECONDS[unit ?? ''] ?? 0);
  }
  return seconds;
}

/** A word, string, number, time or address; null where none stands here. */
export function readValue(cursor: Cursor): Value | null {
  const { kind } = cursor;
  if (kind === 'number' || kind === 'address') {
    const { text, start } = cursor;
    cursor.step();
    const [from, end] = [cursor.startFrom(start), cursor.endFrom(start)];
    if (cursor.is('[')) cursor.acceptAll('[', 'invalid', 'type', ']');
    return { kind: 'value', text, value: meaningOf(text, kind), quoted: false, start: from, end };
  }
  const word = kind === 'word' || kind === 'string' ? cursor.name() : cursor.word();
  if (word === null) return null;
  if (cursor.is('[')) cursor.acceptAll('[', 'invalid', 'type', ']');
  const { text, quoted, start, end } = word;
  return { kind: 'value', text, value: meaningOf(text, quoted ? 'string' : kind), quoted, start, end };
}

function meaningOf(text: string, kind: string): string | number {
  if (kind === 'time') return secondsOf(text);
  const number = kind === 'number' ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : text;
}

/** `80`, `1-1023`, `10.0.0.0/8`, `"09:00"-"17:00"`; null where no value stands here. */
export function readRangeOrPrefix(cursor: Cursor): Value | Range | Prefix | null {
  const isAddress = cursor.kind === 'address';
  const first = readValue(cursor);
  if (first === null) return null;
  if (isAddress && cursor.is('/') && cursor.kindAhead(1) === 'number') return readPrefix(cursor, first);
  if (!cursor.is('-')) return first;
  const place = cursor.place;
  cursor.step();
  const to = readValue(cursor);
  if (to !== null)
    return {
      kind: 'range',
      from: first,
      to,
      start: cursor.startFrom(first.start),
      end: cursor.endFrom(first.start),
    };
  cursor.back(place);
  return first;
}

/** `0x00010000/16`, the leading bits of a mark, as nft lists them; `expression` where no length stands behind a number. */
export function withLength<T extends Expression>(cursor: Cursor, expression: T): T | Prefix {
  const isNumber = expression.kind === 'value' && typeof expression.value === 'number' && !expression.quoted;
  if (!isNumber || !cursor.is('/') || cursor.kindAhead(1) !== 'number') return expression;
  return readPrefix(cursor, expression);
}

function readPrefix(cursor: Cursor, address: Value): Prefix {
  cursor.step();
  const length = cursor.number() ?? 0;
  return {
    kind: 'prefix',
    address,
    length,
    start: cursor.startFrom(address.start),
    end: cursor.endFrom(address.start),
  };
}

/** A time in seconds: `1h`, `30` as well; `never` is 0. Null where none stands here. */
export function readSeconds(cursor: Cursor): number | null {
  if (cursor.accept('never')) return 0;
  if (cursor.kind === 'time') {
    const seconds = secondsOf(cursor.text);
    cursor.step();
    return seconds;
  }
  return cursor.number();
}
