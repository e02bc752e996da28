import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Match, Table } from '../../../rules/iptables/nodes.ts';

/** All uses of a match, in the order in which a restore loads them; of the rules only those are looked into whose text names it. */
export function* matchesNamed(tables: readonly Table[], text: string, name: string): Generator<Match> {
  for (const table of tables) {
    for (const { rules } of table.chains.values()) {
      for (const rule of rules) {
        if (!text.slice(rule.start, rule.end).includes(name)) continue;
        for (const match of rule.matches) if (canonicalName(match) === name) yield match;
      }
    }
  }
}
