/** loadBalancerSourceRanges that let nobody in, or let some in too late (k/k #110289). */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { generalOption, isUnconditional, targetNameOf, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

export function sourceRangesShut(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart) return [];
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  return others
    .filter(
      (chain) => chain.name.startsWith('KUBE-FW-') && chain.rules.length > 0 && subject.isJumpedTo(chain),
    )
    .flatMap((chain) => found(subject, chain));
}

function found(subject: RulesSubject, chain: Chain): readonly Finding[] {
  const drop = chain.rules.findIndex(
    (rule) => targetNameOf(rule) === 'KUBE-MARK-DROP' && isUnconditional(rule),
  );
  const before = drop === -1 ? chain.rules : chain.rules.slice(0, drop);
  const late = drop === -1 ? [] : chain.rules.slice(drop).filter((rule) => letsIn(rule));
  const service = subject.serviceOf(chain.name);
  const title = service ?? chain.name;
  if (!before.some((rule) => letsIn(rule))) {
    const rule = chain.rules[drop] ?? chain.rules.at(-1);
    return [
      ruleFinding({
        code: 'source-ranges-shut',
        at: rule === undefined ? subject.declarationOf(chain) : subject.at(chain, rule),
        service,
        message: `${chain.name} lets no source in before it drops: nobody reaches the load-balancer IP of ${title} through this node, and clients wait until their time is up. Look at loadBalancerSourceRanges of the Service: a range is missing, or is one of the other address family.`,
      }),
    ];
  }
  const [first] = late;
  if (first === undefined || before.some((rule) => letsIn(rule) && isUnconditional(rule))) return [];
  return [
    ruleFinding({
      code: 'source-ranges-shut',
      severity: 'information',
      at: subject.at(chain, first),
      service,
      message: `${chain.name} lets ${valueOf(generalOption(first, '-s')) ?? 'some'} in behind the rule that has marked everything to be dropped: this source reaches the load-balancer IP of ${title} no more than others. Add it to loadBalancerSourceRanges of the Service.`,
    }),
  ];
}

function letsIn(rule: Rule): boolean {
  const kind = readFamilyChain(targetNameOf(rule) ?? '')?.kind;
  return kind !== undefined && kind !== 'fw';
}
