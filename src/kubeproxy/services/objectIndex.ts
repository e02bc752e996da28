/** The cluster's objects, found by what rules know: names and addresses. Every index is built when first used. */
import { joinHostPort } from '../../values/hostPort.ts';
import { normalAddress } from '../../values/address.ts';
import type {
  EndpointSlice,
  KubernetesNode,
  KubernetesObjects,
  Pod,
  Service,
  ServicePortSpec,
  SliceEndpoint,
} from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';

/** An endpoint as a slice has it, with the address and port that kube-proxy would hash. */
export interface ObjectEndpoint {
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly endpoint: SliceEndpoint;
}

export class ObjectIndex {
  readonly #objects: KubernetesObjects;
  #slices: Map<string, EndpointSlice[]> | null = null;
  #pods: Map<string, Pod[]> | null = null;
  #nodes: Map<string, KubernetesNode> | null = null;

  constructor(objects: KubernetesObjects) {
    this.#objects = objects;
  }

  get services(): readonly Service[] {
    return this.#objects.services;
  }

  /** Without any, nothing is known of who stands behind a Service. */
  get hasSlices(): boolean {
    return this.#objects.slices.length > 0;
  }

  /** Every endpoint of a Service port in either family, ready or not. */
  endpointsOf(service: Service, port: ServicePortSpec): readonly ObjectEndpoint[] {
    return endpointsIn(this.slicesOf(service), port);
  }

  slicesOf(service: Service): readonly EndpointSlice[] {
    this.#slices ??= slicesByService(this.#objects.slices);
    return this.#slices.get(`${service.namespace}/${service.name}`) ?? NO_SLICES;
  }

  /** Pods with an address; several where they use the node's own. */
  podsAt(address: string): readonly Pod[] {
    this.#pods ??= podsByAddress(this.#objects.pods);
    return this.#pods.get(normalAddress(address)) ?? [];
  }

  nodeAt(address: string): KubernetesNode | null {
    this.#nodes ??= nodesByAddress(this.#objects.nodes);
    return this.#nodes.get(normalAddress(address)) ?? null;
  }
}

const NO_SLICES: readonly EndpointSlice[] = [];

/** Every endpoint of a Service port in either family, ready or not, from the slices of its Service. */
export function endpointsIn(
  slices: readonly EndpointSlice[],
  port: ServicePortSpec,
): readonly ObjectEndpoint[] {
  const found: ObjectEndpoint[] = [];
  for (const slice of slices) {
    if (slice.addressType === 'FQDN') continue;
    const family = slice.addressType === 'IPv6' ? 6 : 4;
    for (const slicePort of slice.ports) {
      if (slicePort.name !== port.name || slicePort.protocol !== port.protocol || slicePort.port === null)
        continue;
      for (const endpoint of slice.endpoints) {
        for (const address of endpoint.addresses.slice(0, 1)) {
          found.push({ family, address: normalAddress(address), port: slicePort.port, endpoint });
        }
      }
    }
  }
  return found;
}

/** `10.244.1.5:8080` with one spelling per address. */
export function endpointKey(address: string, port: number): string {
  return joinHostPort(normalAddress(address), port);
}

function slicesByService(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    if (slice.service !== null) add(found, `${slice.namespace}/${slice.service}`, slice);
  }
  return found;
}

/** A pod whose containers have ended for good. */
export function isOver({ phase }: Pod): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Pods that are over give their address back; the API keeps it in their status. */
function podsByAddress(pods: readonly Pod[]): Map<string, Pod[]> {
  const found = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isOver(pod)) continue;
    for (const ip of pod.ips) add(found, normalAddress(ip), pod);
  }
  return found;
}

function nodesByAddress(nodes: readonly KubernetesNode[]): Map<string, KubernetesNode> {
  const found = new Map<string, KubernetesNode>();
  for (const node of nodes) for (const address of node.addresses) found.set(normalAddress(address), node);
  return found;
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
