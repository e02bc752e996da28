/** What the listing that rules were read from does not show, where a packet comes to it. */
import { question } from '../../../kernel/answers.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Run } from '../../../kernel/run.ts';
import type { Listing } from '../../../rules/iptables/listing/listing.ts';
import { hiddenLosses, type Loss, tableLoss } from '../../../rules/iptables/listing/losses.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { CompiledMatch } from '../matches/match.ts';

/** Names what is assumed of a rule that was followed. */
export function assumeOfRule(listing: Listing, rule: Rule, run: Run): void {
  for (const each of listing.hidden(rule.start)) assume(hiddenLosses[each], run);
}

/** Names what is assumed of a table that a packet comes to. */
export function assumeOfTable(listing: Listing, table: string, run: Run): void {
  const loss = tableLoss(listing, table);
  if (loss !== null) assume(loss, run);
}

function assume({ code, message }: Loss, run: Run): void {
  run.assume(`${code}:${message}`, code, message);
}

/**
 * Whether a rule asks for an interface that is not shown, where most likely it does: it would end the chain for every
 * packet, and rules stand behind it (`-i lo -j ACCEPT`). Null for another rule.
 */
export function hiddenInterface(
  listing: Listing,
  rule: Rule,
  at: RuleAt,
  isLast: boolean,
): CompiledMatch | null {
  const { general, matches, unknown, target } = rule;
  const asks =
    general.length + unknown.length > 0 || matches.some((match) => canonicalName(match) !== 'comment');
  if (isLast || asks || !ends(target) || !listing.hidden(rule.start).includes('interfaces')) return null;
  const place = `rule ${at.index + 1} of ${at.table}/${at.chain}`;
  const answer = question(
    `hidden:${at.table}/${at.chain}/${at.index}`,
    'interface-hidden',
    `The listing shows no interfaces: with none, ${place} would end the chain for every packet, and rules stand behind it.`,
    `${place} takes the packet, whatever interface it asks for`,
  );
  return {
    span: rule,
    stateful: false,
    test: () => answer,
    why: () => 'the listing does not show for which interface the rule asks',
  };
}

function ends(target: Rule['target']): boolean {
  if (target === null || target.kind === 'goto') return target !== null;
  return ['ACCEPT', 'DROP', 'RETURN'].includes(target.name.text) || target.definition?.terminal === true;
}
