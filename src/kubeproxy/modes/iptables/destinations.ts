import type { Chain, Ruleset } from '../../../rules/iptables/nodes.ts';
import { KeptByPart } from '../../../text/kept.ts';
import { byDestination } from './filedBy.ts';
import { RuleIndex } from './ruleIndex.ts';

/** The rules of a chain by the one address that each is for, in one spelling per address; kept with the rules. */
export function destinationsOf(ruleset: Ruleset, chain: Chain): RuleIndex {
  return ruleset.kept.of(indexes).of(chain);
}

function indexes({ text }: Ruleset): KeptByPart<Chain, RuleIndex> {
  return new KeptByPart((chain) => new RuleIndex(text, [chain], byDestination));
}
