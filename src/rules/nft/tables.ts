/** The tables of nftables and their chains, from what `nft list ruleset`, `nft list tables` or `nft -j list ruleset` prints. */
import { isRecord, type JsonRecord, parseRecord } from '../../text/json.ts';

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

/** What a listing is made of: `"…"`, a comment, a brace, the end of a statement. */
const TOKEN = /"[^"\n]*"|#[^\n]*|[{};\n]/gu;

/** `table inet firewalld`, `table nat` (of family ip) */
const TABLE = /^table (?:(ip|ip6|inet|arp|bridge|netdev) )?([^\s"]+)$/u;
/** `chain nat-prerouting` */
const CHAIN = /^chain ([^\s"]+)$/u;
/** `type nat hook prerouting priority dstnat` */
const HOOK = /^type \w+ hook \w+ /u;

/**
 * The tables of a listing, each once. Only headers where nft prints them count: not those in comments, in strings, or in a
 * block of another kind. Never throws: what is no listing has no tables.
 */
export function readNftTables(text: string): readonly NftTable[] {
  const reader = new ListingReader();
  let start = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('"')) continue;
    reader.take(text.slice(start, index).trim(), token);
    start = index + token.length;
  }
  reader.take(text.slice(start).trim(), '\n');
  return reader.tables;
}

class ListingReader {
  readonly #found = new Map<string, Draft>();
  /** Blocks that are open, the outermost first; null for one that is neither a table nor a chain of one. */
  readonly #open: ('table' | 'chain' | null)[] = [];
  #table: Draft | null = null;

  get tables(): readonly NftTable[] {
    return [...this.#found.values()].map(tableOf);
  }

  /** `words`: what stands before the token, since the one before it. A comment ends no statement, and begins none. */
  take(words: string, token: string): void {
    if (token === '{') this.#begin(words);
    else if (words !== '') this.#statement(words);
    if (token === '}' && this.#open.pop() === 'table') this.#table = null;
  }

  #begin(words: string): void {
    const outer = this.#open.at(-1);
    if (outer === undefined && TABLE.test(words)) {
      this.#table = this.#draft(words);
      this.#open.push('table');
      return;
    }
    const [, chain] = outer === 'table' ? (CHAIN.exec(words) ?? []) : [];
    if (chain !== undefined) this.#table?.chains.push(chain);
    this.#open.push(chain === undefined ? null : 'chain');
  }

  #statement(words: string): void {
    const outer = this.#open.at(-1);
    if (outer === undefined) this.#draft(words);
    if (this.#table === null) return;
    if (outer === 'chain' && HOOK.test(words)) this.#table.atHook = true;
    if (outer === 'table' && /^flags .*\bdormant\b/u.test(words)) this.#table.dormant = true;
  }

  #draft(words: string): Draft | null {
    const [, family = 'ip', name] = TABLE.exec(words) ?? [];
    return name === undefined ? null : draftOf(this.#found, family, name);
  }
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
