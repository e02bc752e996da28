/** Which table is called at which hooks, and when: net/ipv4/netfilter/iptable_*.c; of iptables-nft, iptables/nft.c. */
import { priorities } from '../../kernel/hookCall.ts';
import { type HookName, hookNames } from '../../kernel/trace.ts';

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security';

interface TableKind {
  readonly hooks: readonly HookName[];
  readonly priority: number;
}

const filtered: readonly HookName[] = ['INPUT', 'FORWARD', 'OUTPUT'];

const tables: Readonly<Record<TableName, TableKind>> = {
  raw: { hooks: ['PREROUTING', 'OUTPUT'], priority: priorities.raw },
  mangle: { hooks: hookNames, priority: priorities.mangle },
  nat: { hooks: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'], priority: priorities.destinationNat },
  filter: { hooks: filtered, priority: priorities.filter },
  security: { hooks: filtered, priority: priorities.security },
};

/** In the order in which a packet meets them. */
export const tableNames: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/** Of iptables-nft: behind nat in INPUT, where the legacy table stands before it. */
const NFT_SECURITY = 150;

export function hooksOf(table: TableName): readonly HookName[] {
  return tables[table].hooks;
}

export function priorityOf(table: TableName, hook: HookName, backend: 'nf_tables' | 'legacy' | null): number {
  if (table === 'security' && backend !== 'legacy') return NFT_SECURITY;
  if (table === 'nat' && (hook === 'INPUT' || hook === 'POSTROUTING')) return priorities.sourceNat;
  return tables[table].priority;
}
