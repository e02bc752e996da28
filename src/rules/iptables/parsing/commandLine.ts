/** Command lines of iptables: one that changes rules, and one of which the output follows. */
import type { Family } from '../../../values/address.ts';

const PROGRAM = /(?:\/[\w./-]*\/)?(ip6?tables)(?:-legacy|-nft)?(?=\s)/y;
/** What stands before the command and says nothing of the rule: `-w`, `-w 5`, `--wait=5`, `-n`. */
const BEFORE = /\s+(?:(?:-w|--wait)(?:[ =]?\d+)?(?=\s)|-[nv]+(?=\s)|-W\s+\d+)/y;
const TABLE = /\s(?:-t\s*|--table[ =]\s*)(\w+)(?=\s|$)/;

export interface CommandStart {
  /** Of the first word that belongs to the rule: `-A`, `-t`. */
  readonly start: number;
  readonly table: string;
  readonly family: Family;
}

/** `iptables -w -A INPUT …` → `-A`, table filter, IPv4; null where `text` from `start` is no such command. */
export function readCommandStart(text: string, start: number, end: number): CommandStart | null {
  PROGRAM.lastIndex = start;
  const program = PROGRAM.exec(text);
  if (program === null || PROGRAM.lastIndex >= end) return null;
  let at = PROGRAM.lastIndex;
  for (;;) {
    BEFORE.lastIndex = at;
    if (BEFORE.exec(text) === null || BEFORE.lastIndex > end) break;
    at = BEFORE.lastIndex;
  }
  while (at < end && /\s/.test(text.charAt(at))) at++;
  if (at >= end) return null;
  const table = TABLE.exec(` ${withoutQuotes(text.slice(at, end))}`)?.[1] ?? 'filter';
  return { start: at, table, family: program[1] === 'ip6tables' ? 6 : 4 };
}

/** A comment may say `-t nat` too. */
function withoutQuotes(words: string): string {
  return words.replaceAll(/"[^"]*"/g, '""');
}

/** What a comment shows before the output of a command: `### ip6tables -t nat -S`; null for any other comment. */
export function readShown(
  comment: string,
): { readonly table: string | null; readonly family: Family | null } | null {
  const found = /\b(ip6?tables)(?:-legacy|-nft)?(-save)?(?:\s+-c)?(?=[\s|]|$)(.*)/.exec(comment);
  if (found === null) return null;
  const [, program, save, words = ''] = found;
  const family = program === 'ip6tables' ? 6 : 4;
  const table = TABLE.exec(words)?.[1];
  if (table !== undefined) return { table, family };
  // Of a list of one table, filter is the one without `-t`.
  if (save === undefined && /\s(?:-[a-zA-Z]*S|--list-rules)\b/.test(words))
    return { table: 'filter', family };
  return save === '-save' && words.includes('|') ? { table: null, family } : null;
}
