/** What two states have in common, and what one alone has. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { type ChangePlace, placesOn } from './change.ts';

export interface Pair<Item> {
  readonly before: Item;
  readonly after: Item;
}

export interface Pairs<Item> {
  readonly both: readonly Pair<Item>[];
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
}

/** Items of one key are one thing, wherever they stand. */
export function pairsOf<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Pairs<Item> {
  const left = new Map(after.map((item) => [keyOf(item), item]));
  const both: Pair<Item>[] = [];
  const removed: Item[] = [];
  for (const item of before) {
    const key = keyOf(item);
    const other = left.get(key);
    if (other === undefined) removed.push(item);
    else both.push({ before: item, after: other });
    left.delete(key);
  }
  return { both, added: [...left.values()], removed };
}

/** The rules of both states. */
export function placesOfPairs(
  pairs: readonly Pair<{ readonly at: RuleAt | null }>[],
): readonly ChangePlace[] {
  const before = pairs.map((pair) => pair.before.at);
  const after = pairs.map((pair) => pair.after.at);
  return [...placesOn('before', before), ...placesOn('after', after)];
}
