/** Builds the catalog of a node: what its rules say of Services, joined with the cluster's objects where there are any. */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { groupBy } from '../../text/groupBy.ts';
import { normalAddress } from '../../values/address.ts';
import type { AddressOwner, Catalog, CatalogService, ServicePort } from './catalog.ts';
import type { NodeEvidence, PortEvidence } from './evidence.ts';
import type { Frontend } from './frontend.ts';
import { identify } from './identity.ts';
import { ObjectIndex } from './objectIndex.ts';
import { splitPortName } from './portName.ts';
import { PortView } from './portView.ts';
import { comparePorts, isNameOf, plainId, portsOf, servicesOf } from './services.ts';

/**
 * The catalog of `node`, which is what each mode of kube-proxy finds in the node's rules; what more there is to know of a
 * port is asked of its evidence when it is looked at. Ports of `before`, a catalog of the same evidence, of which no object
 * changed are taken over.
 */
export function buildCatalog(
  node: readonly NodeEvidence[],
  objects: KubernetesObjects | null,
  before: Catalog | null = null,
): Catalog {
  return new CatalogView(putTogether(node, objects), objects, before instanceof CatalogView ? before : null);
}

/** The same array where no mode asks the objects, so that what is known of its ports is kept. */
function putTogether(
  node: readonly NodeEvidence[],
  objects: KubernetesObjects | null,
): readonly NodeEvidence[] {
  if (objects === null || node.every(({ withServices }) => withServices === undefined)) return node;
  return node.map((mode) => mode.withServices?.(objects.services) ?? mode);
}

interface FrontendHit {
  readonly port: ServicePort;
  readonly frontend: Frontend;
}

class CatalogView implements Catalog {
  readonly #node: readonly NodeEvidence[];
  readonly #index: ObjectIndex | null;
  /** Those that were made, with those of an earlier catalog that may be taken over. */
  readonly #made = new Map<PortEvidence, PortView>();
  readonly #earlier: ReadonlyMap<PortEvidence, PortView>;
  /** Every port, in no order; null until that is asked for. */
  #all: readonly PortView[] | null = null;
  #ordered: readonly PortView[] | null = null;
  #services: readonly CatalogService[] | null = null;
  #ids: ReadonlyMap<string, PortView> | null = null;
  #names: ReadonlyMap<string, readonly PortView[]> | null = null;
  #servicesById: ReadonlyMap<string, CatalogService> | null = null;

  constructor(node: readonly NodeEvidence[], objects: KubernetesObjects | null, before: CatalogView | null) {
    this.#node = node;
    this.#index = objects === null ? null : new ObjectIndex(objects);
    this.#earlier = before === null ? new Map() : before.#made;
    if (objects !== null) this.#all = this.#findAll(before);
  }

  get hasObjects(): boolean {
    return this.#index !== null;
  }

  get ports(): readonly PortView[] {
    return (this.#ordered ??= this.#found.toSorted(comparePorts));
  }

  get refused(): readonly PortView[] {
    const ports = this.#all === null ? this.#ofKeys((mode) => mode.refusedPorts()) : this.ports;
    return ports.filter(({ evidence }) => (evidence?.refusals() ?? []).length > 0).toSorted(comparePorts);
  }

  /** Each once, in no order. */
  #ofKeys(keysIn: (mode: NodeEvidence) => Iterable<string>): readonly PortView[] {
    const found = new Set<PortView>();
    for (const mode of this.#node) {
      for (const key of keysIn(mode)) {
        const port = this.#ofKey(mode, key);
        if (port !== null) found.add(port);
      }
    }
    return [...found];
  }

  get services(): readonly CatalogService[] {
    return (this.#services ??= servicesOf(this.ports));
  }

  get #found(): readonly PortView[] {
    return (this.#all ??= this.#findAll(null));
  }

  #findAll(before: CatalogView | null): readonly PortView[] {
    const byId = before !== null && before.#index !== null ? before.#byId : null;
    const all = portsOf(
      { node: this.#node, index: this.#index },
      {
        ofEvidence: (evidence) => this.#made.get(evidence) ?? this.#earlier.get(evidence),
        withId: (id) => byId?.get(id),
      },
    );
    for (const port of all) if (port.evidence !== null) this.#made.set(port.evidence, port);
    return all;
  }

  get #byId(): ReadonlyMap<string, PortView> {
    return (this.#ids ??= new Map(this.#found.map((port) => [port.id, port])));
  }

  get #byName(): ReadonlyMap<string, readonly PortView[]> {
    return (this.#names ??= groupBy(this.ports, ({ name }) => name));
  }

  portNamed(name: string, protocol?: string): ServicePort | null {
    const parts = splitPortName(name);
    const some = parts === null ? null : this.#mayBeOf(parts.namespace, parts.service);
    const named =
      some?.filter((port) => port.name === name).sort(comparePorts) ?? this.#byName.get(name) ?? [];
    return named.find((port) => protocol === undefined || port.protocol === protocol.toLowerCase()) ?? null;
  }

  serviceNamed(name: string): CatalogService | null {
    const parts = splitPortName(name);
    const some = parts === null ? null : this.#mayBeOf(parts.namespace, parts.service);
    if (some !== null) return servicesOf(some.toSorted(comparePorts)).find(({ id }) => id === name) ?? null;
    this.#servicesById ??= new Map(this.services.map((service) => [service.id, service]));
    return this.#servicesById.get(name) ?? null;
  }

  /** At least the ports of a Service; null where all have to be looked at. */
  #mayBeOf(namespace: string, service: string): readonly PortView[] | null {
    if (this.#all !== null) return null;
    const found = new Set<PortView>();
    for (const mode of this.#node) {
      const keys = mode.portsOfService(namespace, service);
      if (keys === null) return null;
      for (const key of keys) {
        const port = this.#ofKey(mode, key);
        if (port !== null) found.add(port);
      }
    }
    return [...found];
  }

  portById(id: string): ServicePort | null {
    return this.#byId.get(id) ?? null;
  }

  portOf(evidence: PortEvidence): PortView | null {
    const known = this.#made.get(evidence);
    if (known !== undefined || this.#all !== null) return known ?? null;
    const identity = identify(evidence, null);
    const sources = { evidence, node: this.#node, slices: null };
    const earlier = this.#earlier.get(evidence);
    const isStill = earlier?.isStill(null, identity, sources) === true;
    const port = isStill ? earlier : new PortView((own) => this.#idOf(own), identity, sources);
    this.#made.set(evidence, port);
    return port;
  }

  /** Of a port that was made by itself: where others may be called alike, all are looked at. */
  #idOf(port: PortView): string {
    const plain = plainId(port);
    const { namespace, service, evidence } = port;
    const [mode] = this.#node;
    if (namespace === null || service === null || evidence === null) return plain;
    if (mode !== undefined && this.#node.length === 1 && isNameOf(port, evidence, mode)) return plain;
    const some = this.#mayBeOf(namespace, service);
    if (some?.every((each) => each === port || plainId(each) !== plain) === true) return plain;
    const all = this.#found;
    return all.includes(port) ? port.id : plain;
  }

  withHealthCheckAt(port: number): ServicePort | null {
    const names = this.#node.flatMap((mode) => mode.namesWithHealthCheckAt(port));
    const found = names.flatMap((name) => this.portNamed(name) ?? []);
    return found.sort(comparePorts)[0] ?? null;
  }

  ofRule(at: RuleAt): ServicePort | null {
    for (const mode of this.#node) {
      const owner = mode.ownerOf(at);
      if (owner !== null) return 'key' in owner ? this.#ofKey(mode, owner.key) : this.portNamed(owner.name);
    }
    return null;
  }

  #ofKey(mode: NodeEvidence, key: string): PortView | null {
    const evidence = mode.port(key);
    return evidence === null ? null : this.portOf(evidence);
  }

  frontendsAt(address: string | null, port?: number, protocol?: string): readonly FrontendHit[] {
    const own = address === null ? null : normalAddress(address);
    const found: FrontendHit[] = [];
    const ports = this.#node.flatMap((mode) =>
      [...mode.portsAt(own, port)].flatMap((key) => this.#ofKey(mode, key) ?? []),
    );
    for (const each of ports.sort(comparePorts)) {
      for (const frontend of each.frontends) {
        const at = frontend.address === null ? null : normalAddress(frontend.address);
        if (at !== own || (port !== undefined && frontend.port !== port)) continue;
        if (protocol === undefined || frontend.protocol === protocol) found.push({ port: each, frontend });
      }
    }
    return found;
  }

  whoHas(address: string): readonly AddressOwner[] {
    const own = normalAddress(address);
    const frontends = this.frontendsAt(own).map((hit): AddressOwner => ({ kind: 'frontend', ...hit }));
    return [...frontends, ...this.#podsAndNode(own), ...this.#endpointsAt(own)];
  }

  #podsAndNode(address: string): readonly AddressOwner[] {
    const node = this.#index?.nodeAt(address) ?? null;
    const pods = (this.#index?.podsAt(address) ?? []).map((pod): AddressOwner => {
      const { namespace, name, nodeName, hostNetwork, ready, terminating } = pod;
      return { kind: 'pod', namespace, name, node: nodeName, hostNetwork, ready, terminating };
    });
    return node === null ? pods : [{ kind: 'node', name: node.name }, ...pods];
  }

  #endpointsAt(address: string): readonly AddressOwner[] {
    return this.#node.flatMap((mode) =>
      [...mode.portsWithEndpointAt(address)].flatMap((key): readonly AddressOwner[] => {
        const port = this.#ofKey(mode, key);
        const own = port?.endpoints.filter((each) => each.inRules && each.address === address) ?? [];
        return port === null ? [] : own.map((endpoint) => ({ kind: 'endpoint', port, endpoint }));
      }),
    );
  }
}
