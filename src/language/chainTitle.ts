import { formatEndpoint } from '../kernel/endpoint.ts';
import type { Family } from '../kernel/flow.ts';
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { Table } from '../rules/iptables/nodes.ts';
import { familyOf } from './hover/context.ts';

/** `default/web:http`, `10.244.1.5:8080 of default/web:http`; null for a chain of no Service that is known by name. */
export function chainTitle(analysis: Analysis, table: Table, chain: string): string | null {
  return table.name === 'nat' ? serviceOfChain(analysis, chain, familyOf({ analysis }, table)) : null;
}

/** As `chainTitle`, of a chain in table nat. */
export function serviceOfChain(analysis: Analysis, chain: string, family: Family): string | null {
  const owner = analysis.iptables.ofChain(chain, family);
  if (owner === null || owner.port.nameSource === 'structure') return null;
  const { port, endpoint } = owner;
  if (endpoint === null) return port.name;
  return `${formatEndpoint({ address: endpoint.address, port: endpoint.port })} of ${port.name}`;
}
