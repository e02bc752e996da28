/** The Rules tree of an analysis, in both orders. */
import { FindingsByService } from '../findings/byService.ts';
import type { Tree, TreeOrder, TreePage } from './tree.ts';
import { HookRows } from './hookRows.ts';
import { otherRulesWords } from '../mode/otherRules.ts';
import { begun, nodeKeptWords } from '../mode/words.ts';
import { joined, note, pageOf, rowsOf, type RowList, type TreeParts } from './rows.ts';
import { ServiceRows } from './serviceRows.ts';

/** The tree of an analysis; nothing is built before a row is asked for. */
export function createTree(parts: TreeParts): Tree {
  let services: ServiceRows | null = null;
  const hooks = new HookRows(parts);
  const children = (order: TreeOrder, parent: string | null, found: FindingsByService): RowList => {
    if (order === 'hook') {
      const rows = hooks.children(parent);
      return parent === null ? joined(rows, notes(notShown(parts))) : rows;
    }
    services ??= new ServiceRows(parts);
    const rows = services.children(parent, found);
    if (parent !== null) return rows;
    const kept = nodeKeptWords(parts.mode);
    return joined(notes(kept.length === 0 && rows.total === 0 ? [whyEmpty(parts)] : kept), rows);
  };
  return {
    rows: (order, parent, offset, limit, found = FindingsByService.none): TreePage =>
      pageOf(children(order, parent, found), offset, limit),
  };
}

function notes(clauses: readonly string[]): RowList {
  return rowsOf(clauses, (each, index) => note(`note:${index}`, begun(each)));
}

/** What else decides about packets on the node. */
function notShown({ mode, otherRules }: TreeParts): readonly string[] {
  const others = otherRulesWords([...otherRules[4], ...otherRules[6]]);
  return [
    ...(others === '' ? [] : [`more rules of this node are not shown here: ${others}`]),
    ...nodeKeptWords(mode),
  ];
}

/** Rules without a Service, and nothing shows that they are anywhere else. */
function whyEmpty({ mode }: TreeParts): string {
  const modes = [mode[4].mode, mode[6].mode];
  if (modes.includes('userspace'))
    return 'kube-proxy runs in userspace mode: it balances itself, not in these rules';
  return modes.every((each) => each === null)
    ? 'these rules hold no Services of kube-proxy'
    : 'kube-proxy has no Services here yet';
}
