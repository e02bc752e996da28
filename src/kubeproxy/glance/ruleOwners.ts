/** Whose the rules of a node look like. */
import type { Chain, Table } from '../../rules/iptables/nodes.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { guessOwner, ownerOfRule } from '../owners.ts';
import { families, tablesOf } from '../rulesets.ts';
import { countedWords, type GlanceLine } from './line.ts';

const MOST_OWNERS = 6;
const NOBODY = 'owner not known';

/** Owner → rules of the sources that are followed. Pauses after each table. */
export function* ruleOwners({ sources }: Pick<Analysis, 'sources'>): Steps<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const family of families) {
    const source = sources.followed(family);
    if (source === null) continue;
    for (const table of tablesOf(source.ruleset)) {
      for (const chain of table.chains.values()) countChain(counts, table, chain);
      yield;
    }
  }
  return counts;
}

/** A chain of somebody's is told by its name; in those of the kernel each rule may be another's. */
function countChain(counts: Map<string, number>, { name: table }: Table, chain: Chain): void {
  const own = guessOwner(table, chain.name);
  if (own !== null) {
    add(counts, own.name, chain.rules.length);
    return;
  }
  for (const rule of chain.rules) add(counts, ownerOfRule(table, chain.name, rule) ?? NOBODY, 1);
}

function add(counts: Map<string, number>, owner: string, count: number): void {
  if (count > 0) counts.set(owner, (counts.get(owner) ?? 0) + count);
}

export function ownersLine(counts: ReadonlyMap<string, number>): GlanceLine | null {
  if (counts.size === 0) return null;
  return { id: 'owners', title: 'Rules by owner', words: countedWords(counts, MOST_OWNERS), state: 'ok' };
}
