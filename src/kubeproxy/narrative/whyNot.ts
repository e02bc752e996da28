/** Why not this one? What a packet that was traced makes of one rule, in sentences. */
import type { Flow } from '../../kernel/flow.ts';
import { isSameRule, type RuleAt } from '../../kernel/ruleAt.ts';
import type { Decision, Outcome } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, consideredOf } from '../answer/answer.ts';

/** A packet, and its answer for the same decisions. */
interface Traced {
  readonly flow: Flow;
  readonly analysis: Analysis;
  readonly decisions: readonly Decision[];
  readonly answer: Pick<Answer, 'outcomes' | 'ways'>;
}

/** Looking at each of very many ways would take long. */
const MOST_WAYS = 50;

/** `matches`: whether it does on some way. */
export interface RuleAnswer {
  readonly matches: boolean;
  readonly says: string;
}

/** Of a rule of the followed sources. */
export function whyNot({ flow, analysis, decisions, answer }: Traced, rule: RuleAt): RuleAnswer {
  const { outcomes, ways } = answer;
  const matching = outcomes.filter((outcome) => outcome.steps.some((step) => isMatch(step, rule)));
  if (matching.length > 0) return { matches: true, says: matched(matching.length, outcomes.length) };
  const slice = { table: rule.table, chain: rule.chain, from: rule.index, to: rule.index + 1 };
  for (const way of ways.slice(0, MOST_WAYS)) {
    const found = consideredOf(analysis, flow, way, slice, { decisions }).find(({ at }) =>
      isSameRule(at, rule),
    );
    if (found !== undefined) {
      return { matches: false, says: `It does not match: ${found.failure.reason}.` };
    }
  }
  if (ways.length > MOST_WAYS) {
    return { matches: false, says: `None of the first ${MOST_WAYS} of its ${ways.length} ways comes to it.` };
  }
  return { matches: false, says: notReached(outcomes, rule) };
}

function isMatch(step: Outcome['steps'][number], rule: RuleAt): boolean {
  return step.kind === 'rule' && isSameRule(step.at, rule);
}

function matched(count: number, all: number): string {
  if (all === 1) return 'It matches this packet.';
  return count === all
    ? `It matches this packet on each of its ${all} ways.`
    : `It matches this packet on ${count} of its ${all} ways.`;
}

/** The packet left the chain before the rule, or never came to the chain. */
function notReached(outcomes: readonly Outcome[], rule: RuleAt): string {
  const before = outcomes
    .flatMap(({ steps }) => steps)
    .flatMap((step) => (step.kind === 'rule' ? [step.at] : []))
    .findLast(
      ({ source, table, chain, index }) =>
        source === rule.source && table === rule.table && chain === rule.chain && index < rule.index,
    );
  return before === undefined
    ? `The packet does not come to chain ${rule.chain} of table ${rule.table}.`
    : `The packet does not come so far: rule ${before.index + 1} of ${rule.chain} takes it before.`;
}
