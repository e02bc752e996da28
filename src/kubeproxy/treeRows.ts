/** The Rules tree of an analysis, in both orders. */
import type { Family } from '../netfilter/flow.ts';
import type { Analysis } from './analysis.ts';
import type { Tree, TreeOrder, TreePage } from './tree.ts';
import { HookRows } from './tree/hookRows.ts';
import { pageOf, type RowList } from './tree/rows.ts';
import { ServiceRows } from './tree/serviceRows.ts';

/** The tree of an analysis; nothing is built before a row is asked for. */
export function createTree(analysis: Pick<Analysis, 'rulesets' | 'catalog'>): Tree {
  const family: Family = analysis.rulesets[4] === null && analysis.rulesets[6] !== null ? 6 : 4;
  let services: ServiceRows | null = null;
  const hooks = new HookRows(analysis.rulesets, () => analysis.catalog);
  const children = (order: TreeOrder, parent: string | null): RowList => {
    if (order === 'hook') return hooks.children(parent);
    services ??= new ServiceRows(analysis.catalog, family);
    return services.children(parent);
  };
  return {
    rows: (order, parent, offset, limit): TreePage => pageOf(children(order, parent), offset, limit),
  };
}
