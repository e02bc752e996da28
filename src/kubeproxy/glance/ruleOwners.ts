/** Whose the rules of a node look like. */
import { countOf } from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../rules/iptables/nodes.ts';
import { tableName } from '../../rules/nftables/chains.ts';
import type { Table as NftTable } from '../../rules/nftables/nodes.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { guessNftOwner, nftOwner } from '../nftOwners.ts';
import { madeByIptables, nftRuleCount, type NftSource } from '../nftSource.ts';
import { guessOwner, ownerInLine, ownerOfGuestRule } from '../owners.ts';
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
      for (const chain of table.chains.values()) countChain(counts, source.ruleset, table, chain);
      yield;
    }
  }
  if (sources.nft !== null) countNative(counts, sources.nft);
  return counts;
}

/** Native tables are told by their names, those of iptables by the names of their chains. */
function countNative(counts: Map<string, number>, source: NftSource): void {
  const byChains = new Set(madeByIptables(source));
  for (const table of source.ruleset.tables) {
    const own = { ...source, ruleset: { ...source.ruleset, tables: [table] } };
    if (byChains.has(tableName(table))) countListed(counts, table);
    else add(counts, guessNftOwner(tableName(table))?.name ?? NOBODY, nftRuleCount(own));
  }
}

function countListed(counts: Map<string, number>, table: NftTable): void {
  for (const item of table.items) {
    if (item.kind === 'chain')
      add(counts, nftOwner(tableName(table), item.name.text) ?? NOBODY, item.rules.length);
  }
}

/** A chain of somebody's is told by its name; in those of the kernel each rule may be another's. */
function countChain(
  counts: Map<string, number>,
  { text }: Ruleset,
  { name: table }: Table,
  chain: Chain,
): void {
  const own = guessOwner(table, chain.name);
  if (own !== null) {
    add(counts, own.name, countOf(chain));
    return;
  }
  for (const rule of chain.rules) {
    const found = ownerInLine(table, text.slice(rule.start, rule.end));
    add(counts, (found === undefined ? ownerOfGuestRule(table, rule) : found) ?? NOBODY, 1);
  }
}

function add(counts: Map<string, number>, owner: string, count: number): void {
  if (count > 0) counts.set(owner, (counts.get(owner) ?? 0) + count);
}

export function ownersLine(counts: ReadonlyMap<string, number>): GlanceLine | null {
  if (counts.size === 0) return null;
  return { id: 'owners', title: 'Rules by owner', words: countedWords(counts, MOST_OWNERS), state: 'ok' };
}
