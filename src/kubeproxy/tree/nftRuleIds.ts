/** What the rules of a native chain are called in ids of rows. */
import type { PlacedChain } from '../../rules/nftables/chains.ts';
import { nftRuleWords } from '../words/nftRuleWords.ts';
import { encodeName } from './ruleIds.ts';

interface RuleIds {
  readonly ids: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
}

const known = new WeakMap<PlacedChain, RuleIds>();

/** By their words, and how many before them have the same. */
export function nftRuleIds(chain: PlacedChain): RuleIds {
  let found = known.get(chain);
  if (found === undefined) {
    found = idsOf(chain);
    known.set(chain, found);
  }
  return found;
}

function idsOf({ rules }: PlacedChain): RuleIds {
  const counts = new Map<string, number>();
  const ids = rules.map((rule) => {
    const words = encodeName(nftRuleWords(rule));
    const before = counts.get(words) ?? 0;
    counts.set(words, before + 1);
    return before === 0 ? words : `${words}~${before}`;
  });
  return { ids, indexes: new Map(ids.map((id, index) => [id, index])) };
}
