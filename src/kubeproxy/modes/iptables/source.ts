/** The rules that this mode reads, and places in them. */
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt, SourceId } from '../../../kernel/ruleAt.ts';
import type { Rule, Ruleset } from '../../../rules/iptables/nodes.ts';
import { families } from '../../rulesets.ts';
import type { Sources } from '../../sources.ts';

/** One family's rules, and what they are called. */
export interface IptablesSource {
  readonly id: SourceId;
  readonly family: Family;
  readonly ruleset: Ruleset;
}

/** What the engine follows of a node, one of each family, IPv4 first. */
export function iptablesSources(sources: Sources): readonly IptablesSource[] {
  return families.flatMap((family) => {
    const source = sources.followed(family);
    return source === null ? [] : [{ id: source.id, family, ruleset: source.ruleset }];
  });
}

/** Where a rule of a chain stands. */
export function placeOf(source: SourceId, table: string, chain: string, rule: Rule): RuleAt {
  return { source, table, chain, index: rule.index, span: { start: rule.start, end: rule.end } };
}
