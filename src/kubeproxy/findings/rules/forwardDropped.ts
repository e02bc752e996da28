/** What pods send each other over the node is dropped in FORWARD: by its policy, or by a rule of somebody else's. */
import { guessOwner } from '../../owners.ts';
import { isUnconditional } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { podNetworks } from './podAddresses.ts';
import { isForAllPods, mayBeForPods } from './podTraffic.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { type EndingRule, endOf } from './walk.ts';

/** Only of nodes on which kube-proxy works: elsewhere nothing need be forwarded. */
export function forwardDropped(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('filter', 'FORWARD');
  if (subject.isPart || chain === null || !subject.hasKubeProxy) return [];
  const pods = podNetworks(subject);
  const end = endOf(
    subject,
    'filter',
    'FORWARD',
    (rule) => mayBeForPods(rule, pods),
    (rule) => isForAllPods(rule, pods),
  );
  if (end === 'passes') return [];
  if (end !== 'goes on') return end.chain.name.startsWith('KUBE-') ? [] : [byRule(subject, end)];
  const { declaration } = chain;
  if (declaration?.policy?.text !== 'DROP') return [];
  return [
    ruleFinding({
      code: 'forward-dropped',
      at: subject.declarationOf(chain),
      message: `The policy of FORWARD is DROP, and no rule accepts what pods send that is neither marked by kube-proxy nor of a known connection: pods reach neither pods on other nodes nor the outside, also not through Services.${setBy(subject)} Accept the traffic of pods ("iptables -A FORWARD -s POD-CIDR -j ACCEPT" and the same with -d), or set it back with "iptables -P FORWARD ACCEPT".`,
    }),
  ];
}

/** Who sets such a policy, as far as its chains stand there: ` Docker sets this policy.`; empty where nobody is seen. */
function setBy(subject: RulesSubject): string {
  const chains = [...(subject.table('filter')?.chains.keys() ?? [])];
  if (chains.some((name) => name.startsWith('ufw-')))
    return ' ufw sets this policy (DEFAULT_FORWARD_POLICY in /etc/default/ufw).';
  return chains.some((name) => name.startsWith('DOCKER')) ? ' Docker sets this policy.' : '';
}

function byRule(subject: RulesSubject, { chain, rule, target }: EndingRule): Finding {
  const owner = guessOwner('filter', chain.name);
  const whose = owner === null ? '' : `, which looks like ${owner.name}’s,`;
  const own = chain.name === 'FORWARD' && isUnconditional(rule) ? chain.rules.slice(rule.index + 1) : [];
  return ruleFinding({
    code: 'forward-dropped',
    at: subject.at(chain, rule),
    message: `Rule ${rule.index + 1} of ${chain.name}${whose} ${target === 'REJECT' ? 'rejects' : 'drops'} ${isUnconditional(rule) ? 'everything that this node forwards' : 'what pods send or get'}${countedWords(rule)}, and nothing before it accepts what pods send: pods reach neither pods on other nodes nor the outside, also not through Services. Delete the rule, or accept the traffic of pods before it.`,
    related: own
      .slice(0, MOST_RELATED)
      .map((each) => ({ at: subject.at(chain, each), message: 'No packet gets to this rule.' })),
  });
}

const MOST_RELATED = 8;
