/** Who is masqueraded on the way to a cluster IP: pkg/proxy/ipvs/proxier.go, writeIptablesRules. */
import type { Family } from '../../../kernel/flow.ts';
import type { Rule, Table } from '../../../rules/iptables/nodes.ts';
import type { Masquerade } from '../../services/frontend.ts';
import { generalOption, matchNamed, matchOption, targetNameOf, valueOf } from '../../words/ruleView.ts';

/** `-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ` */
export function clusterIpMasquerade(nat: Table | null, family: Family): Masquerade {
  const set = family === 4 ? 'KUBE-CLUSTER-IP' : 'KUBE-6-CLUSTER-IP';
  const rule = nat?.chains
    .get('KUBE-SERVICES')
    ?.rules.find((each) => targetNameOf(each) === 'KUBE-MARK-MASQ' && setOf(each)?.[0] === set);
  if (rule === undefined) return { kind: 'never' };
  if (setOf(rule)?.[1] === 'src,dst') return { kind: 'when', when: 'the source is itself a cluster IP' };
  const source = valueOf(generalOption(rule, '-s'));
  return source === null ? { kind: 'always' } : { kind: 'unless', unless: `from ${source}` };
}

function setOf(rule: Rule): readonly string[] | null {
  const option = matchOption(matchNamed(rule, 'set'), '--match-set');
  return option === null ? null : option.values.map(({ text }) => text);
}
