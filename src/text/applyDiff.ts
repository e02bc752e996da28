/** The output of `diff`, plain or unified, carried out on the text that it was made of. */

import { append } from './lists.ts';

export type Patched =
  | { readonly kind: 'patched'; readonly text: string }
  /** The text is what the diff leads to. */
  | { readonly kind: 'there' }
  /** A sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** Lines to take away and lines to put in their place. */
interface Change {
  /** The first line that is taken away, from 0; the line before which is inserted where none is. */
  readonly at: number;
  /** The same in the text that the diff leads to. */
  readonly into: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** `59,60d58`, `31c31`, `46a49,53` */
const PLAIN = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?\s*$/;
/** `@@ -59,8 +59,6 @@` */
const UNIFIED = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Blanks at the ends of lines, which often get lost on the way, do not count. Never throws. */
export function applyDiff(text: string, diff: string): Patched {
  const changes = changesOf(diff.split(/\r?\n/));
  if (changes.length === 0) return refused('it is no output of "diff"');
  const forwards = carriedOut(text, changes);
  if (forwards.kind === 'patched') return forwards;
  const back = changes.map(({ at, into, removed, added }) => ({
    at: into,
    into: at,
    removed: added,
    added: removed,
  }));
  return carriedOut(text, back).kind === 'patched' ? { kind: 'there' } : forwards;
}

function carriedOut(text: string, changes: readonly Change[]): Patched {
  const before = text.split('\n');
  const after: string[] = [];
  let at = 0;
  for (const change of changes) {
    if (change.at < at || change.at > before.length)
      return refused(`it changes line ${change.at + 1} out of order`);
    const wrong = change.removed.findIndex((line, index) => !isSame(line, before[change.at + index]));
    if (wrong >= 0)
      return refused(`line ${change.at + wrong + 1} is another than the one that it takes away`);
    append(after, before.slice(at, change.at));
    append(after, change.added);
    at = change.at + change.removed.length;
  }
  return { kind: 'patched', text: [...after, ...before.slice(at)].join('\n') };
}

function refused(why: string): Patched {
  return { kind: 'refused', why };
}

function isSame(line: string, other: string | undefined): boolean {
  return other !== undefined && line.trimEnd() === other.trimEnd();
}

function changesOf(lines: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  for (const [index, line] of lines.entries()) {
    const plain = PLAIN.exec(line);
    const unified = plain === null ? UNIFIED.exec(line) : null;
    if (plain !== null) changes.push(plainChange(plain, lines, index + 1));
    else if (unified !== null) append(changes, unifiedChanges(unified, lines, index + 1));
  }
  return changes;
}

function plainChange(found: RegExpExecArray, lines: readonly string[], start: number): Change {
  const [, from = '', , verb, to = ''] = found;
  const removed: string[] = [];
  const added: string[] = [];
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? '';
    // A blank line of the text may have lost the blank behind its sign.
    if (/^<( |$)/.test(line)) removed.push(line.slice(2));
    else if (/^>( |$)/.test(line)) added.push(line.slice(2));
    else if (line !== '---' && !line.startsWith('\\')) break;
  }
  const at = verb === 'a' ? Number(from) : Number(from) - 1;
  const into = verb === 'd' ? Number(to) : Number(to) - 1;
  return { at, into, removed, added };
}

function unifiedChanges(found: RegExpExecArray, lines: readonly string[], start: number): readonly Change[] {
  const changes: Change[] = [];
  // Of an empty range the line before it is named.
  let at = Number(found[1]) - (found[2] === '0' ? 0 : 1);
  let into = Number(found[3]) - (found[4] === '0' ? 0 : 1);
  let open: (Change & { readonly removed: string[]; readonly added: string[] }) | null = null;
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const isKept = line.startsWith(' ') || (line === '' && index < lines.length - 1);
    if (!isKept && !/^[-+\\]/.test(line)) break;
    if (line.startsWith('\\')) continue;
    if (isKept) {
      open = null;
      at++;
      into++;
      continue;
    }
    if (open === null) {
      open = { at, into, removed: [], added: [] };
      changes.push(open);
    }
    if (line.startsWith('-')) {
      open.removed.push(line.slice(1));
      at++;
    } else {
      open.added.push(line.slice(1));
      into++;
    }
  }
  return changes;
}
