/** Native chains in the tree by hook: their rules, the elements of verdict maps, and the chains that these lead to, in place. */
import { priorityNumber } from '../../rules/nftables/catalogue/priorities.ts';
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import type { Element } from '../../rules/nftables/expressions.ts';
import type { Ruleset } from '../../rules/nftables/nodes.ts';
import { printExpression } from '../../rules/nftables/printing/expressions.ts';
import type { Rule } from '../../rules/nftables/statements.ts';
import { elementsOf, reachedFrom, targetOf, targetOfElement } from '../../rules/nftables/ways.ts';
import type { Family } from '../../kernel/flow.ts';
import { type FrameFamily, frameFamilies, isOfFrames } from '../frames.ts';
import { plural } from '../narrative/words.ts';
import { NFT, type NftSource, nftChainAt } from '../nftSource.ts';
import { nftRuleWords } from '../words/nftRuleWords.ts';
import { joined, noRows, rowsOf, rowWith, type RowList } from './rows.ts';
import { decodeName, encodeName } from './ruleIds.ts';
import { nftRuleIds } from './nftRuleIds.ts';
import type { TreeNode } from './tree.ts';

/** Jumps are opened this deep; nftables itself gives up at 16. */
const MAX_DEPTH = 24;

/** Whose chains are told together: those that packets of a family meet, those of bridges, those of ARP. */
export type RowGroup = Family | FrameFamily;

/** A base chain of a hook, and when the kernel calls it. */
export interface NftBase {
  readonly chain: PlacedChain;
  readonly priority: number;
  readonly isNat: boolean;
}

/** Ids: `x:4:TABLE:CHAIN:RULE.RULE…`, where an element of a map is a step of its own; `y:4` for chains that no hook reaches. */
export class NftHookRows {
  readonly #source: NftSource;

  constructor(source: NftSource) {
    this.#source = source;
  }

  /** Of which families of frames it has tables. */
  get frames(): readonly FrameFamily[] {
    return frameFamilies.filter((each) => this.#ruleset.tables.some(({ family }) => family === each));
  }

  get #ruleset(): Ruleset {
    return this.#source.ruleset;
  }

  /** The base chains of a hook that see packets of a family, in the order of the listing. */
  bases(group: RowGroup, hook: string): readonly NftBase[] {
    return this.#chains(group).flatMap((chain) => {
      const { base } = chain;
      if (base === null || base.hook.text.toUpperCase() !== hook) return [];
      const priority = priorityNumber(chain.family, base.priority) ?? 0;
      return [{ chain, priority, isNat: base.type.text === 'nat' }];
    });
  }

  baseRow(group: RowGroup, { chain, priority }: NftBase): TreeNode {
    const words = [
      chain.base?.type.text ?? '',
      `priority ${priority}`,
      `policy ${chain.policy}`,
      plural(chain.rules.length, 'rule'),
    ];
    return this.#chainRow(group, chain, `${chain.table} · ${chain.name}`, words.join(' · '), 'table');
  }

  /** The group of chains that no hook reaches; none where every chain is reached. */
  unreachedGroup(group: RowGroup): RowList {
    const found = this.#unreached(group);
    return rowsOf(found.length === 0 ? [] : [found.length], (count) =>
      rowWith({
        id: `y:${group}`,
        kind: 'group',
        label: 'Chains of nftables that no hook reaches',
        description: plural(count, 'chain'),
        hasChildren: true,
      }),
    );
  }

  unreachedRows(group: RowGroup): RowList {
    return rowsOf(this.#unreached(group), (chain) =>
      this.#chainRow(
        group,
        chain,
        chain.name,
        `${chain.table} · ${plural(chain.rules.length, 'rule')}`,
        'chain',
      ),
    );
  }

  /** What is below a row of this class; `parts` are those of its id behind the family. */
  children(id: string, parts: readonly string[]): RowList {
    const [table = '', name = '', path = ''] = parts;
    const start = nftChainAt(this.#source, { table: decodeName(table), chain: decodeName(name) });
    const spot = start === null ? null : this.#walk(start, path === '' ? [] : path.split('.'));
    if (spot === null) return noRows;
    const prefix = path === '' ? `${id}:` : `${id}.`;
    return spot.map === null
      ? this.#rulesOf(spot.open, prefix)
      : this.#elementRows(spot.map, spot.open, prefix);
  }

  #rulesOf(open: readonly PlacedChain[], prefix: string): RowList {
    const chain = open.at(-1);
    if (chain === undefined) return noRows;
    const { ids } = nftRuleIds(chain);
    const rows = rowsOf(chain.rules, (rule, index) =>
      this.#ruleRow(rule, chain, `${prefix}${ids[index] ?? ''}`, open),
    );
    return chain.base === null || open.length > 1 ? rows : joined(rows, policyRow(chain, prefix));
  }

  #ruleRow(rule: Rule, chain: PlacedChain, id: string, open: readonly PlacedChain[]): TreeNode {
    const index = chain.rules.indexOf(rule);
    const target = targetOf(this.#ruleset, chain, rule, index);
    const elements = elementsOf(this.#ruleset, chain, rule) ?? [];
    return rowWith({
      id,
      kind: 'rule',
      label: nftRuleWords(rule),
      description: rule.comment?.text ?? '',
      hasChildren: elements.length > 0 || mayOpen(target, open),
      at: { source: NFT, span: rule },
      chain: target?.name ?? (elements.length > 0 ? null : chain.name),
    });
  }

  #elementRows(map: MapSpot, open: readonly PlacedChain[], prefix: string): RowList {
    return rowsOf(map.elements, (element) => {
      const target = targetOfElement(this.#ruleset, map.chain, element);
      return rowWith({
        id: `${prefix}${elementId(element)}`,
        kind: 'rule',
        label: printExpression(element.key),
        description: [element.data === null ? '' : printExpression(element.data), element.comment?.text ?? '']
          .filter((each) => each !== '')
          .join(' · '),
        hasChildren: mayOpen(target, open),
        at: { source: NFT, span: element },
        chain: target?.name ?? null,
      });
    });
  }

  /** The chains that a path leads through, and the map at its end; null for a path that does not exist. */
  #walk(start: PlacedChain, path: readonly string[]): Spot | null {
    const open = [start];
    let map: MapSpot | null = null;
    for (const id of path) {
      const chain = open.at(-1) ?? start;
      const next: PlacedChain | MapSpot | null =
        map === null ? this.#below(chain, id) : this.#behind(map, id);
      if (next === null) return null;
      if ('elements' in next) map = next;
      else {
        if (!mayOpen(next, open)) return null;
        open.push(next);
        map = null;
      }
    }
    return { open, map };
  }

  #below(chain: PlacedChain, id: string): PlacedChain | MapSpot | null {
    const index = nftRuleIds(chain).indexes.get(id);
    const rule = index === undefined ? undefined : chain.rules[index];
    if (rule === undefined || index === undefined) return null;
    const elements = elementsOf(this.#ruleset, chain, rule);
    return elements === null ? targetOf(this.#ruleset, chain, rule, index) : { chain, elements };
  }

  #behind({ chain, elements }: MapSpot, id: string): PlacedChain | null {
    const element = elements.find((each) => elementId(each) === id);
    return element === undefined ? null : targetOfElement(this.#ruleset, chain, element);
  }

  #chainRow(
    group: RowGroup,
    chain: PlacedChain,
    label: string,
    description: string,
    kind: 'table' | 'chain',
  ): TreeNode {
    return rowWith({
      id: `x:${group}:${encodeName(chain.table)}:${encodeName(chain.name)}`,
      kind,
      label,
      description,
      hasChildren: chain.rules.length > 0 || chain.base !== null,
      at: { source: NFT, span: chain.span },
      chain: chain.name,
    });
  }

  #unreached(group: RowGroup): readonly PlacedChain[] {
    const all = this.#chains(group);
    const reached = reachedFrom(
      this.#ruleset,
      all.filter(({ base }) => base !== null),
    );
    return all.filter((chain) => !reached.has(chain));
  }

  #chains(group: RowGroup): readonly PlacedChain[] {
    const all = [...chainsOf(this.#source.ruleset).values()].flatMap((table) => [...table.values()]);
    if (typeof group === 'string') return all.filter((chain) => chain.family === group);
    const other = group === 4 ? 'ip6' : 'ip';
    return all.filter((chain) => chain.family !== other && !isOfFrames(chain));
  }
}

interface MapSpot {
  readonly chain: PlacedChain;
  readonly elements: readonly Element[];
}

interface Spot {
  readonly open: readonly PlacedChain[];
  readonly map: MapSpot | null;
}

function elementId({ key }: Element): string {
  return encodeName(printExpression(key));
}

/** Not where the chain is open already above: a loop would never end. */
function mayOpen(target: PlacedChain | null, open: readonly PlacedChain[]): boolean {
  return target !== null && target.rules.length > 0 && open.length <= MAX_DEPTH && !open.includes(target);
}

function policyRow({ policy, span, name }: PlacedChain, prefix: string): RowList {
  return rowsOf([policy], (each) =>
    rowWith({
      id: `${prefix}~policy`,
      kind: 'policy',
      label: `policy ${each}`,
      description: 'for what no rule took',
      at: { source: NFT, span },
      chain: name,
    }),
  );
}
