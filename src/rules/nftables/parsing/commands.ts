/** Lines of a script outside of tables: `add rule …`, `flush ruleset`, `define x = 1`, `include "x.nft"` (nft(8)). */
import { families } from '../catalogue/families.ts';
import type { Command } from '../nodes.ts';
import type { Cursor } from './cursor.ts';
import { readDefinition } from './defines.ts';
import { readElements } from './expressions.ts';
import { readRule } from './rules.ts';
import { readItemBlock, readItemType } from './tableItems.ts';

type Draft = { -readonly [Key in keyof Omit<Command, 'start' | 'end'>]: Command[Key] };

const plainCommand: Draft = {
  name: '',
  object: null,
  family: 'ip',
  table: null,
  target: null,
  word: null,
  rule: null,
  position: null,
  elements: [],
  item: null,
};

/** The lines of blocks that a script may also have outside of them, as commands. */
export function commandsInBlocks({ inBlocks }: Cursor): readonly Command[] {
  return inBlocks.map(({ name, word, start, end }) => ({ ...plainCommand, name, word, start, end }));
}

const verbs: ReadonlySet<string> = new Set(
  'add create insert replace delete destroy flush list rename reset monitor describe export import'.split(
    ' ',
  ),
);

/** The command up to its end. What is not understood of it is a problem. */
export function readCommand(cursor: Cursor): Command {
  const { place, start } = cursor;
  const draft: Draft = { ...plainCommand, name: cursor.text };
  if (!readAny(cursor, draft) || !cursor.atEnd || cursor.is('}')) {
    const from = cursor.place === place ? start : cursor.start;
    cursor.skipStatement();
    if (cursor.place === place || cursor.is('}')) cursor.step();
    cursor.problem('unknown-command', { start: from, end: Math.max(from, cursor.lastEnd) });
  }
  return { ...draft, start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

function readAny(cursor: Cursor, draft: Draft): boolean {
  if (cursor.kind !== 'word') return false;
  const definition = readDefinition(cursor);
  if (definition !== null) {
    draft.word = definition.word;
    return definition.isWhole;
  }
  if (verbs.has(cursor.text)) cursor.step();
  else draft.name = 'add';
  return readAbout(cursor, draft);
}

/** Words of what is listed, flushed or reset as a whole. */
const many: ReadonlySet<string> = new Set(
  'tables chains rules sets maps meters flowtables counters quotas limits synproxys secmarks hooks ruleset'.split(
    ' ',
  ),
);

const ofMany: ReadonlySet<string> = new Set(['list', 'flush', 'reset']);

function readAbout(cursor: Cursor, draft: Draft): boolean {
  if (
    draft.name === 'describe' ||
    draft.name === 'monitor' ||
    draft.name === 'export' ||
    draft.name === 'import'
  ) {
    while (!cursor.atEnd) cursor.step();
    return true;
  }
  // `add ip nat post accept` is a rule.
  const object = cursor.oneOf(named) ?? cursor.oneOf(many) ?? readItemType(cursor) ?? 'rule';
  draft.object = object;
  const family = families.find((each) => cursor.accept(each));
  draft.family = family ?? 'ip';
  if (many.has(object)) {
    if (!ofMany.has(draft.name)) return false;
    if (cursor.accept('table')) {
      draft.family = families.find((each) => cursor.accept(each)) ?? draft.family;
      draft.table = cursor.name();
    }
    return true;
  }
  if ((draft.name === 'delete' || draft.name === 'destroy') && cursor.accept('handle'))
    return cursor.number() !== null;
  draft.table = cursor.name();
  if (draft.table === null) return false;
  return object === 'table' || readTarget(cursor, draft, object);
}

const named: ReadonlySet<string> = new Set(['table', 'rule', 'element', 'meter']);

function readTarget(cursor: Cursor, draft: Draft, object: string): boolean {
  if (draft.name !== 'add' && object !== 'rule' && cursor.accept('handle')) return cursor.number() !== null;
  const { start } = cursor;
  draft.target = cursor.name();
  if (draft.target === null) return draft.name === 'flush' && object === 'table';
  if (object === 'rule') return readRuleOf(cursor, draft);
  if (object === 'element') return takeElements(cursor, draft);
  if (draft.name === 'rename') {
    draft.word = cursor.name();
    return draft.word !== null;
  }
  if (cursor.accept('{')) {
    draft.item = cursor.deeper(() => readItemBlock(cursor, start, object, draft.target ?? emptyAt(start)));
    return draft.item !== null;
  }
  // `add counter ip t c packets 0 bytes 0`
  while (!cursor.atEnd) cursor.step();
  return true;
}

function emptyAt(start: number): { text: string; quoted: boolean; start: number; end: number } {
  return { text: '', quoted: false, start, end: start };
}

function readRuleOf(cursor: Cursor, draft: Draft): boolean {
  for (const word of ['position', 'handle', 'index'] as const) {
    const number = cursor.accept(word) ? cursor.number() : null;
    if (number !== null) draft.position = { by: word === 'index' ? word : 'handle', number };
  }
  if (draft.name === 'delete' || draft.name === 'destroy' || draft.name === 'reset') return true;
  if (cursor.atEnd) return false;
  draft.rule = readRule(cursor);
  return true;
}

function takeElements(cursor: Cursor, draft: Draft): boolean {
  const defined = cursor.variable();
  if (defined !== null) {
    if (defined.kind === 'set') draft.elements = defined.elements;
    return defined.kind === 'set';
  }
  const elements = cursor.accept('{') ? cursor.deeper(() => readElements(cursor, 'value')) : null;
  draft.elements = elements ?? [];
  return elements !== null;
}
