/** `counter packets 0 bytes 0`, `limit rate …`, `quota …`, `last …`, `ct count …`. */
import type {
  CounterStatement,
  CtCountStatement,
  LastStatement,
  LimitStatement,
  QuotaStatement,
  StatefulStatement,
} from '../stateful.ts';
import type { Cursor } from './cursor.ts';
import { readSeconds } from './values.ts';

const beginnings: ReadonlySet<string> = new Set(['ct', 'counter', 'limit', 'quota', 'last']);

/** Null, and the cursor as it was, where no such statement stands here (`counter name "x"` is none). */
export function readStateful(cursor: Cursor): StatefulStatement | null {
  if (cursor.kind !== 'word' || !beginnings.has(cursor.text)) return null;
  const { place, start } = cursor;
  const found = readAny(cursor, start);
  if (found === null) cursor.back(place);
  return found;
}

function readAny(cursor: Cursor, start: number): StatefulStatement | null {
  if (cursor.acceptAll('ct', 'count')) return readCtCount(cursor, start);
  if (cursor.isAhead(1, 'name')) return null;
  if (cursor.accept('counter')) return readCounts(cursor, start);
  if (cursor.accept('limit')) return readLimit(cursor, start);
  if (cursor.accept('quota')) return readQuota(cursor, start);
  return cursor.accept('last') ? readLast(cursor, start) : null;
}

function readCtCount(cursor: Cursor, start: number): CtCountStatement | null {
  const over = cursor.accept('over');
  const count = cursor.number();
  return count === null
    ? null
    : { kind: 'ct count', over, count, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** What stands behind `counter`: in any order, and what is not said is 0 (counter_args of nft). */
function readCounts(cursor: Cursor, start: number): CounterStatement | null {
  const counts: { packets: number | null; bytes: number | null } = { packets: null, bytes: null };
  for (;;) {
    const word = cursor.accept('packets') ? 'packets' : cursor.accept('bytes') ? 'bytes' : null;
    if (word === null) break;
    counts[word] = cursor.number();
    if (counts[word] === null) return null;
  }
  const isSaid = counts.packets !== null || counts.bytes !== null;
  return {
    kind: 'counter',
    packets: isSaid ? (counts.packets ?? 0) : null,
    bytes: isSaid ? (counts.bytes ?? 0) : null,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

/** What stands within a named counter. */
export function readCounter(cursor: Cursor, start: number): CounterStatement | null {
  if (!cursor.accept('packets'))
    return {
      kind: 'counter',
      packets: null,
      bytes: null,
      start: cursor.startFrom(start),
      end: cursor.endFrom(start),
    };
  const packets = cursor.number();
  const bytes = cursor.accept('bytes') ? cursor.number() : null;
  return bytes === null
    ? null
    : { kind: 'counter', packets, bytes, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

const units: ReadonlySet<string> = new Set(['bytes', 'kbytes', 'mbytes']);
const pers: ReadonlySet<string> = new Set(['second', 'minute', 'hour', 'day', 'week']);

/** What stands behind `limit`, or within a named one. */
export function readLimit(cursor: Cursor, start: number): LimitStatement | null {
  if (!cursor.accept('rate')) return null;
  const over = cursor.accept('over');
  const rate = cursor.number();
  const [unit, per] = readRateUnit(cursor);
  if (rate === null || per === null || !pers.has(per) || !(unit === 'packets' || units.has(unit)))
    return null;
  const burst = cursor.accept('burst') ? cursor.number() : null;
  const isBurst = burst !== null;
  const burstUnit = isBurst ? (cursor.word()?.text ?? null) : null;
  if (isBurst && burstUnit !== 'packets' && !units.has(burstUnit ?? '')) return null;
  return {
    kind: 'limit',
    over,
    rate,
    unit,
    per,
    burst,
    burstUnit,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

/** `/second`, `mbytes/second` (one word to the scanner), `mbytes / second` */
function readRateUnit(cursor: Cursor): readonly [unit: string, per: string | null] {
  const [unit = 'packets', joined] = cursor.is('/') ? [] : (cursor.word()?.text.split('/') ?? []);
  if (joined !== undefined) return [unit, joined];
  return [unit, cursor.accept('/') ? (cursor.word()?.text ?? null) : null];
}

/** What stands behind `quota`, or within a named one. */
export function readQuota(cursor: Cursor, start: number): QuotaStatement | null {
  const over = cursor.accept('over');
  if (!over) cursor.accept('until');
  const amount = cursor.number();
  const unit = amount === null ? null : (cursor.word()?.text ?? null);
  if (amount === null || unit === null || !units.has(unit)) return null;
  const used = cursor.accept('used') ? cursor.number() : null;
  const usedUnit = used === null ? null : (cursor.word()?.text ?? null);
  return {
    kind: 'quota',
    over,
    amount,
    unit,
    used,
    usedUnit,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readLast(cursor: Cursor, start: number): LastStatement | null {
  if (!cursor.accept('used'))
    return { kind: 'last', used: null, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  const used = cursor.accept('never') ? null : readSeconds(cursor);
  return { kind: 'last', used, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}
