/** Policy rules of `ip rule`, and which of them a packet meets (net/core/fib_rules.c: fib_rule_match). */
import type { Address, Family, Network } from '../../values/address.ts';
import type { FibQuery } from './fibQuery.ts';
import type { Node, RoutingRule, RuleSelector } from './node.ts';
import type { OpenSelector } from './traffic.ts';

const DEFAULT_RULES: readonly [priority: number, table: string][] = [
  [0, 'local'],
  [32766, 'main'],
  [32767, 'default'],
];

export interface PolicyRules {
  /** In order of priority. */
  readonly rules: readonly RoutingRule[];
  /** There are some beyond the three that every node has. */
  readonly custom: boolean;
  readonly known: boolean;
}

/** The rules of a family; where they are not known, those that every node has. */
export function policyRulesOf(node: Node, family: Family): PolicyRules {
  const rules = (node.rules ?? []).filter((rule) => rule.family === null || rule.family === family);
  const complete = rules.some((rule) => rule.action.kind === 'table' && rule.action.table === 'main');
  const defaults = DEFAULT_RULES.map(([priority, table]) => plainRule(family, priority, table));
  const all = complete ? rules : [...rules, ...defaults].toSorted((a, b) => a.priority - b.priority);
  return { rules: all, custom: all.some((rule) => !isDefault(rule)), known: complete || rules.length > 0 };
}

function plainRule(family: Family, priority: number, table: string): RoutingRule {
  return {
    family,
    priority,
    from: null,
    to: null,
    mark: null,
    markMask: 0xffffffff,
    inputInterface: null,
    outputInterface: null,
    not: false,
    tos: 0,
    selectors: [],
    suppressPrefixLength: null,
    suppressGroup: null,
    givesRealms: false,
    action: { kind: 'table', table },
  };
}

function isDefault(rule: RoutingRule): boolean {
  const table = rule.action.kind === 'table' ? rule.action.table : '';
  return DEFAULT_RULES.some(([priority, name]) => priority === rule.priority && name === table);
}

/** IPv4 compares the bits of the old TOS field alone, in rules and in routes (fib_dscp_masked_match), IPv6 all of DSCP. */
export function hasTos(wanted: number, { tos, destination }: FibQuery): boolean {
  return wanted === 0 || wanted === (tos & (destination.family === 4 ? 0x1c : 0xfc));
}

/** Whether the rule is for the packet; null where that hangs on a selector that is open. */
export function ruleMatches(rule: RoutingRule, query: FibQuery, node: Node): boolean | null {
  const matches =
    (rule.inputInterface === null || rule.inputInterface === query.inputInterface) &&
    (rule.outputInterface === null || rule.outputInterface === query.outputInterface) &&
    (((rule.mark ?? 0) ^ query.mark) & (rule.mark === null ? 0 : rule.markMask)) === 0 &&
    hasTos(rule.tos, query) &&
    (rule.to === null || (query.destination.value & rule.to.mask) === rule.to.value) &&
    (rule.from === null || holdsSource(rule.from, query.source));
  if (!matches || rule.selectors.length === 0) return matches !== rule.not;
  const answers = rule.selectors.map((selector) => holds(selector, query, node));
  if (answers.includes(false)) return rule.not;
  return answers.every((answer) => answer === true) ? !rule.not : null;
}

/** As `ruleMatches`, of a rule for which that is open, with the answers of `query.traffic.ask`; null where there is none. */
export function askWhetherMatches(rule: RoutingRule, query: FibQuery, node: Node): boolean | null {
  let isOpen = false;
  for (const selector of rule.selectors) {
    const open = holds(selector, query, node);
    const answer = typeof open === 'boolean' ? open : query.traffic.ask(open, rule.priority);
    if (answer === false) return rule.not;
    isOpen ||= answer === null;
  }
  return isOpen ? null : !rule.not;
}

/** A packet whose source is still to be chosen counts as one from 0.0.0.0 or ::. */
export function holdsSource(network: Network, source: Address | null): boolean {
  return ((source?.value ?? 0n) & network.mask) === network.value;
}

/** Yes, no, or what it hangs on. */
function holds(selector: RuleSelector, query: FibQuery, node: Node): boolean | OpenSelector {
  const { traffic } = query;
  switch (selector.kind) {
    case 'protocol':
      if (traffic.protocol === null) return { kind: 'other', name: 'ipproto' };
      return traffic.protocol === selector.protocol;
    case 'port':
      return holdsPort(selector, selector.end === 'source' ? traffic.sourcePort : traffic.destinationPort);
    case 'user':
      if (traffic.uid === null) return { kind: 'user', from: selector.from, to: selector.to };
      return traffic.uid >= selector.from && traffic.uid <= selector.to;
    case 'dscp':
      return (((query.tos >> 2) ^ selector.value) & selector.mask) === 0;
    case 'tunnel':
      // Only what came in by a tunnel carries its key; what the node makes carries none.
      return isLoopback(node, query.inputInterface) ? false : { kind: 'tunnel', id: selector.id };
    case 'vrf':
      return isInVrf(node, query);
    default:
      return { kind: 'other', name: selector.name };
  }
}

function holdsPort(
  selector: RuleSelector & { readonly kind: 'port' },
  port: number | null,
): boolean | OpenSelector {
  const { end, from, to, mask } = selector;
  if (port === null) return { kind: 'port', end, from, to };
  return mask === 0 ? port >= from && port <= to : ((from ^ port) & mask) === 0;
}

function isLoopback(node: Node, name: string): boolean {
  return node.interfaces?.get(name)?.loopback ?? name === 'lo';
}

/** l3mdev_fib_rule_match: one of the interfaces belongs to a VRF, or is one. */
function isInVrf(node: Node, query: FibQuery): boolean | OpenSelector {
  const names = [query.inputInterface, query.outputInterface].filter((name) => name !== null);
  const outside = names.filter((name) => !isLoopback(node, name));
  if (outside.length === 0) return false;
  if (node.interfaces === null) return { kind: 'other', name: 'l3mdev' };
  return outside.some((name) => {
    const of = node.interfaces?.get(name);
    return isVrf(node, name) || (of?.master !== null && of?.master !== undefined && isVrf(node, of.master));
  });
}

/** A bond has the flag MASTER too, but speaks ARP. */
function isVrf(node: Node, name: string): boolean {
  const flags = node.interfaces?.get(name)?.flags ?? [];
  return flags.includes('MASTER') && flags.includes('NOARP');
}
