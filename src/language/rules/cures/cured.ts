/** Adds to what is wrong what was most likely meant, with the fix that writes it. Only lines with something wrong are looked at. */
import type { Table } from '../../../rules/iptables/nodes.ts';
import type { SyntaxFinding } from '../reporter.ts';
import { certainly, type Cure, type FaultyLine, lineOf } from './line.ts';
import { badLine, declaredBelow, missingCommit, openQuote, policy, shorterName } from './lines.ts';
import { chainName, matchName, optionName, tableName, targetName } from './names.ts';
import { icmpOfIPv6, neededValue, otherInterface, otherTable, resetOfTcp, stray } from './structure.ts';
import { anyProtocol } from './torn.ts';
import { attachedValue, repeated, valueOf } from './values.ts';

/** The first that knows one is asked no further. */
const cures: readonly ((line: FaultyLine) => Cure | null)[] = [
  icmpOfIPv6,
  badLine,
  missingCommit,
  policy,
  shorterName,
  openQuote,
  tableName,
  otherTable,
  certainly(declaredBelow),
  chainName,
  targetName,
  matchName,
  certainly(attachedValue),
  repeated,
  certainly(neededValue),
  resetOfTcp,
  anyProtocol,
  otherInterface,
  valueOf,
  stray,
  optionName,
];

/** Nobody reads more cures of one file; a text with more is none that somebody wrote by hand. */
const MOST_CURED = 500;

/** `findings` of `text`, in which each has the cure that is known for its line. */
export function cured(
  text: string,
  tables: readonly Table[],
  findings: readonly SyntaxFinding[],
): readonly SyntaxFinding[] {
  return findings.map((finding, index) => (index < MOST_CURED ? curedOne(text, tables, finding) : finding));
}

function curedOne(text: string, tables: readonly Table[], finding: SyntaxFinding): SyntaxFinding {
  const { start } = finding.at.span;
  const table = tables.find(({ span }) => start >= span.start && start <= span.end) ?? null;
  const line = lineOf(text, finding, table);
  for (const cure of cures) {
    const found = cure(line);
    if (found === null || found.changes.length === 0) continue;
    const { hint, title, changes, certain = false } = found;
    const others = finding.fixes
      .filter((fix) => fix.title !== title)
      .map((fix) => ({ ...fix, preferred: false, certain: false }));
    return {
      ...finding,
      message: withHint(finding.message, hint),
      fixes: [{ title, changes, preferred: true, certain }, ...others],
    };
  }
  return finding;
}

/** A message says what is wrong, why it matters, and what to do: the hint stands for the last of the three. */
function withHint(message: string, hint: string): string {
  const why = /^.*, so [^.]*?(?:stops here|refuses[^."]*|never matches|restores? them \(-c\))\. /s.exec(
    message,
  );
  return why === null ? `${message} ${hint}` : `${why[0]}${hint}`;
}
