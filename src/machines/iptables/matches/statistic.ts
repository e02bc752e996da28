import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { readProbability } from '../../../values/marks.ts';
import { readNumber, MAX_32 } from '../../../values/numbers.ts';
import { negateIf } from '../../../kernel/answers.ts';
import { NthCounters } from '../state/nthCounters.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import { type CompiledMatch, type MatchCompiler, type RuleContext, unknownMatch, valueOf } from './match.ts';
import { valueIn } from './reading.ts';

/** The kernel compares 31 random bits with the threshold: xt_statistic.c. */
const STEPS = 2 ** 31;

/** `-m statistic --mode random --probability 0.5`, `--mode nth --every 3 --packet 0` */
export const statistic: MatchCompiler = (match, context) =>
  random(match) ?? nth(match, context) ?? unknownMatch(match, context);

function random(match: Match): readonly CompiledMatch[] | null {
  const option = optionNamed(match.options, '--probability');
  const threshold = option === null ? null : valueIn(readProbability(valueOf(option)))?.threshold;
  if (option === null || threshold === null || threshold === undefined) return null;
  const probability = threshold / STEPS;
  const negated = option.negation !== null;
  return [
    {
      span: option,
      stateful: true,
      random: negated ? 1 - probability : probability,
      test: () => negateIf(negated, { kind: 'chance', probability }),
      why: () => 'the random choice fell on another rule',
    },
  ];
}

function nth(match: Match, context: RuleContext): readonly CompiledMatch[] | null {
  const option = optionNamed(match.options, '--every');
  const every = option === null ? null : valueIn(readNumber(valueOf(option), MAX_32));
  if (option === null || every === null || every === 0) return null;
  const negated = option.negation !== null;
  const { rule, at } = context;
  return [
    {
      span: option,
      stateful: true,
      leavesTrace: true,
      test: (_, run) => {
        run.assume(
          `nth:${placeText(at)}`,
          'nth-unknown',
          `Where the counter of “--every ${every}” stands is not in a dump; each position is taken to be as likely.`,
        );
        const counters = run.state(NthCounters);
        const counts = run.chance(counters.chance(rule, every));
        counters.count(rule, counts);
        return counts !== negated;
      },
      why: () => 'it was not the counter’s turn',
    },
  ];
}
