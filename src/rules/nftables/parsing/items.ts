/** What a table holds: chains, sets, maps, named objects, flowtables. */
import type { Word } from '../expressions.ts';
import type { BaseChain, Chain, Flowtable, Priority } from '../nodes.ts';
import type { Rule } from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { readRule } from './rules.ts';

/** Whether the block was opened and, behind what `line` read, closed: each line that `line` cannot read is a problem. */
export function readBlock(cursor: Cursor, line: () => boolean): void {
  for (;;) {
    cursor.skipLines();
    if (cursor.accept('}')) return;
    if (cursor.kind === 'end') {
      cursor.problem('unclosed', { start: cursor.lastEnd, end: cursor.lastEnd });
      return;
    }
    const { place, start } = cursor;
    if (line() && (cursor.atEnd || cursor.place > place)) continue;
    cursor.back(place);
    skipUnknown(cursor, start);
  }
}

function skipUnknown(cursor: Cursor, start: number): void {
  cursor.skipStatement();
  cursor.problem('unknown-item', cursor.spanFrom(start));
}

/** `{ "eth0", "eth1" }`, `"eth0"` */
function readDevices(cursor: Cursor): readonly Word[] {
  const devices: Word[] = [];
  const isMany = cursor.accept('{');
  do {
    cursor.skipNewlines();
    const device = cursor.name();
    if (device !== null) devices.push(device);
    cursor.skipNewlines();
  } while (cursor.accept(','));
  if (isMany) cursor.accept('}');
  return devices;
}

/** `interval,timeout`, `interval, timeout` */
export function readWords(cursor: Cursor): readonly string[] {
  const words: string[] = [];
  do {
    const word = cursor.word();
    if (word !== null) words.push(word.text);
  } while (cursor.accept(','));
  return words;
}

/** `filter + 10`, `-100` */
function readPriority(cursor: Cursor): Priority | null {
  const { start } = cursor;
  const name = cursor.kind === 'word' ? cursor.text : null;
  if (name !== null) cursor.step();
  const sign = cursor.accept('-') ? -1 : 1;
  if (sign === 1) cursor.accept('+');
  const number = cursor.number();
  if (name === null && number === null) return null;
  return { name, offset: sign * (number ?? 0), ...cursor.spanFrom(start) };
}

interface ChainDraft {
  base: BaseChain | null;
  policy: Word | null;
  flags: readonly string[];
  comment: Word | null;
  readonly rules: Rule[];
}

/** Behind the `{`. */
export function readChain(cursor: Cursor, start: number, name: Word): Chain {
  const handle = cursor.handle();
  const draft: ChainDraft = { base: null, policy: null, flags: [], comment: null, rules: [] };
  readBlock(cursor, () => readChainLine(cursor, draft));
  return { kind: 'chain', name, handle, ...draft, ...cursor.spanFrom(start) };
}

function readChainLine(cursor: Cursor, draft: ChainDraft): boolean {
  if (cursor.is('type') && cursor.isAhead(2, 'hook')) {
    draft.base = readBase(cursor);
    return draft.base !== null;
  }
  if (cursor.accept('policy')) draft.policy = cursor.word();
  else if (cursor.accept('flags')) draft.flags = readWords(cursor);
  else if (cursor.accept('devices')) draft.base = withDevices(cursor, draft.base);
  else if (cursor.is('comment') && draft.rules.length === 0) {
    cursor.step();
    draft.comment = cursor.word();
  } else draft.rules.push(readRule(cursor));
  return true;
}

/** `devices = { … };` on a line of its own, as a script may have it. */
function withDevices(cursor: Cursor, base: BaseChain | null): BaseChain | null {
  cursor.accept('=');
  const devices = readDevices(cursor);
  return base === null ? null : { ...base, devices };
}

function readBase(cursor: Cursor): BaseChain | null {
  const { start } = cursor;
  cursor.step();
  const type = cursor.word();
  const hook = cursor.accept('hook') ? cursor.word() : null;
  let devices: readonly Word[] = [];
  if (cursor.accept('device')) devices = readDevices(cursor);
  else if (cursor.accept('devices') && cursor.accept('=')) devices = readDevices(cursor);
  const priority = cursor.accept('priority') ? readPriority(cursor) : null;
  if (type === null || hook === null || priority === null) return null;
  return { type, hook, devices, priority, ...cursor.spanFrom(start) };
}

interface FlowtableDraft {
  hook: Word | null;
  priority: Priority | null;
  devices: readonly Word[];
  flags: readonly string[];
  counter: boolean;
}

/** Behind the `{`. */
export function readFlowtable(cursor: Cursor, start: number, name: Word): Flowtable {
  const handle = cursor.handle();
  const draft: FlowtableDraft = { hook: null, priority: null, devices: [], flags: [], counter: false };
  readBlock(cursor, () => {
    if (cursor.accept('hook')) {
      draft.hook = cursor.word();
      draft.priority = cursor.accept('priority') ? readPriority(cursor) : null;
    } else if (cursor.acceptAll('devices', '=')) draft.devices = readDevices(cursor);
    else if (cursor.accept('flags')) draft.flags = readWords(cursor);
    else if (cursor.accept('counter')) draft.counter = true;
    else return false;
    return true;
  });
  return { kind: 'flowtable', name, handle, ...draft, ...cursor.spanFrom(start) };
}
