import type { Ruleset } from '../nodes.ts';
import { CompactRuleset } from './compactRuleset.ts';

/** The rules that its tables have in the end, without a node of each where flat lists know their number. */
export function countRules(ruleset: Ruleset): number {
  let count = 0;
  if (ruleset instanceof CompactRuleset) {
    for (const { chains } of ruleset.source.sections) for (const each of chains.count) count += each;
    return count;
  }
  for (const { chains } of ruleset.tables) for (const { rules } of chains.values()) count += rules.length;
  return count;
}
