/** The tables of nftables and their chains, from what `nft list ruleset`, `nft list tables` or `nft -j list ruleset` prints. */
import { parseRulesetJson } from './jsonParser.ts';
import type { Ruleset } from './nodes.ts';
import { parseRuleset } from './parser.ts';

export interface NftTable {
  /** `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`. */
  readonly family: string;
  readonly name: string;
  /** In the order of the listing; none where only tables were listed. */
  readonly chains: readonly string[];
  /** Whether packets come to it: a chain is at a hook, and the table is not dormant. */
  readonly hooked: boolean;
}

interface Draft {
  readonly family: string;
  readonly name: string;
  readonly chains: string[];
  atHook: boolean;
  dormant: boolean;
}

/** The tables of a listing, each once. Never throws: what is no listing has no tables. */
export function readNftTables(text: string): readonly NftTable[] {
  return tablesOf(parseRuleset(text));
}

/**
 * The tables of `nft -j list ruleset`, as `readNftTables`. nft 1.0.6 prints a table's name in place of its flags: a dormant
 * one then counts as hooked.
 */
export function readNftTablesJson(text: string): readonly NftTable[] {
  return tablesOf(parseRulesetJson(text));
}

const tablesByRuleset = new WeakMap<Ruleset, readonly NftTable[]>();

/** The tables of a ruleset, each once; worked out once of a ruleset. */
export function tablesOf(ruleset: Ruleset): readonly NftTable[] {
  let tables = tablesByRuleset.get(ruleset);
  if (tables === undefined) tablesByRuleset.set(ruleset, (tables = readTables(ruleset)));
  return tables;
}

function readTables({ tables }: Ruleset): readonly NftTable[] {
  const found = new Map<string, Draft>();
  for (const { family, name, flags, items } of tables) {
    const draft = draftOf(found, family, name.text);
    draft.dormant ||= flags.includes('dormant');
    for (const item of items) {
      if (item.kind !== 'chain') continue;
      draft.chains.push(item.name.text);
      draft.atHook ||= item.base !== null;
    }
  }
  return [...found.values()].map(tableOf);
}

function draftOf(found: Map<string, Draft>, family: string, name: string): Draft {
  const key = `${family} ${name}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const draft: Draft = { family, name, chains: [], atHook: false, dormant: false };
  found.set(key, draft);
  return draft;
}

function tableOf({ family, name, chains, atHook, dormant }: Draft): NftTable {
  return { family, name, chains, hooked: atHook && !dormant };
}
