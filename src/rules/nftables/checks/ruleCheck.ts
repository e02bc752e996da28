/** What the check of a rule stands on. */
import type { Problems } from './problem.ts';
import type { Hooked, Scope } from './world.ts';

export interface RuleCheck {
  readonly family: string;
  readonly scope: Scope;
  /** From where packets come to the rule. */
  readonly hooks: readonly Hooked[];
  readonly problems: Problems;
}
