/** What a table holds: chains, sets, maps, named objects, flowtables. */
import type { Expression, Word } from '../expressions.ts';
import type { BaseChain, Chain, Flowtable, Priority } from '../nodes.ts';
import type { Rule } from '../statements.ts';
import type { Cursor } from './cursor.ts';
import { takeDefinition } from './defines.ts';
import { readRule } from './rules.ts';

/**
 * Whether `line` read something: it then ends at a line's end, a `;` or, what nft does not take, at the block's `}`; `separated` where
 * nft wants nothing behind it.
 */
export type LineRead = boolean | 'separated';

/** Up to the `}` of the block, which is stepped over. Each line that `line` cannot read is a problem. */
export function readBlock(cursor: Cursor, line: () => LineRead): void {
  for (;;) {
    cursor.skipLines();
    if (cursor.accept('}')) return;
    if (cursor.kind === 'end') {
      cursor.problem('unclosed', { start: cursor.lastEnd, end: cursor.lastEnd });
      return;
    }
    const { place, start } = cursor;
    const read = takeDefinition(cursor) || line();
    if (read !== false && (cursor.atEnd || cursor.place > place)) {
      if (read === true) cursor.wantSeparator();
      continue;
    }
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
  const defined = cursor.variable();
  if (defined !== null) return wordsIn(defined);
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

function wordsIn(expression: Expression): readonly Word[] {
  if (expression.kind === 'set') return expression.elements.flatMap(({ key }) => wordsIn(key));
  return expression.kind === 'value' ? [expression] : [];
}

/** `interval,timeout`, `interval, timeout` */
export function readWords(cursor: Cursor): readonly string[] {
  const words: string[] = [];
  do {
    const word = cursor.word();
    if (word === null) cursor.problem('unknown-item', { start: cursor.start, end: cursor.start });
    else words.push(word.text);
  } while (cursor.accept(','));
  return words;
}

/** `filter + 10`, `-100` */
function readPriority(cursor: Cursor): Priority | null {
  const { start } = cursor;
  const defined = cursor.variable();
  if (defined !== null) return priorityOf(defined);
  const name = cursor.kind === 'word' ? cursor.text : null;
  if (name !== null) cursor.step();
  const sign = cursor.accept('-') ? -1 : 1;
  const hasSign = sign === -1 || cursor.accept('+');
  const number = hasSign ? cursor.wantNumber() : cursor.number();
  if (name === null && number === null) return null;
  return { name, offset: sign * (number ?? 0), start: cursor.startFrom(start), end: cursor.endFrom(start) };
}

/** `define prio = -100`, `define prio = "filter + 1"` */
function priorityOf(expression: Expression): Priority | null {
  if (expression.kind !== 'value') return null;
  const { start, end } = expression;
  const [, name = null, sign = '', digits = null] =
    /^([a-z]+)?\s*([+-]?)\s*(\d+)?$/u.exec(expression.text.slice(0, 40)) ?? [];
  if (name === null && digits === null) return null;
  return { name, offset: Number(`${sign}${digits ?? 0}`), start, end };
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
  cursor.inScope(() => {
    readBlock(cursor, () => readChainLine(cursor, draft));
  });
  return {
    kind: 'chain',
    name,
    handle,
    ...draft,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}

function readChainLine(cursor: Cursor, draft: ChainDraft): boolean {
  if (cursor.is('type') && cursor.isAhead(2, 'hook')) {
    draft.base = readBase(cursor);
    return draft.base !== null;
  }
  if (cursor.is('policy')) {
    cursor.step();
    const isTwice = draft.policy !== null;
    draft.policy = cursor.name();
    return draft.policy !== null && !isTwice;
  }
  if (cursor.accept('flags')) draft.flags = readWords(cursor);
  else if (cursor.accept('devices')) draft.base = withDevices(cursor, draft.base);
  else if (cursor.is('comment') && draft.rules.length === 0) {
    cursor.step();
    const isTwice = draft.comment !== null;
    draft.comment = cursor.comment();
    return draft.comment !== null && !isTwice;
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
  return { type, hook, devices, priority, start: cursor.startFrom(start), end: cursor.endFrom(start) };
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
  return {
    kind: 'flowtable',
    name,
    handle,
    ...draft,
    start: cursor.startFrom(start),
    end: cursor.endFrom(start),
  };
}
