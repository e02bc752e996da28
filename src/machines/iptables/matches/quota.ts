import { optionNamed } from '../../../rules/iptables/names.ts';
import { readLongNumber } from '../../../values/numbers.ts';
import { presume } from '../../../kernel/answers.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import { Quotas } from '../state/quotas.ts';
import { type MatchCompiler, ruleWords, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

/** No packet is longer. */
const LONGEST = 65_535;

/** `-m quota --quota 100000`: xt_quota.c. What the dump prints is what there was at first, not what is left. */
export const quota: MatchCompiler = (match, context) => {
  const option = optionNamed(match.options, '--quota');
  const bytes = option === null ? null : valueIn(readLongNumber(valueOf(option)));
  if (option === null || bytes === null) return unknownMatch(match, context);
  const negated = option.negation !== null;
  const all = Number(bytes);
  const asked = presume(
    true,
    `quota:${placeText(context.at)}`,
    'quota-assumed',
    `The quota of ${ruleWords(context)} is taken not to be used up: what is left of it is not in a dump.`,
    `the quota of ${ruleWords(context)} is not used up`,
  );
  return whole(
    match,
    (packet, run) => {
      const quotas = run.state(Quotas);
      if (all >= packet.length && !run.ask(asked)) quotas.end(context.rule);
      if (packet.lengthAssumed && all < LONGEST) {
        const message = `The packet’s length is not given; it is taken to be ${packet.length} bytes, without payload and options.`;
        run.assume('length:quota', 'length-assumed', message);
      }
      return quotas.take(context.rule, all, packet.length) !== negated;
    },
    () => (negated ? 'the quota is not used up' : 'the quota is used up'),
    { stateful: true, leavesTrace: true },
  );
};
