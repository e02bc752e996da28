/** Reads `nft list ruleset` (nft 1.0.2 to 1.1, with any of `-a`, `-s`, `-n`, `-y`) into a tree with spans. */
import type { Span } from '../../text/span.ts';
import type { Word } from './expressions.ts';
import type { Statement } from './statements.ts';
import type { Command, Ruleset, Table, TableItem } from './nodes.ts';
import { Cursor } from './parsing/cursor.ts';
import { readBlock, readChain, readFlowtable, readWords } from './parsing/items.ts';
import { readRule } from './parsing/rules.ts';
import { objectTypes, readObject, readSetDefinition } from './parsing/sets.ts';

const families: readonly string[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

/** Never throws: what is not known is in the tree as such, and a problem. Commands of a script are kept, not read. */
export function parseRuleset(text: string): Ruleset {
  const cursor = new Cursor(text);
  const tables: Table[] = [];
  const commands: Command[] = [];
  for (;;) {
    cursor.skipLines();
    if (cursor.kind === 'end') return { text, tables, commands, problems: cursor.problems };
    const { place, start } = cursor;
    const table = readTable(cursor);
    if (table === null) {
      cursor.back(place);
      commands.push(readCommand(cursor, start));
    } else tables.push(table);
  }
}

/**
 * The statements of one rule in nft's own words, as `nft -j` of 1.0.6 writes an anonymous chain; null where it is not understood. All of
 * them get the span `at`, since the text stands nowhere as it is.
 */
export function readRuleAlone(text: string, at: Span): readonly Statement[] | null {
  const cursor = new Cursor(text, at);
  const { statements } = readRule(cursor);
  return cursor.kind === 'end' && cursor.problems.length === 0 ? statements : null;
}

function readCommand(cursor: Cursor, start: number): Command {
  const name = cursor.text;
  const { place } = cursor;
  cursor.skipStatement();
  if (cursor.place === place) cursor.step();
  return { name, ...cursor.spanFrom(start) };
}

/** `table ip kube-proxy { … }`; also a line of `nft list tables`, which has no block. */
function readTable(cursor: Cursor): Table | null {
  const { start } = cursor;
  if (!cursor.accept('table')) return null;
  const isNamed =
    cursor.kindAhead(1) !== 'newline' && cursor.kindAhead(1) !== 'end' && !cursor.isAhead(1, '{');
  const family = isNamed ? families.find((each) => cursor.accept(each)) : 'ip';
  const name = family === undefined ? null : cursor.name();
  if (family === undefined || name === null) return null;
  const draft: { flags: readonly string[]; comment: Word | null } = { flags: [], comment: null };
  const items: TableItem[] = [];
  const isBlock = cursor.accept('{');
  if (!isBlock && !cursor.atEnd) return null;
  const handle = cursor.handle();
  if (isBlock) {
    readBlock(cursor, () => {
      if (cursor.accept('flags')) draft.flags = readWords(cursor);
      else if (cursor.accept('comment')) draft.comment = cursor.word();
      else return takeItem(cursor, items);
      return true;
    });
  }
  return { family, name, handle, ...draft, items, ...cursor.spanFrom(start) };
}

/** Whether an item was taken; what is none is kept as unknown, and told. */
function takeItem(cursor: Cursor, items: TableItem[]): boolean {
  const { place, start } = cursor;
  const item = readItem(cursor, start);
  if (item !== null) {
    items.push(item);
    return true;
  }
  cursor.back(place);
  cursor.skipStatement();
  items.push({ kind: 'unknown', ...cursor.spanFrom(start) });
  cursor.back(place);
  return false;
}

function readItem(cursor: Cursor, start: number): TableItem | null {
  const first = cursor.word()?.text ?? '';
  const type = first === 'ct' ? `ct ${cursor.word()?.text ?? ''}` : first;
  const name = cursor.name();
  if (name === null || !cursor.accept('{')) return null;
  switch (type) {
    case 'chain':
      return readChain(cursor, start, name);
    case 'set':
    case 'map':
      return readSetDefinition(cursor, start, type, name);
    case 'flowtable':
      return readFlowtable(cursor, start, name);
    case 'ct helper':
    case 'ct timeout':
    case 'ct expectation':
      return readObject(cursor, start, type, name);
    default:
      return objectTypes.has(type) ? readObject(cursor, start, type, name) : null;
  }
}
