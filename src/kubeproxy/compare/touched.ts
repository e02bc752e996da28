/**
 * Which Service ports are worth a look: those about which the two states do not have the very same words. Of 10,000 ports
 * most have not changed from one moment to the next, and to read them all takes seconds.
 */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Chain } from '../../rules/iptables/nodes.ts';
import { chainTexts, textsWithout } from './chainTexts.ts';
import type { FamilyDifference, StateRules } from './familyDifference.ts';
import { holdsServiceRules, isPortsOwn } from './serviceRules.ts';

/** By id, of either state. */
export function touchedPorts({ before, after, difference }: FamilyDifference): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const table of ['nat', 'filter']) {
    for (const { name, before: one, after: other, alike } of difference.get(table)?.pairs ?? []) {
      if (alike || !holdsServiceRules(table, name)) continue;
      if (isPortsOwn(table, name)) {
        addOwner(touched, name, before, after);
        continue;
      }
      const old = chainTexts(before.source.ruleset, one);
      const now = chainTexts(after.source.ruleset, other);
      addOwners(touched, one, textsWithout(old, now), before, table);
      addOwners(touched, other, textsWithout(now, old), after, table);
    }
  }
  return touched;
}

function addOwner(touched: Set<string>, chain: string, ...states: readonly StateRules[]): void {
  for (const { analysis, source } of states) {
    const owner = analysis.iptables.ofChain(chain, source.families[0]);
    if (owner !== null) touched.add(owner.port.id);
  }
}

/** `indexes`: of the rules that the other state has not. */
function addOwners(
  touched: Set<string>,
  chain: Chain | null,
  indexes: readonly number[],
  { analysis, source }: StateRules,
  table: string,
): void {
  for (const index of indexes) {
    const rule = chain?.rules[index];
    if (rule === undefined) continue;
    const at: RuleAt = {
      source: source.id,
      table,
      chain: rule.chain.text,
      index: rule.index,
      span: { start: rule.start, end: rule.end },
    };
    const owner = analysis.catalog.ofRule(at);
    if (owner !== null) touched.add(owner.id);
  }
}
