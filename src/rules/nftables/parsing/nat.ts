/** Statements that translate or copy: `snat`, `dnat`, `masquerade`, `redirect`, `tproxy`, `dup`, `fwd`. */
import type { Expression } from '../expressions.ts';
import type { CopyStatement, NatStatement } from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { readWritten } from './expressions.ts';
import { readValue } from './values.ts';

/** Reads what stands behind the first word; null where it is not understood. */
export function readNat(kind: NatStatement['kind']): (cursor: Cursor, start: number) => NatStatement | null {
  return (cursor, start) => {
    const family = readFamily(cursor);
    const style = readStyle(cursor);
    // `dnat 10.0.0.1` is taken as well.
    const isTo = cursor.accept('to') || ((kind === 'dnat' || kind === 'snat') && !cursor.atEnd);
    if (!isTo && (family !== null || style !== null)) return null;
    const isPort = cursor.is(':');
    const address = isTo && !isPort ? readAddress(cursor) : null;
    if (isTo && !isPort && address === null) return null;
    const hasPort = isTo && cursor.accept(':');
    const port = hasPort ? readWritten(cursor) : null;
    if (hasPort && port === null) return null;
    const flags = readFlags(cursor, kind === 'dnat' || kind === 'snat');
    if (flags === null) return null;
    const isPortOnly = (kind === 'masquerade' || kind === 'redirect') && port === null;
    // `redirect to 8080`: nft before 1.0 writes ports without a colon.
    return isPortOnly
      ? {
          kind,
          family,
          style,
          address: null,
          port: address,
          flags,
          start: cursor.startFrom(start),
          end: cursor.endFrom(start),
        }
      : {
          kind,
          family,
          style,
          address,
          port,
          flags,
          start: cursor.startFrom(start),
          end: cursor.endFrom(start),
        };
  };
}

function readFamily(cursor: Cursor): 'ip' | 'ip6' | null {
  return (['ip', 'ip6'] as const).find((each) => cursor.accept(each)) ?? null;
}

function readStyle(cursor: Cursor): string | null {
  if (cursor.acceptAll('addr', '.', 'port')) return 'addr . port';
  return ['prefix', 'interval'].find((each) => cursor.accept(each)) ?? null;
}

/** `10.0.0.1`, `[fd00::1]`, `[fd00::1]-[fd00::5]`, `ip saddr map { … }` */
function readAddress(cursor: Cursor): Expression | null {
  if (!cursor.is('[')) return readWritten(cursor);
  const { start } = cursor;
  const from = readBracketed(cursor);
  if (from === null || !cursor.is('-')) return from;
  cursor.step();
  const to = cursor.is('[') ? readBracketed(cursor) : readValue(cursor);
  return to === null
    ? null
    : { kind: 'range', from, to, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readBracketed(cursor: Cursor): Expression | null {
  cursor.step();
  const value = readWritten(cursor);
  return cursor.accept(']') ? value : null;
}

const natFlags: readonly string[] = ['random', 'fully-random', 'persistent'];

/** `random,persistent`, and `random persistent` where lists may follow each other; null where a comma leads to nothing. */
function readFlags(cursor: Cursor, severalLists: boolean): readonly string[] | null {
  const flags: string[] = [];
  let isWanted = false;
  for (;;) {
    const flag = natFlags.find((each) => cursor.accept(each));
    if (flag === undefined) return isWanted ? null : flags;
    flags.push(flag);
    isWanted = cursor.accept(',');
    if (!isWanted && !severalLists) return flags;
  }
}

/** `dup to 10.0.0.1 device "eth0"`, `fwd ip to 10.0.0.1 device "eth0"`, `fwd to "eth0"` */
export function readCopy(
  kind: CopyStatement['kind'],
): (cursor: Cursor, start: number) => CopyStatement | null {
  return (cursor, start) => {
    const family = readFamily(cursor);
    const to = cursor.accept('to') ? readWritten(cursor) : null;
    if (to === null) return null;
    const device = cursor.accept('device') ? readWritten(cursor) : null;
    return { kind, family, to, device, start: cursor.startFrom(start), end: cursor.endFrom(start) };
  };
}
