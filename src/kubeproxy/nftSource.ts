/** The native tables of a node: what `nft list ruleset` shows, as one source of rules for both address families. */
import { lookup } from '../text/lookup.ts';
import type { Family } from '../kernel/flow.ts';
import type { RulePlace, SourceId } from '../kernel/ruleAt.ts';
import type { SnapshotFiles } from '../kernel/snapshot.ts';
import { appliedRuleset } from '../rules/nftables/applied.ts';
import { chainsOf, type PlacedChain, tableName } from '../rules/nftables/chains.ts';
import { parseRulesetJson } from '../rules/nftables/jsonParser.ts';
import type { Ruleset, Table } from '../rules/nftables/nodes.ts';
import { parseRuleset } from '../rules/nftables/parser.ts';
import type { Rule } from '../rules/nftables/statements.ts';
import { type NftPaste, readNftPaste } from './nftPaste.ts';
import { LineIndex } from '../text/lineIndex.ts';

/** A text of nftables: a file of the snapshot, or a document that is opened in place of one. Read when it is first asked for. */
export interface NftText {
  readonly file: NftFileName;
  readonly ruleset: Ruleset;
  readonly lines: LineIndex;
  /** What stands around the rules and is not read. */
  readonly noise: NftPaste['noise'];
}

export interface NftSource {
  readonly id: SourceId;
  readonly language: 'nftables';
  readonly text: NftText;
  /** All tables, as commands of the text leave them. */
  readonly applied: Ruleset;
  /** `applied` without the tables that rules of iptables on the same node hold already. */
  readonly ruleset: Ruleset;
  /** Of which families its tables see packets; none of a text with tables of frames alone (`frames.ts`). */
  readonly families: readonly Family[];
}

export const NFT: SourceId = 'nft';

const nftFileNames = ['nft.txt', 'nft.json'] as const;
type NftFileName = (typeof nftFileNames)[number];

/** Of which families the tables of a family of nftables see packets; those of `bridge` and `arp` see frames. */
const seen: Readonly<Record<string, readonly Family[]>> = lookup({
  ip: [4],
  ip6: [6],
  inet: [4, 6],
  netdev: [4, 6],
});

/** As `NftText`, from its characters. */
export function nftText(file: NftFileName, text: string): NftText {
  let parsed: Ruleset | null = null;
  let index: LineIndex | null = null;
  let paste: NftPaste | null = null;
  const pasted = (): NftPaste => (paste ??= file === 'nft.json' ? { text, noise: [] } : readNftPaste(text));
  return {
    file,
    get ruleset(): Ruleset {
      return (parsed ??= file === 'nft.json' ? parseRulesetJson(text) : parseRuleset(pasted().text));
    },
    get noise(): NftPaste['noise'] {
      return pasted().noise;
    },
    get lines(): LineIndex {
      return (index ??= new LineIndex(text));
    },
  };
}

/** Which file of a snapshot a text of any name stands for; null for one that is not of nftables by its name or its first words. */
export function nftFileOf(name: string, text: string): NftFileName | null {
  const isJson = /^\s*\{\s*"nftables"\s*:/.test(text);
  if (isJson) return 'nft.json';
  if (/^nft\.txt$|\.nft$|^nftables(?:\.conf)?$/.test(name)) return 'nft.txt';
  if (name === 'nft.json') return name;
  if (FIRST_WORDS.test(text)) return 'nft.txt';
  const { text: bare, noise } = readNftPaste(text);
  return noise.length > 0 && FIRST_WORDS.test(bare) ? 'nft.txt' : null;
}

/** `table ip nat {`, behind comments and what a script may begin with. */
const FIRST_WORDS =
  /^(?:\s|#[^\n]*\n|flush ruleset[;\s])*(?:(?:add |create )?table (?:(?:ip6?|inet|arp|bridge|netdev) )?[\w."/-]+\s*[{;\n]|(?:add|insert|create|replace) (?:chain|rule|set|map|element|counter) (?:ip6?|inet|arp|bridge|netdev) )/;

/** Of `nft.txt`, else of `nft.json`; null where there is neither. */
export function nftTextOf(files: SnapshotFiles): NftText | null {
  for (const name of nftFileNames) {
    const text = files.get(name);
    if (text !== undefined) return nftText(name, text);
  }
  return null;
}

/** Null where no table is left. `taken`: tables that other sources hold, `ip filter`. */
export function nftSource(text: NftText, taken: ReadonlySet<string>): NftSource | null {
  const applied = appliedRuleset(text.ruleset);
  const tables = applied.tables.filter((table) => !taken.has(tableName(table)));
  if (tables.length === 0) return null;
  const families = ([4, 6] as const).filter((family) => tables.some((table) => sees(table, family)));
  return {
    id: NFT,
    language: 'nftables',
    text,
    applied,
    ruleset: tables.length === applied.tables.length ? applied : { ...applied, tables },
    families,
  };
}

/** Whether a table sees packets of a family. */
function sees({ family: kind }: Pick<Table, 'family'>, family: Family): boolean {
  return seen[kind]?.includes(family) === true;
}

/** Tables that look like those of iptables-nft: nft's words for their rules are not always what they do. Empty where iptables-save has them. */
export function madeByIptables({ ruleset }: NftSource): readonly string[] {
  const own = ruleset.tables.filter(
    ({ family, name, items }) =>
      (family === 'ip' || family === 'ip6') &&
      IPTABLES_TABLES.has(name.text) &&
      items.some(
        (item) => item.kind === 'chain' && item.base !== null && IPTABLES_CHAINS.has(item.name.text),
      ),
  );
  return own.map((table) => tableName(table));
}

const IPTABLES_TABLES: ReadonlySet<string> = new Set(['raw', 'mangle', 'nat', 'filter', 'security']);
const IPTABLES_CHAINS: ReadonlySet<string> = new Set([
  'PREROUTING',
  'INPUT',
  'FORWARD',
  'OUTPUT',
  'POSTROUTING',
]);

/** The chain of a table `ip filter`, anonymous ones as `chainsOf` names them; null where there is none. */
export function nftChainAt(
  source: NftSource | null,
  { table, chain }: Pick<RulePlace, 'table' | 'chain'>,
): PlacedChain | null {
  return source === null ? null : (chainsOf(source.ruleset).get(table)?.get(chain) ?? null);
}

/** The rule at a place; null where there is none. */
export function nftRuleAt(source: NftSource | null, place: RulePlace): Rule | null {
  return nftChainAt(source, place)?.rules[place.index] ?? null;
}

/** All of its rules, those of anonymous chains as well. */
export function nftRuleCount({ ruleset }: NftSource): number {
  let count = 0;
  for (const chains of chainsOf(ruleset).values())
    for (const { rules } of chains.values()) count += rules.length;
  return count;
}

/** How much a text holds. A command counts as a rule: a script may make nothing but a table or a set. */
export function nftFigures({ ruleset }: Pick<NftText, 'ruleset'>): {
  readonly rules: number;
  readonly chains: number;
} {
  const items = ruleset.tables.flatMap((table) => table.items);
  const chains = items.filter((item) => item.kind === 'chain');
  const written = chains.reduce((sum, { rules }) => sum + rules.length, 0);
  const others = items.length - chains.length + ruleset.commands.length;
  return { rules: written + others, chains: chains.length };
}
