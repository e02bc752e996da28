/** What a table holds, by its first word. */
import type { Word } from '../expressions.ts';
import type { TableItem } from '../nodes.ts';
import type { Cursor } from './cursor.ts';
import { readChain, readFlowtable } from './items.ts';
import { objectTypes, readObject, readSetDefinition } from './sets.ts';

/** `chain c { … }`; null, and the cursor anywhere, where no such thing stands here. */
export function readItem(cursor: Cursor, start: number): TableItem | null {
  const type = readItemType(cursor);
  const name = cursor.name();
  if (type === null || name === null || !cursor.accept('{')) return null;
  return readItemBlock(cursor, start, type, name);
}

const typesOfCt: readonly string[] = ['helper', 'timeout', 'expectation'];

/** `chain`, `ct helper`, as a table has them; null, and the cursor anywhere, for another word. */
export function readItemType(cursor: Cursor): string | null {
  if (cursor.accept('ct')) {
    const type = typesOfCt.find((each) => cursor.accept(each));
    return type === undefined ? null : `ct ${type}`;
  }
  const { text } = cursor;
  const isType = text === 'chain' || text === 'set' || text === 'map' || text === 'flowtable';
  if (cursor.kind !== 'word' || (!isType && !objectTypes.has(text))) return null;
  cursor.step();
  return text;
}

/** Behind the `{`. */
export function readItemBlock(cursor: Cursor, start: number, type: string, name: Word): TableItem {
  switch (type) {
    case 'chain':
      return readChain(cursor, start, name);
    case 'set':
    case 'map':
      return readSetDefinition(cursor, start, type, name);
    case 'flowtable':
      return readFlowtable(cursor, start, name);
    default:
      return readObject(cursor, start, type, name);
  }
}
