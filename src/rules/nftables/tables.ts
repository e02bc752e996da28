/** The tables of nftables and their chains, from what `nft list ruleset`, `nft list tables` or `nft -j list ruleset` prints. */
import { isRecord, type JsonRecord, parseRecord } from '../../text/json.ts';
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
  const found = new Map<string, Draft>();
  for (const { family, name, flags, items } of parseRuleset(text).tables) {
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

/**
 * The tables of `nft -j list ruleset`, as `readNftTables`. nft 1.0.6 prints a table's name in place of its flags: a dormant
 * one then counts as hooked.
 */
export function readNftTablesJson(text: string): readonly NftTable[] {
  const listed = parseRecord(text)?.['nftables'];
  const items = Array.isArray(listed) ? listed : [];
  const found = new Map<string, Draft>();
  for (const item of items.filter(isRecord)) {
    if (isRecord(item['table'])) takeTable(found, item['table']);
    if (isRecord(item['chain'])) takeChain(found, item['chain']);
  }
  return [...found.values()].map(tableOf);
}

function takeTable(found: Map<string, Draft>, { family, name, flags }: JsonRecord): void {
  if (typeof family !== 'string' || typeof name !== 'string') return;
  const draft = draftOf(found, family, name);
  draft.dormant ||= flags === 'dormant' || (Array.isArray(flags) && flags.includes('dormant'));
}

function takeChain(found: Map<string, Draft>, { family, table, name, hook }: JsonRecord): void {
  if (typeof family !== 'string' || typeof table !== 'string' || typeof name !== 'string') return;
  const draft = draftOf(found, family, table);
  draft.chains.push(name);
  draft.atHook ||= typeof hook === 'string';
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
