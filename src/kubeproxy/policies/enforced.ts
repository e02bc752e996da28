/** Who enforces NetworkPolicies by rules of this node, and which of its rules say the same as a policy. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { NetworkPolicy } from '../../kubernetes/networkPolicy.ts';
import { guessOwner } from '../owners.ts';

import { tablesOf } from '../rulesets.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { followedSources, type Sources } from '../sources.ts';
import { allCommentsOf } from '../words/ruleView.ts';

/** Network plugins that make rules of iptables of policies (owners.ts); others do it in eBPF or in Open vSwitch. */
const ENFORCERS: ReadonlySet<string> = new Set([
  'Calico',
  'kube-router',
  'Weave Net',
  'Azure Network Policy Manager',
]);

/** The plugin whose chains stand in these rules; null where none is seen. */
export function enforcerIn(sources: Sources): string | null {
  for (const { ruleset } of followedSources(sources)) {
    for (const { chains, name } of tablesOf(ruleset)) {
      for (const chain of chains.values()) {
        const owner = guessOwner(name, chain.name)?.name ?? '';
        if (ENFORCERS.has(owner)) return owner;
      }
    }
  }
  return null;
}

/**
 * The first rule whose comment names the policy, as Calico ("Policy shop/knp.default.deny ingress") and kube-router ("…
 * policy name: deny namespace shop") write it; null where none does.
 */
export function ruleOfPolicy({ namespace, name }: NetworkPolicy, sources: Sources): RuleAt | null {
  for (const { id, ruleset } of followedSources(sources)) {
    for (const table of tablesOf(ruleset)) {
      for (const chain of table.chains.values()) {
        if (!ENFORCERS.has(guessOwner(table.name, chain.name)?.name ?? '')) continue;
        for (const rule of chain.rules) {
          const isNamed = allCommentsOf(rule).some((text) => {
            const words = text.split(/[\s/]+/);
            return (
              words.includes(namespace) && words.some((word) => word === name || word.endsWith(`.${name}`))
            );
          });
          if (isNamed) return placeOf(id, table.name, chain.name, rule);
        }
      }
    }
  }
  return null;
}
