import type { Table, Target } from '../rules/iptables/nodes.ts';

/** The targets that are built into iptables itself; no chain may have such a name. */
export const standardVerdicts: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'RETURN', 'QUEUE']);

/**
 * Whether the target names a chain: one of its table, or (so that a misspelt jump still counts as one) a name that is
 * no target that is known.
 */
export function namesChain(target: Target, table: Table): boolean {
  const name = target.name.text;
  if (standardVerdicts.has(name)) return false;
  return target.definition === null || table.chains.has(name);
}
