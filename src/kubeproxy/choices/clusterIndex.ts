/** The objects of a cluster by name and address, where no rules are at hand. Every index is built when first used. */
import { type Address, contains, parseAddress, normalAddress } from '../../values/address.ts';
import { readNetwork } from '../../values/networks.ts';
import type {
  EndpointSlice,
  KubernetesNode,
  KubernetesObjects,
  Pod,
  Service,
} from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Named } from '../form/namedEnds.ts';
import { ObjectIndex } from '../services/objectIndex.ts';

export type AddressKind = 'clusterIP' | 'externalIP' | 'loadBalancerIP';

/** An address of a Service that is the same on every node. */
export interface ServiceAddress {
  readonly service: Service;
  readonly kind: AddressKind;
  readonly family: Family;
  readonly address: string;
}

/** Where a pod is an endpoint of some Service. */
interface ListeningPort {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

const indexes = new WeakMap<KubernetesObjects, ClusterIndex>();

/** The index of these objects, made once for as long as they are the same value. */
export function clusterIndexOf(objects: KubernetesObjects): ClusterIndex {
  const known = indexes.get(objects);
  if (known !== undefined) return known;
  const index = new ClusterIndex(objects);
  indexes.set(objects, index);
  return index;
}

export class ClusterIndex extends ObjectIndex {
  readonly objects: KubernetesObjects;
  #nodes: ReadonlyMap<string, KubernetesNode> | null = null;
  #addresses: ReadonlyMap<string, readonly ServiceAddress[]> | null = null;
  #byReadiness: readonly KubernetesNode[] | null = null;
  #listening: ReadonlyMap<string, readonly ListeningPort[]> | null = null;

  constructor(objects: KubernetesObjects) {
    super(objects);
    this.objects = objects;
  }

  /** What may be named. */
  get named(): Named<Service> {
    const { services, pods, nodes } = this.objects;
    return { services, pods, nodes, hasObjects: true };
  }

  nodeNamed(name: string): KubernetesNode | null {
    this.#nodes ??= new Map(this.objects.nodes.map((node) => [node.name, node]));
    return this.#nodes.get(name) ?? null;
  }

  /** The Services that have an address, any spelling of it. */
  servicesAt(address: string): readonly ServiceAddress[] {
    this.#addresses ??= groupedBy(this.objects.services.flatMap(addressesOf), ({ address: own }) => own);
    return this.#addresses.get(normalAddress(address)) ?? [];
  }

  /** Where a pod is an endpoint, by the EndpointSlices. */
  listeningOf(pod: Pod): readonly ListeningPort[] {
    this.#listening ??= listeningPorts(this.objects.slices);
    return this.#listening.get(`${pod.namespace}/${pod.name}`) ?? [];
  }

  /** Those that are ready first, each group in the order of the objects. */
  get nodesByReadiness(): readonly KubernetesNode[] {
    return (this.#byReadiness ??= [
      ...this.objects.nodes.filter(({ ready }) => ready === true),
      ...this.objects.nodes.filter(({ ready }) => ready !== true),
    ]);
  }

  /** The node whose range of pod addresses holds one; some network plugins do not keep to these ranges. */
  nodeOfRange(address: string): { readonly node: KubernetesNode; readonly range: string } | null {
    const parsed = parseAddress(address);
    if (parsed === null) return null;
    for (const node of this.objects.nodes) {
      const range = node.podCIDRs.find((each) => networkHolds(each, parsed));
      if (range !== undefined) return { node, range };
    }
    return null;
  }
}

function listeningPorts(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly ListeningPort[]> {
  const found = new Map<string, Map<string, ListeningPort>>();
  for (const { endpoints, ports } of slices) {
    for (const { pod, addresses } of endpoints) {
      if (pod === null) continue;
      const key = `${pod.namespace}/${pod.name}`;
      const known = found.get(key) ?? new Map<string, ListeningPort>();
      found.set(key, known);
      for (const address of addresses.map(normalAddress)) {
        for (const { port, protocol } of ports) {
          if (port !== null) known.set(`${address} ${port} ${protocol}`, { address, port, protocol });
        }
      }
    }
  }
  return new Map([...found].map(([name, ports]) => [name, [...ports.values()]] as const));
}

/** kube-proxy takes no external address of a family that the Service has no cluster IP of. */
export function addressesOf(service: Service): readonly ServiceAddress[] {
  const own = ofKind(service, 'clusterIP', service.clusterIPs);
  const families = new Set(own.map(({ family }) => family));
  const outer = [
    ...ofKind(service, 'externalIP', service.externalIPs),
    ...ofKind(
      service,
      'loadBalancerIP',
      service.loadBalancerIngress.map(({ ip }) => ip),
    ),
  ];
  return [...own, ...outer.filter(({ family }) => families.has(family))];
}

function networkHolds(text: string, address: Address): boolean {
  const network = readNetwork(text, null);
  return network.kind === 'value' && contains(network.value, address);
}

/** What is no address (`None`) is left out. */
function ofKind(
  service: Service,
  kind: AddressKind,
  addresses: readonly string[],
): readonly ServiceAddress[] {
  return addresses.flatMap((text) => {
    const parsed = parseAddress(text);
    if (parsed === null) return [];
    return [{ service, kind, family: parsed.family, address: normalAddress(text) }];
  });
}

function groupedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, readonly Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const known = found.get(keyOf(item));
    if (known === undefined) found.set(keyOf(item), [item]);
    else known.push(item);
  }
  return found;
}
