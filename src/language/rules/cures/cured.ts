/** Adds to what is wrong what was most likely meant, with the fix that writes it. Only lines with something wrong are looked at. */
import type { Table } from '../../../rules/iptables/nodes.ts';
import type { Span } from '../../../text/span.ts';
import type { SyntaxFinding } from '../reporter.ts';
import { certainly, type Cure, type FaultyLine, lineOf } from './line.ts';
import { hopsOfFamily, reasonOfFamily } from './families.ts';
import { hookOfTarget } from './hooks.ts';
import { badLine, declaredBelow, missingCommit, openQuote, policy, shorterName } from './lines.ts';
import { neededOption } from './needed.ts';
import { chainName, matchName, optionName, tableName, targetName } from './names.ts';
import {
  icmpOfIPv6,
  neededValue,
  otherInterface,
  otherTable,
  ofOtherTarget,
  resetOfTcp,
  stray,
} from './structure.ts';
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
  hookOfTarget,
  otherTable,
  certainly(declaredBelow),
  chainName,
  targetName,
  matchName,
  certainly(attachedValue),
  repeated,
  certainly(neededValue),
  neededOption,
  resetOfTcp,
  anyProtocol,
  otherInterface,
  reasonOfFamily,
  hopsOfFamily,
  valueOf,
  stray,
  optionName,
  ofOtherTarget,
];

/** Nobody reads more cures of one file; a text with more is none that somebody wrote by hand. */
const MOST_CURED = 500;

/** `findings` of `text`, in which each has the cure that is known for its line. */
export function cured(
  text: string,
  tables: readonly Table[],
  findings: readonly SyntaxFinding[],
): readonly SyntaxFinding[] {
  const told = findings.map((finding, index) =>
    index < MOST_CURED ? curedOne(text, tables, finding) : finding,
  );
  const rewritten = told.slice(0, MOST_CURED).flatMap(rewrittenBy);
  return rewritten.length === 0 ? told : told.filter((finding) => !isCoveredBy(finding, rewritten));
}

interface Rewritten {
  readonly by: SyntaxFinding;
  readonly span: Span;
}

/** The words beyond its own that the cure of a finding writes anew: `80, 443` behind `22,`. */
function rewrittenBy(finding: SyntaxFinding): readonly Rewritten[] {
  const [cure] = finding.fixes;
  if (cure?.preferred !== true) return [];
  return cure.changes
    .filter(({ span }) => span.start <= finding.at.span.start && span.end > finding.at.span.end)
    .map(({ span }) => ({ by: finding, span }));
}

/** A word that nothing knows, since another before it is wrong: that one's cure is all there is to say. */
function isCoveredBy(finding: SyntaxFinding, rewritten: readonly Rewritten[]): boolean {
  const { start, end } = finding.at.span;
  return (
    finding.code === 'unknown-option' &&
    rewritten.some(
      ({ by, span }) => by !== finding && by.at.span.start < start && span.start <= start && end <= span.end,
    )
  );
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
  if (why !== null) return `${why[0]}${hint}`;
  return message.endsWith(hint) ? message : `${message} ${hint}`;
}
