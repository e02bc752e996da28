/** Chains of kube-proxy that nothing leads to any more, though it has them called: somebody else flushed the built-in chains. */
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { firstFew } from '../../narrative/words.ts';
import { targetNameOf } from '../../words/ruleView.ts';
import type { Finding, RelatedPlace } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { tableEmptied } from './tableEmptied.ts';

/** A jump that kube-proxy keeps, of every release that writes the chain. */
interface Jump {
  readonly table: 'nat' | 'filter';
  readonly from: string;
  readonly to: string;
  /** The first minor release of Kubernetes 1 that makes it where an older one does not; null = all. */
  readonly since: number | null;
  /** What no longer happens, as a clause. */
  readonly so: string;
}

const NO_SERVICES = 'Services are not translated';
const NO_REFUSAL = 'clients of Services without endpoints hang instead of being refused';

/** `iptablesJumpChains` of k/k pkg/proxy/iptables/proxier.go. */
const jumps: readonly Jump[] = [
  jump('nat', 'PREROUTING', 'KUBE-SERVICES', `${NO_SERVICES} for pods and other machines`),
  jump('nat', 'OUTPUT', 'KUBE-SERVICES', `${NO_SERVICES} for processes of the node itself`),
  jump('nat', 'KUBE-SERVICES', 'KUBE-NODEPORTS', 'node ports are not translated'),
  jump(
    'nat',
    'POSTROUTING',
    'KUBE-POSTROUTING',
    'marked packets are not masqueraded, so that replies get lost',
  ),
  jump('filter', 'FORWARD', 'KUBE-FORWARD', 'nothing of kube-proxy lets forwarded Service traffic through'),
  jump('filter', 'FORWARD', 'KUBE-SERVICES', NO_REFUSAL),
  jump('filter', 'OUTPUT', 'KUBE-SERVICES', NO_REFUSAL),
  jump('filter', 'INPUT', 'KUBE-EXTERNAL-SERVICES', NO_REFUSAL),
  jump('filter', 'FORWARD', 'KUBE-EXTERNAL-SERVICES', NO_REFUSAL, 22),
  jump('filter', 'INPUT', 'KUBE-NODEPORTS', 'health checks of load balancers are not let in'),
  jump('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'loadBalancerSourceRanges are not enforced'),
  jump('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'loadBalancerSourceRanges are not enforced'),
  jump('filter', 'INPUT', 'KUBE-FIREWALL', 'packets to 127.0.0.0/8 from outside are not dropped'),
];

function jump(table: Jump['table'], from: string, to: string, so: string, since: Jump['since'] = null): Jump {
  return { table, from, to, since, so };
}

const UNMARKED = 'Service traffic that needs it is not marked to be masqueraded';
const OPEN = 'loadBalancerSourceRanges are not enforced';

/** `iptablesJumpChain` of k/k pkg/proxy/ipvs/proxier.go. */
const jumpsOfIpvs: readonly Jump[] = [
  jump('nat', 'PREROUTING', 'KUBE-SERVICES', `${UNMARKED} where it comes from pods and other machines`),
  jump('nat', 'OUTPUT', 'KUBE-SERVICES', `${UNMARKED} where the node itself sends it`),
  jump(
    'nat',
    'POSTROUTING',
    'KUBE-POSTROUTING',
    'marked packets are not masqueraded, so that replies get lost',
  ),
  jump('filter', 'FORWARD', 'KUBE-FORWARD', 'nothing of kube-proxy lets forwarded Service traffic through'),
  jump('filter', 'INPUT', 'KUBE-IPVS-FILTER', 'the node answers at Service addresses where no Service does'),
  jump('filter', 'INPUT', 'KUBE-PROXY-FIREWALL', OPEN),
  jump('filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', OPEN),
];

/** One for each table: what took one jump away mostly took the others. */
export function jumpMissing(subject: RulesSubject): readonly Finding[] {
  if (subject.isPart) return [];
  const emptied = tableEmptied(subject);
  if (emptied !== null) return [emptied];
  return (['nat', 'filter'] as const).flatMap((table) => {
    const all = subject.parts.mode[subject.family].mode === 'ipvs' ? jumpsOfIpvs : jumps;
    const missing = all.filter((each) => each.table === table && isMissing(subject, each));
    const [first, ...others] = missing;
    return first === undefined ? [] : [found(subject, first, others)];
  });
}

function isMissing(subject: RulesSubject, { table, from, to, since }: Jump): boolean {
  if (subject.rules(table, to).length === 0 || (!isUsed(subject, from) && !isHook(from))) return false;
  if (leadsTo(subject, table, from, to)) return false;
  return since === null || (subject.parts.dump.sinceMinor ?? 0) >= since;
}

/** A chain of kube-proxy that has no rules jumps nowhere, and says nothing. */
function isUsed(subject: RulesSubject, from: string): boolean {
  return subject.rules('nat', from).length > 0;
}

function isHook(name: string): boolean {
  return !name.startsWith('KUBE-');
}

/** Whether a rule of the chain, or of one that it leads to, jumps there. Chains of kube-proxy lead to no other of these. */
function leadsTo(subject: RulesSubject, table: string, from: string, to: string): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    // The jump to KUBE-NODEPORTS is the last rule of a chain that may be very long.
    for (const rule of subject.rules(table, name).toReversed()) {
      const target = targetNameOf(rule);
      if (target === to) return true;
      if (target === null || seen.has(target) || target.startsWith('KUBE-')) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return false;
}

function found(subject: RulesSubject, first: Jump, others: readonly Jump[]): Finding {
  const { table } = first;
  const all = [first, ...others];
  const what = all.map(({ from, to }) => `${from} to ${to}`);
  const so = [...new Set(all.map((each) => each.so))];
  const related = others.flatMap(({ from, to }): readonly RelatedPlace[] => {
    const at = placeIn(subject, subject.chain(table, from));
    return at === null ? [] : [{ at, message: `No jump from ${from} to ${to}.` }];
  });
  return ruleFinding({
    code: 'jump-missing',
    at:
      placeIn(subject, subject.chain(table, first.from)) ?? placeIn(subject, subject.chain(table, first.to)),
    related,
    message: `Table ${table} has no jump from ${firstFew(what)}, which kube-proxy keeps there: ${firstFew(so)}. Something else has flushed or replaced the chain. Restart kube-proxy on the node, which writes the jumps anew, and find who flushes them.`,
  });
}

function placeIn(subject: RulesSubject, chain: Chain | null): Finding['at'] {
  return subject.declarationOf(chain);
}
