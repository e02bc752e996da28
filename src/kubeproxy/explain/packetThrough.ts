/** A packet that passes a chain of a Service port, for who asks what the chain does. */
import { formatAddress, parseAddress, type Family } from '../../values/address.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import { readNetwork } from '../../values/networks.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { outsideAddresses } from '../form/outsideAddress.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import type { ServiceChainKind } from '../modes/iptables/roles.ts';

/** The ends of such a packet; `from` is left out where it may be anybody of the cluster. */
export type PacketThrough = Pick<FlowForm, 'to' | 'protocol'> & Partial<Pick<FlowForm, 'from'>>;

/**
 * KUBE-SVC is the way of cluster IPs, KUBE-SVL that of cluster IPs with internalTrafficPolicy Local and of clients outside with
 * externalTrafficPolicy Local, KUBE-EXT and KUBE-XLB that of everything else's addresses, KUBE-FW that of load balancers
 * with source ranges, before 1.24 of all load balancers (k/k pkg/proxy/iptables/proxier.go, `writeServiceToEndpointRules`). Null where no
 * frontend leads to the chain.
 */
export function packetThrough(
  port: ServicePort,
  kind: ServiceChainKind,
  family: Family,
): PacketThrough | null {
  // What is rejected is so in another table, and comes to no chain of the Service.
  const own = port.frontends.filter((each) => each.family === family && each.fate !== 'rejected');
  const clusterIP = own.find((each) => each.kind === 'clusterIP');
  const takes = kind === 'svc' ? 'Cluster' : 'Local';
  if ((kind === 'svc' || kind === 'svl') && clusterIP?.policy === takes) return toFrontend(clusterIP);
  const outer = own.filter((each) => each.kind !== 'clusterIP');
  const fitting = outer.filter((each) => fits(each, kind));
  // A load balancer's source ranges let not everybody pass.
  const frontend = fitting.find(({ sourceRanges }) => sourceRanges === null) ?? fitting[0];
  if (frontend !== undefined) return fromOutside(frontend, family);
  // Where all policies are Local, pods that ask for an outer address have all endpoints.
  const [any] = kind === 'svc' ? outer : [];
  return any === undefined ? null : { from: 'pod', ...toFrontend(any) };
}

function fits({ kind, policy, sourceRanges }: Frontend, chain: ServiceChainKind): boolean {
  switch (chain) {
    case 'svc':
      return policy === 'Cluster';
    case 'svl':
    case 'xlb':
      return policy === 'Local';
    case 'fw':
      return kind === 'loadBalancerIP' || (kind === 'external' && sourceRanges !== null);
    default:
      return true;
  }
}

function fromOutside(frontend: Frontend, family: Family): PacketThrough {
  const allowed = allowedSource(frontend.sourceRanges ?? [], family);
  const client = allowed ?? (family === 4 ? null : outsideAddresses[family][0]);
  return { from: client === null ? 'external' : `external:${client}`, ...toFrontend(frontend) };
}

function toFrontend({ address, port, protocol }: Frontend): PacketThrough {
  return { to: address === null ? `:${port}` : joinHostPort(address, port), protocol };
}

/** An address in the first range of the family; null where there is none. */
function allowedSource(ranges: readonly string[], family: Family): string | null {
  for (const range of ranges) {
    const network = readNetwork(range, family);
    const [text = ''] = range.split('/');
    const first = parseAddress(text);
    if (network.kind !== 'value' || first?.family !== family) continue;
    // Every range but one of a single address has a second address.
    const isSingle = !range.includes('/') || range.endsWith(family === 4 ? '/32' : '/128');
    return isSingle ? text : formatAddress({ ...first, value: first.value + 1n });
  }
  return null;
}
