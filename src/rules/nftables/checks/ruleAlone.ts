/** A rule that stands nowhere yet, read and checked as if it stood in a chain. */
import { parseRuleset } from '../parser.ts';
import type { Rule } from '../statements.ts';
import { rulesIn } from '../rulesIn.ts';
import { Problems } from './problem.ts';
import { checkReserved } from './reserved.ts';
import type { RuleCheck } from './ruleCheck.ts';
import { checkRule } from './rules.ts';
import { checkSyntax } from './syntax.ts';

const HEAD = 'table inet t {\nchain c {\n';

/** Of one line; null where it is none or several, or not understood. */
export function ruleAlone(line: string): Rule | null {
  const ruleset = parseRuleset(`${HEAD}${line}\n}\n}\n`);
  const [rule, ...others] = rulesIn(ruleset);
  return rule === undefined || others.length > 0 || ruleset.problems.length > 0 ? null : rule;
}

/** Whether nft would refuse what stands in `line` from `from` on, in a chain of `check`. */
export function isRefused(line: string, from: number, check: Omit<RuleCheck, 'problems'>): boolean {
  const text = `${HEAD}${line}\n}\n}\n`;
  const ruleset = parseRuleset(text);
  const problems = new Problems(text);
  checkSyntax(ruleset, problems);
  checkReserved(ruleset, problems);
  for (const rule of rulesIn(ruleset)) checkRule(rule, { ...check, problems });
  return problems.found.some(({ end, mayBeKnown }) => !mayBeKnown && end > HEAD.length + from);
}
