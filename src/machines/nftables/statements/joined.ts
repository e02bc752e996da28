/** What nft before 1.1.0 makes of two `!=` of fields that lie side by side in a header: one compare of both. */
import { question } from '../../../kernel/answers.ts';
import { joinedPair } from '../../../rules/nftables/catalogue/joinedMatches.ts';
import type { Statement } from '../../../rules/nftables/statements.ts';
import { type RuleContext, ruleWords } from '../program/context.ts';
import type { Operation } from './control.ts';
import { matchOperation } from './match.ts';

/** Both matches as one operation; null where nft of every version keeps them apart. */
export function joinedOperation(
  one: Statement,
  next: Statement | undefined,
  context: RuleContext,
): Operation | null {
  const pair = joinedPair(one, next);
  if (pair === null) return null;
  const apart = pair.map((statement) => matchOperation(statement, context));
  const claim = 'nft before 1.1.0 has loaded the rules';
  const asked = question(
    'nft-version:1.1.0',
    'nft-version-unknown',
    `${ruleWords(context)} excludes two fields that lie side by side, and the packet has one of the two values. nft before 1.1.0 makes one compare of them, which excludes only packets with both; by which version the rules were loaded is not known.`,
    claim,
  );
  return {
    span: { start: pair[0].start, end: pair[1].end },
    acts: false,
    run: (visit, done) => {
      const results = apart.map((operation) => operation.run(visit, done));
      if (!results.includes('break')) return 'next';
      return results.includes('next') && visit.run.ask(asked) ? 'next' : 'break';
    },
    why: (visit) => {
      const done = { effect: null };
      const failed = apart.find((operation) => operation.run(visit, done) === 'break');
      return failed?.why?.(visit) ?? 'one of the two fields is excluded';
    },
  };
}
