import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import type { Rule, Table } from '../../../rules/iptables/nodes.ts';

/** Matches and targets whose check function takes a reference on conntrack (nf_ct_netns_get). */
const users = [
  'conntrack',
  'state',
  'connmark',
  'connbytes',
  'connlabel',
  'connlimit',
  'helper',
  'cluster',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
  'CONNMARK',
  'CONNSECMARK',
  'SYNPROXY',
  'CLUSTERIP',
  'CT',
];

const matchUsers = new Set(users.filter((name) => name === name.toLowerCase()));
const targetUsers = new Set(users.filter((name) => name === name.toUpperCase()));

/** A quick look at a rule's text: most rules of a large dump name none of these words. */
const mention = new RegExp(`\\b(?:${users.join('|')})\\b`);

/** Whether some rule makes the kernel track connections. `-j CT --notrack` alone does not (xt_ct_tg_check). */
export function needsConntrack(tables: readonly Table[], text: string): boolean {
  return tables.some((table) =>
    [...table.chains.values()].some((chain) =>
      chain.rules.some((rule) => mention.test(text.slice(rule.start, rule.end)) && usesConntrack(rule)),
    ),
  );
}

function usesConntrack(rule: Rule): boolean {
  if (rule.matches.some((match) => matchUsers.has(canonicalName(match)))) return true;
  const target = rule.target;
  if (target === null || !targetUsers.has(canonicalName(target))) return false;
  return canonicalName(target) !== 'CT' || optionNamed(target.options, '--notrack') === null;
}
