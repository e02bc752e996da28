import type { Frontend, FrontendKind } from '../../kubeproxy/services/frontend.ts';
import { formatAddress } from '../../values/address.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Family } from '../../kernel/flow.ts';
import type { DestinationChoice } from '../../protocol/requests.ts';

const kindNames: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'ClusterIP',
  nodePort: 'NodePort',
  externalIP: 'external IP',
  loadBalancerIP: 'load balancer IP',
  external: 'external or load balancer IP',
};

/** Where a packet may go: every Service port by each of its frontends. */
export function* destinationChoices(analysis: Analysis): Generator<DestinationChoice> {
  const nodeAddresses = { 4: nodeAddress(analysis, 4), 6: nodeAddress(analysis, 6) };
  for (const port of analysis.catalog.ports) {
    for (const frontend of port.frontends) {
      const choice = choiceOf(port, frontend, nodeAddresses[frontend.family]);
      if (choice !== null) yield choice;
    }
  }
}

/** Null for a node port where no address of the node is known. */
function choiceOf(
  port: ServicePort,
  frontend: Frontend,
  ownAddress: string | null,
): DestinationChoice | null {
  const address = frontend.address ?? ownAddress;
  if (address === null) return null;
  const end = formatEndpoint({ address, port: frontend.port });
  return {
    side: 'destination',
    label: port.name,
    description: `${kindNames[frontend.kind]} ${end}/${frontend.protocol.toUpperCase()}${fateWords(frontend)}`,
    to: { address, port: frontend.port },
    protocol: frontend.protocol,
    family: frontend.family,
  };
}

function fateWords({ fate }: Frontend): string {
  if (fate === 'rejected') return ' · no endpoints, rejected';
  return fate === 'dropped' ? ' · no local endpoints, dropped' : '';
}

/** An address of this node that others reach: not loopback, not link-local; null where none is known. */
function nodeAddress(analysis: Analysis, family: Family): string | null {
  for (const each of analysis.node.interfaces?.values() ?? []) {
    if (each.loopback || !each.up) continue;
    const found = each.addresses.find(
      ({ address, scope }) => address.family === family && scope === 'global',
    );
    if (found !== undefined) return formatAddress(found.address);
  }
  return null;
}
