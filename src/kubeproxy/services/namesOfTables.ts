/**
 * What a table of `kubectl get` does not tell of a Service and the rules do: what its ports are called, and, of a table
 * without the column NAMESPACE, in which namespace it is. A cluster IP is one Service's alone.
 */
import type {
  EndpointSlice,
  KubernetesObjects,
  Service,
  ServicePortSpec,
  SlicePort,
} from '../../kubernetes/objects.ts';
import { normalAddress } from '../../values/address.ts';
import type { NodeEvidence } from './evidence.ts';
import type { PortName } from './portName.ts';

export interface NamedObjects {
  readonly objects: KubernetesObjects;
  /** What is left out, as no name for it is known; without full stops. */
  readonly problems: readonly string[];
}

/** The same objects where none is of a table, without a look at the rules. */
export function namesOfTables(objects: KubernetesObjects, node: readonly NodeEvidence[]): NamedObjects {
  if (![objects.services, objects.slices].some((each) => each.some(isTable)))
    return { objects, problems: [] };
  const named = objects.services.map((service) => new NamedService(service, node));
  const namespace = namespaceOf(named);
  const services = named.map((each) => each.within(namespace));
  const byName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]));
  const slices = objects.slices.map((slice) => sliceOf(slice, namespace, byName));
  return {
    objects: { ...objects, services, slices: slices.filter((slice) => slice !== null) },
    problems: [
      ...leftOut(
        sum(named, ({ nameless }) => nameless),
        'ports of Services that are in no rules',
        'what they are called',
      ),
      ...leftOut(
        slices.filter((slice) => slice === null).length,
        'lists of endpoints',
        'of which port of which Service they are',
      ),
    ],
  };
}

function isTable({ table }: Service | EndpointSlice): boolean {
  return table !== undefined;
}

class NamedService {
  readonly service: Service;
  /** As the rules name each port; null where they do not. */
  readonly #names: readonly (PortName | null)[];

  constructor(service: Service, node: readonly NodeEvidence[]) {
    this.service = service;
    this.#names =
      service.table === undefined ? [] : service.ports.map((port) => nameInRules(service, port, node));
  }

  /** Of a table without namespaces the one that the rules tell; null where they do not. */
  get namespace(): string | null {
    if (this.service.table?.hasNamespace !== false) return null;
    return this.#names.find((name) => name !== null)?.namespace ?? null;
  }

  /** Ports that are left out: of several ports each has a name. */
  get nameless(): number {
    return this.service.ports.length > 1 ? this.#names.filter((name) => name === null).length : 0;
  }

  within(namespace: string | null): Service {
    const { service } = this;
    if (service.table === undefined) return service;
    const isKnown = service.table.hasNamespace || namespace === null;
    const ports = service.ports.flatMap((port, at): readonly ServicePortSpec[] => {
      const name = this.#names[at] ?? null;
      if (name === null && service.ports.length > 1) return [];
      return [{ ...port, name: name?.portName ?? '' }];
    });
    return { ...service, namespace: isKnown ? service.namespace : namespace, ports };
  }
}

/** A table without namespaces is of one: that of all its Services which the rules name, where it is one. */
function namespaceOf(services: readonly NamedService[]): string | null {
  const told = new Set(services.flatMap(({ namespace }) => namespace ?? []));
  const [only = null] = told;
  return told.size === 1 ? only : null;
}

function nameInRules(
  { namespace, name, table, clusterIPs }: Service,
  { port, protocol }: ServicePortSpec,
  node: readonly NodeEvidence[],
): PortName | null {
  for (const mode of node) {
    for (const address of clusterIPs) {
      for (const key of mode.portsAt(normalAddress(address), port)) {
        const found = mode.port(key)?.lookForName();
        if (found?.name?.service !== name || found.protocol !== protocol) continue;
        if (table?.hasNamespace === false || found.name.namespace === namespace) return found.name;
      }
    }
  }
  return null;
}

/** Null for a slice of a table of whose ports nothing tells the names. */
function sliceOf(
  slice: EndpointSlice,
  namespace: string | null,
  services: ReadonlyMap<string, Service>,
): EndpointSlice | null {
  if (slice.table === undefined) return slice;
  const own = slice.table.hasNamespace || namespace === null ? slice.namespace : namespace;
  const service = services.get(`${own}/${slice.service ?? ''}`);
  const [port, ...others] = service?.ports ?? [];
  if (port === undefined || others.length > 0 || slice.ports.length !== 1) return null;
  const ports = slice.ports.map((each): SlicePort => ({ ...each, name: port.name, protocol: port.protocol }));
  return { ...slice, namespace: own, ports };
}

function leftOut(count: number, what: string, lacking: string): readonly string[] {
  if (count === 0) return [];
  return [`of tables ${count} ${what} are left out, as nothing tells ${lacking}`];
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}
