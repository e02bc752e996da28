/** `define x = 1`, `redefine`, `undefine`, `include "x.nft"`: outside of tables, and as lines of a table's blocks (common_block of nft). */
import type { Expression } from '../expressions.ts';
import type { Cursor, Definition } from './cursor.ts';
import { readExpression } from './expressions.ts';
import { readRangeOrPrefix } from './values.ts';

const verbs: ReadonlySet<string> = new Set(['define', 'redefine', 'undefine', 'include']);

/** Null, and the cursor as it was, where none begins here. */
export function readDefinition(cursor: Cursor): Definition | null {
  const name = cursor.oneOf(verbs);
  if (name === null) return null;
  if (name === 'include') {
    const word = cursor.word();
    return { name, word, isWhole: word?.quoted === true };
  }
  if (name === 'undefine') {
    const word = cursor.name();
    cursor.undefine(word?.text ?? '');
    return { name, word, isWhole: word !== null };
  }
  return { name, word: null, isWhole: readDefine(cursor, name === 'redefine') };
}

function readDefine(cursor: Cursor, mayBeKnown: boolean): boolean {
  const { lastEnd } = cursor;
  const name = cursor.name();
  if (name === null || name.quoted || !cursor.accept('=')) return false;
  const value = readInitializer(cursor);
  const again = !mayBeKnown && cursor.isDefined(name.text);
  cursor.define({ name, value, again, start: lastEnd, end: cursor.lastEnd });
  return value !== null;
}

/** `{ 1, 2 }`, `10.0.0.1`, `{ }`, `1, 2`, `-100` */
function readInitializer(cursor: Cursor): Expression | null {
  const { start } = cursor;
  if (!cursor.is('-')) return readExpression(cursor, 'either');
  cursor.step();
  const value = readRangeOrPrefix(cursor);
  if (value?.kind !== 'value' || typeof value.value !== 'number') return null;
  return {
    ...value,
    text: `-${value.text}`,
    value: -value.value,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

/** A line of a block, kept with the commands of the text; whether it was one. */
export function takeDefinition(cursor: Cursor): boolean {
  const { start } = cursor;
  const definition = readDefinition(cursor);
  if (definition === null) return false;
  if (!definition.isWhole) {
    cursor.skipStatement();
    cursor.problem('unknown-item', cursor.spanFrom(start));
  }
  cursor.inBlocks.push({ ...definition, start: cursor.startFrom(start), end: cursor.endFrom(start) });
  return true;
}
