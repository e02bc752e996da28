/** Where a rule leads to: the chains that it jumps or goes to, by itself or by a verdict map. */
import { chainsOf, type PlacedChain } from './chains.ts';
import type { Element } from './expressions.ts';
import type { Ruleset } from './nodes.ts';
import { setNamed } from './sets.ts';
import type { Rule } from './statements.ts';

/** The chain that a rule jumps or goes to, an anonymous one as well; null without one. `index`: of the rule in its chain. */
export function targetOf(
  ruleset: Ruleset,
  { table, name }: PlacedChain,
  rule: Rule,
  index: number,
): PlacedChain | null {
  for (const statement of rule.statements) {
    if (statement.kind !== 'verdict') continue;
    const chain = statement.rules === null ? statement.target?.text : `${name}/${index}`;
    return chain === undefined ? null : chainNamed(ruleset, table, chain);
  }
  return null;
}

/** The elements of a rule's verdict map; null for a rule without one. */
export function elementsOf(ruleset: Ruleset, { table }: PlacedChain, rule: Rule): readonly Element[] | null {
  for (const statement of rule.statements) {
    if (statement.kind !== 'vmap') continue;
    const { data } = statement;
    return data.kind === 'set' ? data.elements : (setNamed(ruleset, table, data.name)?.elements ?? []);
  }
  return null;
}

/** The chain that an element of a verdict map leads to; null for one that leads to none. */
export function targetOfElement(
  ruleset: Ruleset,
  { table }: Pick<PlacedChain, 'table'>,
  { data }: Element,
): PlacedChain | null {
  return data?.kind === 'verdict' && data.target !== null
    ? chainNamed(ruleset, table, data.target.text)
    : null;
}

/** All chains that packets may come to from these, themselves among them. */
export function reachedFrom(ruleset: Ruleset, chains: Iterable<PlacedChain>): ReadonlySet<PlacedChain> {
  return new Set(chainsFrom(ruleset, chains));
}

/** The same, each when it is asked for. */
export function* chainsFrom(ruleset: Ruleset, chains: Iterable<PlacedChain>): Generator<PlacedChain, void> {
  const reached = new Set(chains);
  // A Set lists what is added while it is walked.
  for (const chain of reached) {
    yield chain;
    for (const [index, rule] of chain.rules.entries()) {
      const target = targetOf(ruleset, chain, rule, index);
      if (target !== null) reached.add(target);
      for (const element of elementsOf(ruleset, chain, rule) ?? []) {
        const next = targetOfElement(ruleset, chain, element);
        if (next !== null) reached.add(next);
      }
    }
  }
}

function chainNamed(ruleset: Ruleset, table: string, chain: string): PlacedChain | null {
  return chainsOf(ruleset).get(table)?.get(chain) ?? null;
}
