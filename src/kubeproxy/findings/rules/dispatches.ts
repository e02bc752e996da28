/** HOT PATH: the rules of one family that hand a Service's traffic on, read once for all findings about them. */
import type { Chain, Rule, Ruleset } from '../../../rules/iptables/nodes.ts';
import { chainNamed } from '../../rulesets.ts';
import { readServiceComment } from '../../modes/iptables/comments.ts';
import { type DispatchRule, readDispatchRule } from '../../modes/iptables/dispatchRule.ts';
import { type FamilyChain, readFamilyChain } from '../../modes/iptables/roles.ts';

/** `-A KUBE-SERVICES -d 10.96.7.7/32 … --dport 80 -j KUBE-SVC-X` */
export interface Dispatch extends DispatchRule {
  /** KUBE-SERVICES or KUBE-NODEPORTS. */
  readonly chain: Chain;
  readonly rule: Rule;
  readonly to: FamilyChain;
}

/** Those of KUBE-SERVICES, then those of KUBE-NODEPORTS, in the order of the rules. */
export function dispatchesOf(ruleset: Ruleset): readonly Dispatch[] {
  return ruleset.kept.of(find);
}

function find(ruleset: Ruleset): readonly Dispatch[] {
  const found: Dispatch[] = [];
  for (const name of ['KUBE-SERVICES', 'KUBE-NODEPORTS']) {
    const chain = chainNamed(ruleset, 'nat', name);
    for (const rule of chain?.rules ?? []) {
      const read = readDispatchRule(rule, ruleset.text);
      const to = read === null ? null : readFamilyChain(read.target);
      if (chain === null || read === null || to === null || to.kind === 'sep') continue;
      found.push({ ...read, chain, rule, to });
    }
  }
  return found;
}

/** `shop/web:http`; null where the rule does not say. An unnamed port has had its colon up to 1.18. */
export function nameOf({ comment }: Pick<DispatchRule, 'comment'>): string | null {
  const name = readServiceComment(comment)?.name ?? null;
  return name?.endsWith(':') === true ? name.slice(0, -1) : name;
}
