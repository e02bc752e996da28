/**
 * Which rules say no more than the catalog does: those that kube-proxy writes for a Service port, in the shapes in which it
 * writes them. A rule that a person put into a chain of kube-proxy's is mostly none of them.
 */
import type { Family } from '../../kernel/flow.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Analysis } from '../analysis.ts';
import { readFamilyChain } from '../modes/iptables/roles.ts';
import type { ServicePort } from '../services/catalog.ts';
import { targetNameOf } from '../words/ruleView.ts';
import { endpointName } from './endpoints.ts';

/** The chains in which kube-proxy writes rules of many Service ports. */
const shared: ReadonlySet<string> = new Set([
  'nat KUBE-SERVICES',
  'nat KUBE-NODEPORTS',
  'filter KUBE-SERVICES',
  'filter KUBE-NODEPORTS',
  'filter KUBE-EXTERNAL-SERVICES',
  'filter KUBE-PROXY-FIREWALL',
]);

/** Whether rules of Service ports may stand there. */
export function holdsServiceRules(table: string, chain: string): boolean {
  return shared.has(`${table} ${chain}`) || isPortsOwn(table, chain);
}

/** Whether a chain is of one Service port, or of an endpoint. */
export function isPortsOwn(table: string, chain: string): boolean {
  return table === 'nat' && readFamilyChain(chain) !== null;
}

/** The Service port that a rule is of; null for a rule of nobody's, and for one that says more than the catalog. */
export function portOfRule({ catalog }: Analysis, at: RuleAt, rule: Rule): ServicePort | null {
  return holdsServiceRules(at.table, at.chain) && hasKnownShape(rule) ? catalog.ofRule(at) : null;
}

/**
 * Whether a text in the very words of iptables-save is a rule that hands a Service's traffic on: as kube-proxy writes them, so
 * that it need not be read.
 */
export function handsOn(text: string): boolean {
  return HANDS_ON.test(text);
}

const HANDS_ON =
  /^-A KUBE-[A-Z]+ -d \S+ -p (tcp|udp|sctp) -m comment --comment "[^"\\]+" -m \1 --dport \d+ -j KUBE-(?:SVC|EXT|FW|XLB)-[A-Z2-7]{16}$/u;

/** Whether what a rule does is the share of an endpoint, and no more. */
export function isBalancing(chain: string, rule: Rule): boolean {
  const from = readFamilyChain(chain);
  const to = readFamilyChain(targetNameOf(rule) ?? '');
  if (from === null || from.kind === 'sep' || to?.kind !== 'sep') return false;
  return rule.matches.every((match) => ['comment', 'statistic'].includes(canonicalName(match)));
}

/** One name for a chain of a Service port in every state, whatever hash each has; of any other chain its own. */
export function sharedNames({ iptables }: Analysis, family: Family): (chain: string) => string {
  const known = new Map<string, string>();
  return (chain) => {
    const name = known.get(chain);
    if (name !== undefined) return name;
    const owner = iptables.ofChain(chain, family);
    const endpoint = owner?.endpoint ? ` ${endpointName(owner.endpoint)}` : '';
    const found = owner === null ? chain : `${owner.kind} ${owner.port.id}${endpoint}`;
    known.set(chain, found);
    return found;
  };
}

/** The conditions and targets of the rules that kube-proxy has written for Services, releases 1.10 to 1.36. */
const options: ReadonlySet<string> = new Set(['-s', '-d', '-p', '-i', '-c']);
const matches: ReadonlySet<string> = new Set([
  'addrtype',
  'comment',
  'nfacct',
  'recent',
  'sctp',
  'statistic',
  'tcp',
  'udp',
]);
const targets: ReadonlySet<string> = new Set(['KUBE-MARK-MASQ', 'KUBE-MARK-DROP', 'DNAT', 'DROP', 'REJECT']);

function hasKnownShape(rule: Rule): boolean {
  return (
    rule.unknown.length === 0 &&
    rule.general.every((option) => options.has(canonicalName(option))) &&
    rule.matches.every((match) => matches.has(canonicalName(match))) &&
    hasKnownTarget(rule)
  );
}

function hasKnownTarget(rule: Rule): boolean {
  const target = targetNameOf(rule);
  if (target === null) return rule.matches.some((match) => canonicalName(match) === 'recent');
  if (target === 'ACCEPT') return rule.chain.text === 'KUBE-NODEPORTS';
  return targets.has(target) || readFamilyChain(target) !== null;
}
