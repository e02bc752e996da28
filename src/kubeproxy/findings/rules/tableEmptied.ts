/** A table out of which somebody took all that kube-proxy keeps there (`iptables -t nat -F`), while the other one still has it. */
import type { Ruleset } from '../../../rules/iptables/nodes.ts';
import { jumpsTo } from '../../references.ts';
import { chainNamed, tableNamed } from '../../rulesets.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** The chain that every release of iptables mode fills, its built-in chain that leads there, and what its absence does, as clauses. */
const KEPT = {
  nat: {
    chain: 'KUBE-SERVICES',
    from: 'PREROUTING',
    so: 'Services are not translated for anybody who sends through this node, and nothing is masqueraded for them',
  },
  filter: {
    chain: 'KUBE-FORWARD',
    from: 'FORWARD',
    so: 'clients of Services without endpoints hang instead of being refused, loadBalancerSourceRanges are not enforced, and nothing of kube-proxy lets forwarded Service traffic through',
  },
} as const;

type KeptTable = keyof typeof KEPT;

/** Null where no table is, where both are, and where the rules at work are those of another mode or backend. */
export function tableEmptied(subject: RulesSubject): Finding | null {
  const { ruleset, family, parts } = subject;
  const { mode, elsewhere } = parts.mode[family];
  if ((mode !== null && mode !== 'iptables') || elsewhere !== null) return null;
  // IPVS mode has KUBE-FORWARD, too.
  if (subject.chain('filter', 'KUBE-EXTERNAL-SERVICES') === null && mode === null) return null;
  if (isEmptied(ruleset, 'nat') && isKept(ruleset, 'filter')) return found(subject, 'nat', 'filter');
  if (isEmptied(ruleset, 'filter') && isKept(ruleset, 'nat')) return found(subject, 'filter', 'nat');
  return null;
}

/** Whether a table that was given holds nothing of the Services: neither rules in the chain that leads to them, nor a jump to it. */
export function isEmptied(ruleset: Ruleset, table: KeptTable): boolean {
  const own = tableNamed(ruleset, table);
  const { chain } = KEPT[table];
  return own !== null && !hasRules(ruleset, table) && jumpsTo(ruleset, own, chain).length === 0;
}

function isKept(ruleset: Ruleset, table: KeptTable): boolean {
  const own = tableNamed(ruleset, table);
  return own !== null && hasRules(ruleset, table) && jumpsTo(ruleset, own, KEPT[table].chain).length > 0;
}

function hasRules(ruleset: Ruleset, table: KeptTable): boolean {
  return (chainNamed(ruleset, table, KEPT[table].chain)?.rules.length ?? 0) > 0;
}

function found(subject: RulesSubject, table: KeptTable, other: KeptTable): Finding {
  const { from, so } = KEPT[table];
  const command = subject.family === 4 ? 'iptables' : 'ip6tables';
  return ruleFinding({
    code: 'jump-missing',
    at: subject.declarationOf(subject.chain(table, from)),
    message: `Table ${table} has none of the rules that kube-proxy keeps there, and table ${other} has them: ${so}. Something else has flushed the table, as "${command} -t ${table} -F" does. Restart kube-proxy on the node, which writes its rules anew, and find who flushes them.`,
  });
}
