import { formatAddress } from '../../iptables/values/address.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { Frontend, FrontendKind, ServicePort } from '../../kubeproxy/catalog/catalog.ts';
import { formatEndpoint } from '../../netfilter/endpoint.ts';
import type { Family } from '../../netfilter/flow.ts';
import type { DestinationChoice } from '../../protocol/requests.ts';

const kindNames: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'ClusterIP',
  nodePort: 'NodePort',
  externalIP: 'external IP',
  loadBalancerIP: 'load balancer IP',
  external: 'external or load balancer IP',
};

/** Where a packet may go: every Service port by each of its frontends. */
export function destinationChoices(analysis: Analysis): readonly DestinationChoice[] {
  const nodeAddresses = { 4: nodeAddress(analysis, 4), 6: nodeAddress(analysis, 6) };
  return analysis.catalog.ports.flatMap((port) =>
    port.frontends.flatMap((frontend) => choiceOf(port, frontend, nodeAddresses[frontend.family]) ?? []),
  );
}

/** Null for a node port where no address of the node is known. */
function choiceOf(
  port: ServicePort,
  frontend: Frontend,
  nodeAddress: string | null,
): DestinationChoice | null {
  const address = frontend.address ?? nodeAddress;
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
