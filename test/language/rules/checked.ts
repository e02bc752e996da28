import { checkRuleset } from '../../../src/language/rules/check.ts';
import type { SyntaxFinding } from '../../../src/language/rules/reporter.ts';
import type { Ruleset } from '../../../src/rules/iptables/nodes.ts';
import { finish } from '../../../src/values/steps.ts';

/** What is wrong in rules, at once. */
export function checked(ruleset: Ruleset): readonly SyntaxFinding[] {
  return finish(checkRuleset(ruleset, 'iptables'));
}
