/** Where the rules of two states differ, family by family: what changed is looked for among these chains alone. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import type { Source } from '../sources.ts';
import { type RulesDifference, rulesDifference } from './rulesDifference.ts';

/** One state of one family's rules. */
export interface StateRules {
  readonly analysis: Analysis;
  readonly source: Source;
}

export interface FamilyDifference {
  readonly family: Family;
  readonly before: StateRules;
  readonly after: StateRules;
  readonly difference: RulesDifference;
}

/** Of those of `families` that both states follow in iptables. */
export function differencesOf(
  before: Analysis,
  after: Analysis,
  families: readonly Family[],
): readonly FamilyDifference[] {
  return families.flatMap((family) => {
    const [old, now] = [before.sources.followed(family), after.sources.followed(family)];
    if (old === null || now === null) return [];
    return {
      family,
      before: { analysis: before, source: old },
      after: { analysis: after, source: now },
      difference: rulesDifference(old.ruleset, now.ruleset),
    };
  });
}
