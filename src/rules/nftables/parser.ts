/** Reads `nft list ruleset` (nft 1.0.2 to 1.1, with any of `-a`, `-s`, `-n`, `-y`) into a tree with spans. */
import { append } from '../../text/lists.ts';
import type { Span } from '../../text/span.ts';
import type { Word } from './expressions.ts';
import type { Statement } from './statements.ts';
import type { Command, Ruleset, Table, TableItem } from './nodes.ts';
import { Cursor } from './parsing/cursor.ts';
import { commandsInBlocks, readCommand } from './parsing/commands.ts';
import { families } from './catalogue/families.ts';
import { readBlock, readWords } from './parsing/items.ts';
import { readItem } from './parsing/tableItems.ts';
import { readRule } from './parsing/rules.ts';

/** Never throws: what is not known is in the tree as such, and a problem. What is included is named, not read. */
export function parseRuleset(text: string): Ruleset {
  const cursor = new Cursor(text);
  const tables: Table[] = [];
  const commands: Command[] = [];
  for (;;) {
    cursor.skipLines();
    if (cursor.kind === 'end') break;
    const { place } = cursor;
    const table = readTable(cursor);
    if (table === null) {
      cursor.back(place);
      commands.push(readCommand(cursor));
    } else {
      tables.push(table);
      cursor.wantSeparator();
    }
  }
  const { defines, uses, problems } = cursor;
  append(commands, commandsInBlocks(cursor));
  commands.sort((one, other) => one.start - other.start);
  return { text, tables, commands, unapplied: [], defines, uses, problems };
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

/** `table ip kube-proxy { … }`, `add table ip t { … }`; also a line of `nft list tables`, which has no block. */
function readTable(cursor: Cursor): Table | null {
  const { start } = cursor;
  const isCommand = cursor.accept('add') || cursor.accept('create');
  if (!cursor.accept('table')) return null;
  const isNamed =
    cursor.kindAhead(1) !== 'newline' && cursor.kindAhead(1) !== 'end' && !cursor.isAhead(1, '{');
  const family = isNamed ? families.find((each) => cursor.accept(each)) : 'ip';
  const name = family === undefined ? null : cursor.name();
  if (family === undefined || name === null) return null;
  const draft: { flags: readonly string[]; comment: Word | null } = { flags: [], comment: null };
  const items: TableItem[] = [];
  const isBlock = cursor.accept('{');
  if (!isBlock && (isCommand || !cursor.atEnd)) return null;
  const handle = cursor.handle();
  if (isBlock) {
    cursor.inScope(() => {
      readBlock(cursor, () => {
        if (cursor.accept('flags')) draft.flags = readWords(cursor);
        else if (cursor.accept('comment')) draft.comment = cursor.comment();
        else return takeItem(cursor, items);
        return true;
      });
    });
  }
  return {
    family,
    name,
    handle,
    ...draft,
    items,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
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
  items.push({ kind: 'unknown', start: cursor.startFrom(start), end: cursor.endFrom(start) });
  cursor.back(place);
  return false;
}
