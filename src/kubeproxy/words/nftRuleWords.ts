/** A rule of nftables in nft's own words, as short as a row is. */
import { printStatement } from '../../rules/nftables/printing/statements.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';

/** Characters of a rule that are shown: a set in braces may hold thousands of elements. */
const MOST = 160;

/** `ip daddr @cluster-ips reject`, without counters and comment; `shown` leaves out what is told elsewhere. */
export function nftRuleWords(
  { statements }: Rule,
  shown: (statement: Statement) => boolean = () => true,
): string {
  const words = statements
    .filter((each) => each.kind !== 'counter' && shown(each))
    .map((each) => (isInBraces(each) ? `${each.verdict} { … }` : printStatement(each, '', '')));
  const line = words.join(' ').replace(/\s+/g, ' ');
  return line.length > MOST ? `${line.slice(0, MOST)}…` : line;
}

function isInBraces(statement: Statement): statement is Extract<Statement, { readonly kind: 'verdict' }> {
  return statement.kind === 'verdict' && statement.rules !== null;
}
