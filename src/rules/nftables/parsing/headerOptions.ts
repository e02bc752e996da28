/** Options of headers, chunks and extension headers: `tcp option maxseg size`, `frag id`, `sctp chunk data tsn`. */
import {
  ipOptionFields,
  sctpChunkFields,
  sctpChunks,
  tcpOptionFields,
  tcpOptions,
} from '../catalogue/keys.ts';
import { extensionHeaders } from '../catalogue/payloads.ts';
import type { HeaderOption } from '../expressions.ts';
import type { Cursor } from './cursor.ts';

export function readPresence(cursor: Cursor): HeaderOption | null {
  const { start } = cursor;
  cursor.step();
  const name = cursor.oneOf(extensionHeaders);
  return name === null ? null : option(cursor, 'exthdr', start, name, null);
}

export function readExtension(cursor: Cursor): HeaderOption | null {
  const { start, text: name } = cursor;
  cursor.step();
  const field = cursor.oneOf(extensionHeaders.get(name) ?? new Map<string, unknown>());
  if (field === null) return null;
  if (!cursor.accept('[')) return option(cursor, 'exthdr', start, name, field);
  const index = cursor.number();
  if (index === null || !cursor.accept(']')) return null;
  return option(cursor, 'exthdr', start, name, `${field}[${index}]`);
}

function option(
  cursor: Cursor,
  of: HeaderOption['of'],
  start: number,
  name: string,
  field: string | null,
): HeaderOption {
  return { kind: 'option', of, name, field, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** `tcp option maxseg size`, `tcp option 42`, `tcp option @255,16,8` */
export function readTcpOption(cursor: Cursor): HeaderOption | null {
  const { start } = cursor;
  if (!cursor.acceptAll('tcp', 'option')) return null;
  if (cursor.accept('@')) {
    const numbers = [
      cursor.number(),
      cursor.accept(',') ? cursor.number() : null,
      cursor.accept(',') ? cursor.number() : null,
    ];
    return numbers.includes(null) ? null : option(cursor, 'tcp option', start, `@${numbers.join(',')}`, null);
  }
  const number = cursor.number();
  const name = number === null ? cursor.oneOf(tcpOptions) : String(number);
  return name === null ? null : option(cursor, 'tcp option', start, name, cursor.oneOf(tcpOptionFields));
}

export function readIpOption(cursor: Cursor): HeaderOption | null {
  const { start } = cursor;
  if (!cursor.acceptAll('ip', 'option')) return null;
  const name = cursor.oneOf(new Set(['lsrr', 'ra', 'rr', 'ssrr']));
  return name === null ? null : option(cursor, 'ip option', start, name, cursor.oneOf(ipOptionFields));
}

export function readChunk(cursor: Cursor): HeaderOption | null {
  const { start } = cursor;
  if (!cursor.acceptAll('sctp', 'chunk')) return null;
  const name = cursor.oneOf(sctpChunks);
  return name === null ? null : option(cursor, 'sctp chunk', start, name, cursor.oneOf(sctpChunkFields));
}

export function readDccpOption(cursor: Cursor): HeaderOption | null {
  const { start } = cursor;
  if (!cursor.acceptAll('dccp', 'option')) return null;
  const number = cursor.number();
  return number === null ? null : option(cursor, 'dccp option', start, String(number), null);
}
