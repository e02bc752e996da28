import type { Assumption } from '../../kernel/trace.ts';
import { type OtherRule, otherRulesWords } from '../mode/otherRules.ts';

/** Rules that the kernel applies and no rules file holds: an answer that is silent about them would be too sure. */
export function withOtherRules<Followed extends { readonly assumptions: readonly Assumption[] }>(
  followed: Followed,
  others: readonly OtherRule[],
): Followed {
  if (others.length === 0) return followed;
  const message = `The node has more than these rules, which is not followed: ${otherRulesWords(others)}. What that drops, translates or marks is not in this answer.`;
  const assumption: Assumption = {
    key: 'other-rules',
    code: 'other-rules',
    message,
    branched: false,
    claim: null,
    about: null,
  };
  return { ...followed, assumptions: [assumption, ...followed.assumptions] };
}
