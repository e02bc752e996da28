/** Clients that are remembered for an endpoint that gets no new ones: it is gone, and they are sent to it until they are forgotten. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { durationWords } from '../../words/clauses.ts';
import { matchNamed, matchOption, targetNameOf, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** One for each chain that balances. */
export function affinityDeadEndpoint(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart) return [];
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  return others
    .filter(({ name }) => /^KUBE-(?:SVC|SVL|XLB)-/.test(name))
    .flatMap((chain) => found(subject, chain));
}

function found(subject: RulesSubject, chain: Chain): readonly Finding[] {
  const remembering = chain.rules.filter((rule) => isEndpoint(rule) && matchNamed(rule, 'recent') !== null);
  if (remembering.length === 0) return [];
  const { rules } = subject.sharesOf(chain);
  const dead = remembering.filter((rule) => !rules.has(targetNameOf(rule) ?? ''));
  const [first] = dead;
  if (first === undefined || rules.size === 0 || !subject.isJumpedTo(chain)) return [];
  const service = subject.serviceOf(chain.name);
  const seconds = Number(valueOf(matchOption(matchNamed(first, 'recent'), '--seconds')) ?? Number.NaN);
  const long = Number.isInteger(seconds) ? ` for ${durationWords(seconds)} after their last packet` : '';
  const which =
    dead.length === 1
      ? (targetNameOf(first) ?? '')
      : `${targetNameOf(first) ?? ''} and ${dead.length - 1} more`;
  return [
    ruleFinding({
      code: 'affinity-dead-endpoint',
      at: subject.at(chain, first),
      service,
      message: `${service ?? chain.name} keeps clients at ${which}, to which it balances no new ones${countedWords(first)}: those clients are sent${long} to an endpoint that is gone, and wait in vain. Restart kube-proxy on the node; the list of clients is emptied with "echo / > /proc/net/xt_recent/${targetNameOf(first) ?? ''}".`,
    }),
  ];
}

function isEndpoint(rule: Rule): boolean {
  return readFamilyChain(targetNameOf(rule) ?? '')?.kind === 'sep';
}
