/** HOT PATH: the rules of a chain as their bare text, so that what did not change need not be read. */
import { textsOf } from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset } from '../../rules/iptables/nodes.ts';

const BRACKET = 91;

/** Every rule of a chain without its counters; null for a chain that is not there. */
export function chainTexts(ruleset: Ruleset, chain: Chain | null): readonly string[] {
  const lines = chain === null ? [] : textsOf(ruleset, chain);
  return lines.map((line) =>
    (line.charCodeAt(0) === BRACKET ? line.slice(line.indexOf(']') + 1) : line).trim(),
  );
}

/** Whether two chains have the same rules, word for word and in the same order, whatever was counted. */
export function areAlike(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((text, index) => text === after[index]);
}

/** The indexes of those of `texts` that `others` does not have, or not as often. */
export function textsWithout(texts: readonly string[], others: readonly string[]): readonly number[] {
  const left = new Map<string, number>();
  for (const text of others) left.set(text, (left.get(text) ?? 0) + 1);
  return texts.flatMap((text, index) => {
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    return count > 0 ? [] : [index];
  });
}
