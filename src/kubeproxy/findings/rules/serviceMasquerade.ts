/** Service ports whose traffic is not marked to be masqueraded where kube-proxy marks it, and entries from outside that lead nowhere. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { type Dispatch, dispatchesOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

const RESTART = 'Restart kube-proxy on the node, which writes the rule anew.';

/** Of cluster IPs, where the others' chains mark; and of KUBE-EXT, which marks all that comes from outside to a policy of Cluster. */
export function serviceMasquerade(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart || subject.rules('nat', 'KUBE-MARK-MASQ').length === 0) return [];
  return [...ofClusterIPs(subject), ...ofEntries(subject)];
}

/** `-A KUBE-SVC-X ! -s CLUSTER-CIDR -d VIP … -j KUBE-MARK-MASQ` stands in each chain that a cluster IP leads to, or in none. */
function ofClusterIPs(subject: RulesSubject): readonly Finding[] {
  const { text } = subject.ruleset;
  const chains = new Map<string, Dispatch>();
  for (const each of dispatchesOf(subject.ruleset)) {
    const isClusterIP =
      each.comment.endsWith(' cluster IP') && (each.to.kind === 'svc' || each.to.kind === 'svl');
    if (isClusterIP && !chains.has(each.target)) chains.set(each.target, each);
  }
  const marks = (rule: Rule | undefined): boolean =>
    rule !== undefined && MARKS.test(text.slice(rule.start, rule.end));
  const unmarked = [...chains].filter(([name]) => !marks(subject.rules('nat', name)[0]));
  // In the minority they are the odd ones; up to 1.21 all of them are, and where nobody tells pods from others.
  if (unmarked.length * 2 >= chains.size) return [];
  return unmarked.flatMap(([name]) => {
    const chain = subject.chain('nat', name);
    if (
      chain === null ||
      chain.rules.length === 0 ||
      chain.rules.some((rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ')
    )
      return [];
    const service = subject.serviceOf(name);
    return [
      ruleFinding({
        code: 'masquerade-missing',
        at: subject.declarationOf(chain),
        service,
        message: `${name} has no rule that marks what does not come from pods with KUBE-MARK-MASQ, as the chains of other Services have: what another machine or a process of the node sends to the cluster IP of ${service ?? name} goes on with its own address, and the reply does not come back through this node. ${RESTART}`,
      }),
    ];
  });
}

const MARKS = /-j KUBE-MARK-MASQ$/;

function ofEntries(subject: RulesSubject): readonly Finding[] {
  const { others } = regularChains(subject.ruleset, subject.table('nat'));
  return others
    .filter(({ name, rules }) => name.startsWith('KUBE-EXT-') && rules.length > 0)
    .flatMap((chain) => ofEntry(subject, chain));
}

/** Of a policy of Local the jumps to KUBE-SVC have conditions, and a chain without a local endpoint has no other. */
function ofEntry(subject: RulesSubject, chain: Chain): readonly Finding[] {
  const everybody = chain.rules.filter((rule) => isUnconditional(rule));
  const marks = everybody.find((rule) => targetNameOf(rule) === 'KUBE-MARK-MASQ');
  const leads = everybody.find((rule) => readFamilyChain(targetNameOf(rule) ?? '') !== null);
  const kind = readFamilyChain(leads === undefined ? '' : (targetNameOf(leads) ?? ''))?.kind;
  const isUnmarked = kind === 'svc' && (marks === undefined || marks.index > (leads?.index ?? 0));
  const isCut = marks !== undefined && leads === undefined;
  if ((!isUnmarked && !isCut) || !subject.isJumpedTo(chain)) return [];
  const service = subject.serviceOf(chain.name);
  const title = service ?? chain.name;
  const balancing = chain.name.replace('KUBE-EXT-', 'KUBE-SVC-');
  return [
    ruleFinding({
      code: isCut ? 'jump-missing' : 'masquerade-missing',
      at: subject.declarationOf(chain),
      service,
      message: isCut
        ? `${chain.name} has no jump to ${balancing}: what comes from outside to ${title} is marked and not translated, so that it ends at the node itself, which refuses it or is silent. ${RESTART}`
        : `${chain.name} hands on to ${balancing} without KUBE-MARK-MASQ before it: what comes from outside to ${title} goes to endpoints on other nodes with the client’s own address, and their replies go past this node; connections hang. ${RESTART}`,
    }),
  ];
}
