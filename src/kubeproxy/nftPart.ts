/** Parts of a listing of nft: it lists chains, sets and maps one by one (`nft list chain …`), and what they name then stands elsewhere. */
import { absentNames } from '../rules/nftables/checks/names.ts';
import { tableName } from '../rules/nftables/chains.ts';
import type { Ruleset, Table } from '../rules/nftables/nodes.ts';
import type { Span } from '../text/span.ts';
import type { NftProblem } from '../rules/nftables/checks/problem.ts';
import { either, plural } from './narrative/words.ts';
import { nftOwner } from './nftOwners.ts';
import type { NftText } from './nftSource.ts';

/** What nft writes, and hardly anybody else. */
const PRINTED = /\bcounter packets \d+ bytes \d+|# handle \d+$/mu;

const known = new WeakMap<Ruleset, readonly NftProblem[]>();

/** The names that stand elsewhere; none of a whole table, nor of what somebody wrote: there they are mistakes. Worked out once. */
export function absentFromListing(text: Pick<NftText, 'ruleset' | 'noise'>): readonly NftProblem[] {
  let absent = known.get(text.ruleset);
  if (absent === undefined) {
    const parts = partsIn(text);
    absent =
      parts.length === 0
        ? []
        : absentNames(text.ruleset).filter((name) => parts.some((table) => holds(table, name)));
    known.set(text.ruleset, absent);
  }
  return absent;
}

/** The tables that are here in part. Nobody lists commands; the command that lists stands before what it shows. */
function partsIn({ ruleset, noise }: Pick<NftText, 'ruleset' | 'noise'>): readonly Table[] {
  const { text, tables, commands, defines } = ruleset;
  if (commands.length > 0 || defines.length > 0) return [];
  const isShown = noise.some(({ kind }) => kind === 'prompts');
  return tables.filter((table) => (isShown || isTorn(table)) && isListed(table, text));
}

function holds(table: Table, { start, end }: Span): boolean {
  return table.start <= start && end <= table.end;
}

const FEW = 3;

/** `service-ips and nodeport-ips`, `a, b, c and 2 others` */
export function absentWords(
  { text }: Ruleset,
  absent: readonly NftProblem[],
): { readonly names: string; readonly isOne: boolean } {
  const all = [...new Set(absent.map(({ start, end }) => text.slice(start, end).replace('@', '')))];
  const more = all.length > FEW ? [plural(all.length - FEW, 'other')] : [];
  return { names: either([...all.slice(0, FEW), ...more], 'and'), isOne: all.length === 1 };
}

/** A table of which one thing alone is here, or no chain that packets come to, is a part of one. */
function isTorn({ items }: Table): boolean {
  return items.length === 1 || !items.some((item) => item.kind === 'chain' && item.base !== null);
}

/** A program's tables are listed, not written by hand. */
function isListed(table: Table, text: string): boolean {
  const chains = table.items.flatMap((item) => (item.kind === 'chain' ? [item.name.text] : []));
  const isOwned = ['', ...chains].some((chain) => nftOwner(tableName(table), chain) !== null);
  return isOwned || PRINTED.test(text.slice(table.start, table.end));
}
