/** Source ranges of a load balancer that let nobody in. */
import { groupBy } from '../../../text/groupBy.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject, serviceOfChain } from './subject.ts';
import { endOf, endsAll } from './terminal.ts';

/** kube-proxy drops all but the ranges: without any it writes no such chain. */
export function sourceRanges(subject: NftSubject): readonly Finding[] {
  return subject.tables.flatMap((table) => {
    const chains = groupBy(table.dispatches.guarded, ({ chain }) => chain);
    return [...chains.keys()].flatMap((chain) => {
      const index = chain.rules.findIndex((rule) => endsAll(rule, chain.family));
      const rule = chain.rules[index];
      if (rule === undefined || endOf(rule) !== 'drop' || chain.rules.slice(0, index).some(letsIn)) return [];
      const service = serviceOfChain(chain);
      return [
        ruleFinding({
          code: 'source-ranges-shut',
          at: subject.atRule(chain, index),
          service,
          message: `${chainWords(chain).replace(/^c/, 'C')} drops whatever its source is: nobody reaches the load-balancer IP of ${service ?? chain.name} through this node, and clients wait until their time is up. kube-proxy writes no such rule: restart it on the node, which writes its table anew, and look at loadBalancerSourceRanges of the Service.`,
        }),
      ];
    });
  });
}

/** A rule by which some get out of the chain before it drops. */
function letsIn(rule: Parameters<typeof endOf>[0]): boolean {
  const end = endOf(rule);
  return end === 'accept' || end === 'return' || end === 'goto';
}
