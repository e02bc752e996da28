/** HOT PATH: the rules of a chain as their bare text, so that what did not change need not be read. */
import type { Chain, Ruleset } from '../../rules/iptables/nodes.ts';

const BRACKET = 91;

/** Every rule of a chain without its counters; null for a chain that is not there. */
export function chainTexts({ text }: Ruleset, chain: Chain | null): readonly string[] {
  return (chain?.rules ?? []).map(({ start, end }) => {
    const counted = text.charCodeAt(start) === BRACKET;
    return text.slice(counted ? text.indexOf(']', start) + 1 : start, end).trim();
  });
}

/** Whether two chains have the same rules, word for word and in the same order, whatever was counted. */
export function areAlike(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((text, index) => text === after[index]);
}
