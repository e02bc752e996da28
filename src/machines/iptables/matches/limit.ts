import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import { presume } from '../../../kernel/answers.ts';
import type { MatchCompiler } from './match.ts';

/** `-m limit --limit 5/min`, `-m hashlimit …`: a lone packet finds the bucket full. */
export const limit: MatchCompiler = (match, context) => {
  const { table, chain, index } = context.at;
  const name = canonicalName(match);
  const above = optionNamed(match.options, '--hashlimit-above') !== null;
  const message = `The rate limit (${name}) of rule ${index + 1} in ${table}/${chain} is taken not to be used up.`;
  return [
    {
      span: match,
      stateful: true,
      test: () => {
        const claim = `the rate is within the limit of rule ${index + 1} in ${table}/${chain}`;
        const asked = presume(true, `limit:${table}/${chain}/${index}`, 'limit-assumed', message, claim);
        return above ? { ...asked, negated: true } : asked;
      },
      why: () => (above ? 'the rate is below the limit' : 'the rate limit is used up'),
    },
  ];
};
