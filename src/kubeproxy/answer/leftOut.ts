/** What an answer leaves out, and would be too sure without a word of. */
import type { Assumption } from '../../kernel/trace.ts';
import { type OtherRule, otherRulesWords } from '../mode/otherRules.ts';

interface Followed {
  readonly assumptions: readonly Assumption[];
}

/** Rules that the kernel applies and no rules file holds. */
export function withOtherRules<Answer extends Followed>(
  followed: Answer,
  others: readonly OtherRule[],
): Answer {
  if (others.length === 0) return followed;
  const message = `The node has more than these rules, which is not followed: ${otherRulesWords(others)}. What that drops, translates or marks is not in this answer.`;
  return withAssumption(followed, 'other-rules', message);
}

/** What was given and could not be read: `unread` says it in a sentence; null where nothing is. */
export function withUnread<Answer extends Followed>(followed: Answer, unread: string | null): Answer {
  return unread === null ? followed : withAssumption(followed, 'not-read', unread);
}

function withAssumption<Answer extends Followed>(followed: Answer, code: string, message: string): Answer {
  const assumption: Assumption = { key: code, code, message, branched: false, claim: null, about: null };
  return { ...followed, assumptions: [assumption, ...followed.assumptions] };
}
