import type { Node } from '../../kernel/node/node.ts';
import type { Catalog } from '../services/catalog.ts';
import type { Audit } from './cluster/audit.ts';
import { staleConntrack } from './rules/staleConntrack.ts';

/** The same audit with what the node's known connections show; they are looked at when a port is first asked about. */
export function withConnections(
  audit: Audit,
  node: Pick<Node, 'conntrack' | 'interfaces'>,
  catalog: Catalog,
): Audit {
  if (node.conntrack === null) return audit;
  let stale: ReturnType<typeof staleConntrack> | null = null;
  const ofPort: Audit['ofPort'] = (port) => {
    stale ??= staleConntrack(node, catalog);
    return [...audit.ofPort(port), ...(stale.get(port) ?? [])];
  };
  return {
    ofPort,
    ofService: (service) => service.ports.flatMap(ofPort),
    comparesEndpoints: (port, family) => audit.comparesEndpoints(port, family),
  };
}
