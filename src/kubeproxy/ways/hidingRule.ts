import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Answer } from '../answer/answer.ts';

/** The rule that gives the packet another source, wherever it arrives; null where some endpoint sees who asked, and where that is not known. */
export function hidingRule({ outcomes }: Pick<Answer, 'outcomes'>): RuleAt | null {
  const arriving = outcomes.filter(({ verdict }) => verdict === 'forward' || verdict === 'local');
  if (arriving.length === 0 || outcomes.some(({ verdict }) => verdict === 'unknown')) return null;
  const rules = arriving.map(sourceChange);
  const [first = null] = rules;
  return rules.includes(null) ? null : first;
}

function sourceChange({ steps }: Outcome): RuleAt | null {
  for (const step of steps)
    if (step.kind === 'rule' && (step.effect.kind === 'masquerade' || step.effect.kind === 'snat'))
      return step.at;
  return null;
}
