/** The Rules tree by hook, table, chain and rule. A jump opens the chain that it goes to, in place. */
import type { Chain, Rule, Ruleset, Table } from '../../rules/iptables/nodes.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Span } from '../../text/span.ts';
import type { HookName } from '../../kernel/trace.ts';
import type { IptablesServices } from '../modes/iptables/iptablesServices.ts';
import { type FrameFamily, seenByFrames } from '../frames.ts';
import { plural } from '../narrative/words.ts';
import { isBuiltIn, unreachedChains } from '../references.ts';
import { roleOf } from '../modes/iptables/roles.ts';
import { tableNamed, tablesOf } from '../rulesets.ts';
import type { Source, Sources, SourceSpan } from '../sources.ts';
import { targetNameOf } from '../words/ruleView.ts';
import type { TreeNode } from './tree.ts';
import { isJump } from '../words/actions.ts';
import { tableName as nftTableName } from '../../rules/nftables/chains.ts';
import { type Called, inCallOrder } from './callOrder.ts';
import { IpvsHookRows } from './ipvsHookRows.ts';
import { NftHookRows, type RowGroup } from './nftHookRows.ts';
import { joined, noRows, note, rowsOf, rowWith, type RowList, type TreeParts } from './rows.ts';
import { decodeName, encodeName, ruleIdsOf } from './ruleIds.ts';
import { ruleRow } from './ruleRow.ts';

const hooks: readonly (readonly [HookName | 'INGRESS' | 'EGRESS', string])[] = [
  ['INGRESS', 'packets that arrive, before all others'],
  ['PREROUTING', 'packets that arrive'],
  ['INPUT', 'packets for this node'],
  ['FORWARD', 'packets passed on'],
  ['OUTPUT', 'packets that this node sends'],
  ['POSTROUTING', 'packets that leave'],
  ['EGRESS', 'packets that leave, after all others'],
];

/** The kernel's order by priority; on INPUT the two backends differ (nft: nat 100, security 150; legacy: security 50). */
const tableOrder: Readonly<Record<'nf_tables' | 'legacy', readonly string[]>> = {
  nf_tables: ['raw', 'mangle', 'dnat', 'filter', 'snat', 'security'],
  legacy: ['raw', 'mangle', 'dnat', 'filter', 'security', 'snat'],
};

/** Jumps are opened this deep; the kernel itself gives up at 16 (nft) or at the number of chains (legacy). */
const MAX_DEPTH = 24;

/**
 * Ids: `g:4` (`g:bridge` and `g:arp` for tables of frames), `h:4:HOOK`, `r:4:TABLE:CHAIN:RULE.RULE…` (a path of rules from a chain, each as `ruleIds.ts` calls it;
 * without rules the chain itself), `u:4`; those of native chains are nftHookRows.ts', those of IPVS ipvsHookRows.ts'.
 */
export class HookRows {
  readonly #sources: Sources;
  readonly #iptables: () => IptablesServices;
  readonly #native: NftHookRows | null;
  readonly #ipvs: IpvsHookRows | null;
  readonly #unreached = new Map<Family, readonly { readonly table: Table; readonly chain: Chain }[]>();

  constructor(parts: Pick<TreeParts, 'sources' | 'iptables' | 'ipvs' | 'catalog'>) {
    const { sources, ipvs } = parts;
    this.#sources = sources;
    this.#iptables = () => parts.iptables;
    this.#native = sources.nft === null ? null : new NftHookRows(sources.nft);
    this.#ipvs = ipvs === null ? null : new IpvsHookRows(ipvs, () => parts.catalog);
  }

  children(parent: string | null): RowList {
    const found = this.#groups();
    if (parent === null) {
      const [only] = found;
      if (found.length === 1 && typeof only === 'number') return this.#hooks(only);
      return rowsOf(found, groupRow);
    }
    const [kind = '', name = '', ...rest] = parent.split(':');
    const group = found.find((each) => String(each) === name);
    if (group === undefined) return noRows;
    if (kind === 'g') return this.#hooks(group);
    if (kind === 'h') return this.#tables(group, rest[0] ?? '');
    if (kind === 'y') return this.#native?.unreachedRows(group) ?? noRows;
    if (kind === 'x') return this.#native?.children(parent, rest) ?? noRows;
    if (typeof group === 'string') return noRows;
    if (kind === 'u') return this.#unreachedRows(group);
    if (kind === 'v') return this.#ipvs?.children(group, parent) ?? noRows;
    return kind === 'r' ? this.#rules(group, parent, rest) : noRows;
  }

  #groups(): readonly RowGroup[] {
    return [...this.#families(), ...(this.#native?.frames ?? [])];
  }

  /** A listing of IPVS alone has hooks, too. */
  #families(): readonly Family[] {
    const found = this.#sources.families;
    return found.length > 0 ? found : (this.#ipvs?.families ?? []);
  }

  #hooks(group: RowGroup): RowList {
    const present = hooks.filter(([hook]) => this.called(group, hook).length > 0);
    const rows = rowsOf(present, ([hook, words]) =>
      rowWith({
        id: `h:${group}:${hook}`,
        kind: 'hook',
        label: hook,
        description: typeof group === 'string' ? '' : words,
        hasChildren: true,
      }),
    );
    const native = this.#native?.unreachedGroup(group) ?? noRows;
    if (typeof group === 'string') return joined(rows, native);
    const family = group;
    const unreached = this.#unreachedOf(family);
    if (unreached.length === 0)
      return rows.total + native.total > 0 ? joined(rows, native) : nothingIn(family);
    const row = rowWith({
      id: `u:${family}`,
      kind: 'group',
      label: 'Chains that no hook reaches',
      description: plural(unreached.length, 'chain'),
      hasChildren: true,
    });
    return joined(
      rows,
      rowsOf([row], (each) => each),
      native,
    );
  }

  /** What is called at a hook, in the kernel's order. */
  called(group: RowGroup, hook: string): readonly Called[] {
    const isOfPackets = typeof group === 'number';
    const tables = isOfPackets ? this.#tablesOfHook(group, hook) : [];
    const native = this.#native?.bases(group, hook) ?? [];
    const listed = this.#sources.nft?.applied.tables.map(nftTableName) ?? [];
    const ipvs = isOfPackets ? (this.#ipvs?.at(group, hook) ?? null) : null;
    if (native.length === 0 && ipvs === null) return tables;
    return inCallOrder(tables, native, ipvs, { family: isOfPackets ? group : 4, hook, listed });
  }

  #tablesOfHook(family: Family, hook: string): readonly Table[] {
    const tables = tablesOf(this.#sources.rulesets[family]).filter((table) => isBase(table.chains.get(hook)));
    const backend = tables.some((table) => table.generator?.backend === 'nf_tables') ? 'nf_tables' : 'legacy';
    const order = tableOrder[backend];
    const source = hook === 'INPUT' || hook === 'POSTROUTING' ? 'snat' : 'dnat';
    const rank = (table: Table): number => {
      const at = order.indexOf(table.name === 'nat' ? source : table.name);
      return at < 0 ? order.length : at;
    };
    return tables.toSorted((a, b) => rank(a) - rank(b));
  }

  #tables(group: RowGroup, hook: string): RowList {
    const source = typeof group === 'string' ? null : this.#sources.followed(group);
    return rowsOf(this.called(group, hook), (called) => {
      if ('isNat' in called) return this.#native?.baseRow(group, called) ?? null;
      if (typeof group === 'string') return null;
      if ('isIpvs' in called) return this.#ipvs?.row(group, called) ?? null;
      const table = called;
      const chain = table.chains.get(hook);
      const policy = chain?.declaration?.policy?.text ?? null;
      return rowWith({
        id: chainId(group, table.name, hook),
        kind: 'table',
        label: table.name,
        description: `${policy === null ? '' : `policy ${policy} · `}${plural(chain?.rules.length ?? 0, 'rule')}`,
        hasChildren: true,
        at: placeIn(source, chain?.declaration),
        chain: hook,
      });
    });
  }

  #unreachedRows(family: Family): RowList {
    const source = this.#sources.followed(family);
    return rowsOf(this.#unreachedOf(family), ({ table, chain }) => {
      const role = roleOf(table.name, chain.name);
      const words = [table.name, role?.title ?? '', plural(chain.rules.length, 'rule')];
      return rowWith({
        id: chainId(family, table.name, chain.name),
        kind: 'chain',
        label: chain.name,
        description: words.filter((each) => each !== '').join(' · '),
        hasChildren: chain.rules.length > 0,
        at: placeIn(source, chain.declaration),
        chain: chain.name,
      });
    });
  }

  #unreachedOf(family: Family): readonly { readonly table: Table; readonly chain: Chain }[] {
    let found = this.#unreached.get(family);
    if (found === undefined) {
      const ruleset = this.#sources.rulesets[family];
      found = ruleset === null ? [] : unreachedOf(ruleset);
      this.#unreached.set(family, found);
    }
    return found;
  }

  /** The rules of a chain, or of the chain that the last rule of the path jumps to; a base chain ends with its policy. */
  #rules(family: Family, id: string, parts: readonly string[]): RowList {
    const [tableName = '', chainName = '', path = ''] = parts;
    const source = this.#sources.followed(family);
    const table = tableNamed(source?.ruleset ?? null, tableName);
    const start = table?.chains.get(decodeName(chainName));
    if (source === null || table === null || start === undefined) return noRows;
    const walked = walk(source.ruleset, table, start, path === '' ? [] : path.split('.'));
    const chain = walked.at(-1);
    if (chain === undefined) return noRows;
    const context = {
      iptables: this.#iptables(),
      source: source.id,
      family,
      table: tableName,
      ruleset: source.ruleset,
      chain,
      target: (name: string): Chain | null => table.chains.get(name) ?? null,
    };
    const prefix = path === '' ? `${id}:` : `${id}.`;
    const rows = rowsOf(chain.rules, (rule, index) =>
      ruleRow(
        rule,
        `${prefix}${ruleIdsOf(source.ruleset, chain).ids[index] ?? ''}`,
        context,
        mayOpen(rule, walked),
      ),
    );
    const policy = policyRow(`${prefix}~policy`, chain, source);
    return policy === null
      ? rows
      : joined(
          rows,
          rowsOf([policy], (row) => row),
        );
  }
}

function groupRow(group: RowGroup): TreeNode {
  const row = { id: `g:${group}`, kind: 'group', hasChildren: true } as const;
  return typeof group === 'number'
    ? rowWith({ ...row, label: `IPv${group}` })
    : rowWith({ ...row, label: labelsOfFrames[group], description: seenByFrames[group] });
}

const labelsOfFrames: Readonly<Record<FrameFamily, string>> = { bridge: 'Bridges', arp: 'ARP' };

function isBase(chain: Chain | undefined): boolean {
  return chain !== undefined && isBuiltIn(chain);
}

/** The row of a chain itself: of a built-in one below its hook, of one that no hook reaches. */
export function chainId(family: Family, table: string, chain: string): string {
  return `r:${family}:${table}:${encodeName(chain)}`;
}

/** The chains along a path of rules, from the first; empty for a path that does not exist. */
function walk(ruleset: Ruleset, table: Table, start: Chain, path: readonly string[]): readonly Chain[] {
  const chains = [start];
  for (const id of path) {
    const chain = chains.at(-1);
    const rule = chain?.rules[ruleIdsOf(ruleset, chain).indexes.get(id) ?? -1];
    const target = rule !== undefined && isJump(rule) ? targetNameOf(rule) : null;
    const next = target === null ? undefined : table.chains.get(target);
    if (next === undefined || chains.includes(next) || chains.length > MAX_DEPTH) return [];
    chains.push(next);
  }
  return chains;
}

/** Not where the chain is open already above: a loop would never end. */
function mayOpen(rule: Rule, open: readonly Chain[]): boolean {
  const target = targetNameOf(rule);
  return open.length <= MAX_DEPTH && !open.some((chain) => chain.name === target);
}

function placeIn(source: Source | null, node: Span | null | undefined): SourceSpan | null {
  return source && node ? { source: source.id, span: node } : null;
}

function policyRow(id: string, chain: Chain, source: Source): TreeNode | null {
  const policy = chain.declaration?.policy?.text;
  if (policy === undefined) return null;
  return rowWith({
    id,
    kind: 'policy',
    label: `policy ${policy}`,
    description: 'for what no rule took',
    at: placeIn(source, chain.declaration),
    chain: chain.name,
  });
}

function unreachedOf(ruleset: Ruleset): readonly { readonly table: Table; readonly chain: Chain }[] {
  return tablesOf(ruleset).flatMap((table) =>
    unreachedChains(ruleset, table).map((chain) => ({ table, chain })),
  );
}

/** iptables-save prints no table that nobody used yet. */
function nothingIn(family: Family): RowList {
  return rowsOf([`No chains of IPv${family} in these rules`], (words) => note(`e:${family}`, words));
}
