/** Lists of rows that are made one by one, so that a page of a long list costs what the page costs. */
import type { Audit } from '../findings/cluster/audit.ts';
import type { IpvsSource } from '../ipvsSource.ts';
import type { NodeMode } from '../mode/mode.ts';
import type { OtherRules } from '../mode/otherRules.ts';
import type { IptablesServices } from '../modes/iptables/iptablesServices.ts';
import type { Catalog } from '../services/catalog.ts';
import type { Sources, SourceSpan } from '../sources.ts';
import type { TreeNode, TreeNodeKind, TreePage } from './tree.ts';

/** What rows are made of. */
export interface TreeParts {
  readonly sources: Sources;
  readonly catalog: Catalog;
  readonly iptables: IptablesServices;
  readonly ipvs: IpvsSource | null;
  readonly audit: Audit;
  readonly mode: NodeMode;
  readonly otherRules: OtherRules;
}

export interface RowList {
  readonly total: number;
  /** `index` is from 0 to below `total`. */
  row(index: number): TreeNode | null;
}

export const noRows: RowList = { total: 0, row: () => null };

export function rowsOf<Item>(
  items: readonly Item[],
  make: (item: Item, index: number) => TreeNode | null,
): RowList {
  return {
    total: items.length,
    row: (index) => {
      const item = items[index];
      return item === undefined ? null : make(item, index);
    },
  };
}

/** The rows of several lists, one after the other. */
export function joined(...lists: readonly RowList[]): RowList {
  return {
    total: lists.reduce((sum, list) => sum + list.total, 0),
    row: (index) => {
      let rest = index;
      for (const list of lists) {
        if (rest < list.total) return list.row(rest);
        rest -= list.total;
      }
      return null;
    },
  };
}

export function pageOf(list: RowList, offset: number, limit: number): TreePage {
  const items: TreeNode[] = [];
  const end = Math.min(list.total, Math.max(0, offset) + Math.max(0, limit));
  for (let index = Math.max(0, offset); index < end; index++) {
    const row = list.row(index);
    if (row !== null) items.push(row);
  }
  return { items, total: list.total };
}

export type RowParts = Pick<TreeNode, 'id' | 'kind' | 'label'> & Partial<TreeNode>;

/** A row with everything that is not given left empty; a syntax node given as the span is reduced to its offsets. */
export function rowWith(parts: RowParts): TreeNode {
  return {
    description: '',
    badge: null,
    badgeReason: null,
    hasChildren: false,
    chain: null,
    address: null,
    port: null,
    protocol: null,
    object: null,
    ...parts,
    at: parts.at == null ? null : plainPlace(parts.at),
  };
}

function plainPlace({ source, span: { start, end } }: SourceSpan): SourceSpan {
  return { source, span: { start, end } };
}

/** A description of those that are not empty: `web-0 on node-1 · 33.3 %`. */
export function noted(words: readonly string[]): string {
  return words.filter((each) => each !== '').join(' · ');
}

/** A row that only says something. */
export function note(id: string, label: string, kind: TreeNodeKind = 'note'): TreeNode {
  return rowWith({ id, kind, label });
}
