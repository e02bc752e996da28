/** How lines must look for iptables-restore, whatever they say: blanks before them, line endings. */
import type { Ruleset, Statement } from '../../rules/iptables/nodes.ts';
import { CompactRuleset } from '../../rules/iptables/compact/compactRuleset.ts';
import { readCounted } from '../../rules/iptables/parsing/counters.ts';
import { WordScanner } from '../../rules/iptables/scanner/wordScanner.ts';
import { removeLine, replaceWith } from './fixes.ts';
import type { Reporter } from './reporter.ts';
import { scopeOf } from './tableScope.ts';

const COMMIT = 'COMMIT';

/** Checks every line; of rules, which may be indented, only those that are long or begin with counters. */
export function checkLineForm(reporter: Reporter, ruleset: Ruleset): void {
  if (ruleset.format !== 'save' || ruleset.paste !== null) return;
  const { text } = ruleset;
  const compact = ruleset instanceof CompactRuleset ? ruleset : null;
  const first = compact === null ? firstReturn(text) : -1;
  if (first >= 0) {
    reporter.report('line-endings', { start: first, end: first }, null);
    return;
  }
  // Flat lists hold lines as iptables-save writes them, which can only be too long.
  for (const statement of compact === null ? ruleset.statements : compact.longerThan(SHORT)) {
    const { start, end } = statement;
    if (text.charAt(end) === '\0') reportZero(reporter, text, statement);
    if (statement.kind !== 'rule' || text.charAt(start) === '[') checkBlanks(reporter, text, statement);
    if (end - start <= SHORT) continue;
    if (isTooLong(reporter, text, statement)) continue;
    if (statement.kind === 'rule') checkWords(reporter, text, statement);
  }
  checkLastLine(reporter, ruleset);
}

/** What stands behind a NUL character is not read. */
function reportZero(reporter: Reporter, text: string, { start, end }: Statement): void {
  const wordStart = Math.max(start, text.lastIndexOf(' ', end - 1) + 1);
  const word = { start: wordStart, end };
  const details = {
    option: '',
    value: text.slice(word.start, end),
    why: 'it stands before a NUL character',
    doubt: 'iptables-restore reads no further in this line',
    cure: 'Remove the character.',
  };
  reporter.report('bad-value', word, details, { severity: 'warning' });
}

/** Where the first CR LF stands that iptables-restore reads, and that ends no comment; -1 where none does. */
function firstReturn(text: string): number {
  let at = text.indexOf('\r\n');
  while (at >= 0 && isUnread(text, at)) at = text.indexOf('\r\n', at + 2);
  return at;
}

/** Of a comment nothing is read, and of a line with a NUL character what stands before it. */
function isUnread(text: string, lineEnd: number): boolean {
  const start = text.lastIndexOf('\n', lineEnd - 1) + 1;
  return text.charAt(start) === '#' || text.slice(start, lineEnd).indexOf('\0') > 0;
}

/** `add_param_to_argv` of iptables/xshared.c: 1024 bytes with the ending zero. */
const LONGEST_WORD = 1023;

/** MAX_ARGC of the same file is 255, of which four are the program, `-t`, the table and the end. */
const MOST_WORDS = 251;

/** Characters of a line that can have none of these troubles. */
const SHORT = 2 * MOST_WORDS;

function checkWords(reporter: Reporter, text: string, { start, end }: Statement): void {
  const counted = text.charAt(start) === '[' ? readCounted(text, start, end) : { start, end };
  const words = new WordScanner(text, counted.start, counted.end);
  for (let count = 1; words.next(); count++) {
    if (count === MOST_WORDS + 1) {
      const reason = `This rule has more than ${MOST_WORDS} words`;
      reporter.report('bad-line', words.word(), { reason });
    }
    if (words.text.length > LONGEST_WORD) {
      const reason = `A word here is longer than ${LONGEST_WORD.toLocaleString('en')} characters`;
      reporter.report('bad-line', words.word(), { reason });
    }
  }
}

/** iptables-restore reads a line into 10,240 bytes, with the ending zero; what is left it takes for the next line. */
const LONGEST_LINE = 10_239;

/** Reports it where the line is cut: what its words are then is another question. */
function isTooLong(reporter: Reporter, text: string, { start, end }: Statement): boolean {
  const lineStart = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  let left = LONGEST_LINE;
  for (let at = lineStart; at < end; at++) {
    const code = text.charCodeAt(at);
    // Each half of a pair of surrogates is two bytes of four.
    left -= code < 0x80 ? 1 : code < 0x8_00 || (code >= 0xd8_00 && code < 0xe0_00) ? 2 : 3;
    if (left >= 0) continue;
    if (text.charAt(at) === '#') return false;
    const reason = `This line is longer than ${LONGEST_LINE.toLocaleString('en')} bytes, and iptables-restore takes what is left for another line`;
    reporter.report('bad-line', { start: at, end }, { reason });
    return true;
  }
  return false;
}

function checkBlanks(reporter: Reporter, text: string, statement: Statement): void {
  const { kind, start, end } = statement;
  if (kind === 'blank') {
    if (end > start) {
      const reason = 'This line holds blanks, which iptables-restore takes for a rule';
      reporter.report(
        'bad-line',
        statement,
        { reason },
        { fixes: [removeLine(text, statement, 'Remove this line')] },
      );
    }
    return;
  }
  const before = start > 0 ? text.charAt(start - 1) : '\n';
  if (kind !== 'bad' && kind !== 'command' && (before === ' ' || before === '\t')) {
    const lineStart = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
    const blanks = { start: lineStart, end: start };
    const reason =
      kind === 'rule'
        ? 'Blanks stand before the counters'
        : 'Blanks stand before this line, which only rules may have';
    reporter.report(
      'bad-line',
      blanks,
      { reason },
      { fixes: [{ ...replaceWith(blanks, '', 'Remove the blanks'), certain: true }] },
    );
  }
  if (kind === 'commit' && end - start > COMMIT.length) {
    const blanks = { start: start + COMMIT.length, end };
    const reason = 'A blank stands behind COMMIT';
    const fixes = [{ ...replaceWith(blanks, '', 'Remove the blank'), certain: true }];
    reporter.report('bad-line', blanks, { reason }, { fixes });
  }
}

function checkLastLine(reporter: Reporter, ruleset: Ruleset): void {
  const last = ruleset instanceof CompactRuleset ? ruleset.lastLine() : ruleset.statements.at(-1);
  const table = ruleset.tables.at(-1);
  if (last?.kind !== 'commit' || table === undefined || last.end < ruleset.text.length) return;
  const { backend } = scopeOf(ruleset, table, reporter);
  if (backend === 'nf_tables') return;
  const newline = { start: last.end, end: last.end };
  const fixes = [{ ...replaceWith(newline, '\n', 'Add a line ending'), certain: true }];
  reporter.report('missing-newline', last, null, {
    severity: backend === 'legacy' ? 'error' : 'warning',
    fixes,
  });
}
