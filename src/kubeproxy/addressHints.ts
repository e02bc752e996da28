/** What kube-proxy and the cluster's objects tell of addresses where the node's own files do not. */
import { formatAddress } from '../iptables/values/address.ts';
import type { KubernetesObjects } from '../kubernetes/objects.ts';
import type { AddressHint, Hints } from '../netfilter/hints.ts';
import type { Catalog } from './catalog/catalog.ts';
import { normalAddress } from './catalog/objectIndex.ts';
import type { ProxyMode } from './roles.ts';

/** What hints are drawn from; each is read only when an address is asked for. */
export interface HintSources {
  readonly catalog: Catalog;
  readonly objects: KubernetesObjects | null;
  readonly dump: { readonly mode: ProxyMode | null };
}

/**
 * Cluster IPs are no addresses of a node in iptables mode (in IPVS mode they all are, on kube-ipvs0), a pod's address is
 * the pod's, and the internal address of a cluster's only node is this node's. Nothing is said of load-balancer IPs: some
 * load balancers give them to a node's interface.
 */
export function addressHintsOf(sources: HintSources): Hints {
  const known = new Map<string, AddressHint | null>();
  return {
    addressHint: (address) => {
      const text = formatAddress(address);
      const hint = known.get(text);
      if (hint !== undefined) return hint;
      const found = ofObjects(sources, text) ?? ofClusterIp(sources, text);
      known.set(text, found);
      return found;
    },
  };
}

function ofClusterIp({ catalog, dump }: HintSources, address: string): AddressHint | null {
  if (dump.mode !== 'iptables') return null;
  const owner = catalog
    .whoHas(address)
    .find((each) => each.kind === 'frontend' && each.frontend.kind === 'clusterIP');
  if (owner?.kind !== 'frontend') return null;
  const name = owner.port.name;
  return {
    type: 'UNICAST',
    because: `it is the cluster IP of ${name}, and in iptables mode no node has a cluster IP on an interface`,
  };
}

function ofObjects({ catalog, objects }: HintSources, address: string): AddressHint | null {
  if (objects === null) return null;
  const [node, ...others] = objects.nodes;
  if (
    others.length === 0 &&
    node?.internalAddresses.some((each) => normalAddress(each) === address) === true
  ) {
    const because = `it is the internal address of ${node.name}, the only node in objects.json`;
    return { type: 'LOCAL', because };
  }
  const owners = catalog.whoHas(address);
  const [pod] = owners.flatMap((each) => (each.kind === 'pod' && !each.hostNetwork ? [each] : []));
  if (pod === undefined || owners.some((each) => each.kind === 'node')) return null;
  return { type: 'UNICAST', because: `it is the address of the pod ${pod.namespace}/${pod.name}` };
}
