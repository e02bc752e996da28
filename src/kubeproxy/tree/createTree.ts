/** The Rules tree of an analysis, in both orders. */
import type { Tree, TreeOrder, TreePage } from './tree.ts';
import { HookRows } from './hookRows.ts';
import { describeDump } from '../describeDump.ts';
import type { Rulesets } from '../rulesets.ts';
import { note, pageOf, rowsOf, type RowList, type TreeParts } from './rows.ts';
import { ServiceRows } from './serviceRows.ts';

/** The tree of an analysis; nothing is built before a row is asked for. */
export function createTree(parts: TreeParts): Tree {
  let services: ServiceRows | null = null;
  const hooks = new HookRows(parts.sources, () => parts.iptables);
  const children = (order: TreeOrder, parent: string | null): RowList => {
    if (order === 'hook') return hooks.children(parent);
    services ??= new ServiceRows(parts);
    const rows = services.children(parent);
    if (parent !== null || rows.total > 0) return rows;
    return rowsOf([whyEmpty(parts.sources.rulesets)], (words) => note('empty', words));
  };
  return {
    rows: (order, parent, offset, limit): TreePage => pageOf(children(order, parent), offset, limit),
  };
}

/** Rules without a Service: another mode keeps them elsewhere, or they are not kube-proxy's. */
function whyEmpty(rulesets: Rulesets): string {
  const { mode } = describeDump(rulesets);
  if (mode === 'ipvs')
    return 'kube-proxy runs in IPVS mode: its Services are in IPVS and ipsets, not in these rules';
  if (mode === 'userspace')
    return 'kube-proxy runs in userspace mode: it balances itself, not in these rules';
  return mode === null ? 'These rules hold no Services of kube-proxy' : 'kube-proxy has no Services here yet';
}
