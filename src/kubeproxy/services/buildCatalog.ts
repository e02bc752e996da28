/** Builds the catalog of a node: what its rules say of Services, joined with the cluster's objects where there are any. */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import { groupBy } from '../../text/groupBy.ts';
import { normalAddress } from '../../values/address.ts';
import type { AddressOwner, Catalog, CatalogService, ServicePort } from './catalog.ts';
import type { NodeEvidence, PortEvidence } from './evidence.ts';
import type { Frontend } from './frontend.ts';
import { ObjectIndex } from './objectIndex.ts';
import type { PortView } from './portView.ts';
import { comparePorts, portsOf, servicesOf } from './services.ts';

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
  return new CatalogView(node, objects, before instanceof CatalogView ? before : null);
}

interface FrontendHit {
  readonly port: ServicePort;
  readonly frontend: Frontend;
}

class CatalogView implements Catalog {
  /** Every port, in no order. */
  readonly #found: readonly PortView[];
  readonly #node: readonly NodeEvidence[];
  readonly #index: ObjectIndex | null;
  readonly #byEvidence = new Map<PortEvidence, PortView>();
  #ordered: readonly PortView[] | null = null;
  #services: readonly CatalogService[] | null = null;
  #ids: ReadonlyMap<string, PortView> | null = null;
  #names: ReadonlyMap<string, readonly PortView[]> | null = null;
  #servicesById: ReadonlyMap<string, CatalogService> | null = null;
  #portsAt: ReadonlyMap<string, readonly PortView[]> | null = null;

  constructor(node: readonly NodeEvidence[], objects: KubernetesObjects | null, before: CatalogView | null) {
    this.#node = node;
    this.#index = objects === null ? null : new ObjectIndex(objects);
    this.#found = portsOf({ node, index: this.#index }, before === null ? new Map() : before.#byId);
    for (const port of this.#found) {
      if (port.evidence !== null) this.#byEvidence.set(port.evidence, port);
    }
  }

  get ports(): readonly PortView[] {
    return (this.#ordered ??= this.#found.toSorted(comparePorts));
  }

  get services(): readonly CatalogService[] {
    return (this.#services ??= servicesOf(this.ports));
  }

  get #byId(): ReadonlyMap<string, PortView> {
    return (this.#ids ??= new Map(this.#found.map((port) => [port.id, port])));
  }

  get #byName(): ReadonlyMap<string, readonly PortView[]> {
    return (this.#names ??= groupBy(this.ports, ({ name }) => name));
  }

  portNamed(name: string, protocol?: string): ServicePort | null {
    const named = this.#byName.get(name) ?? [];
    return named.find((port) => protocol === undefined || port.protocol === protocol.toLowerCase()) ?? null;
  }

  serviceNamed(name: string): CatalogService | null {
    this.#servicesById ??= new Map(this.services.map((service) => [service.id, service]));
    return this.#servicesById.get(name) ?? null;
  }

  portById(id: string): ServicePort | null {
    return this.#byId.get(id) ?? null;
  }

  portOf(evidence: PortEvidence): ServicePort | null {
    return this.#byEvidence.get(evidence) ?? null;
  }

  ofRule(at: RuleAt): ServicePort | null {
    for (const mode of this.#node) {
      const owner = mode.ownerOf(at);
      if (owner !== null) return 'key' in owner ? this.#ofKey(mode, owner.key) : this.portNamed(owner.name);
    }
    return null;
  }

  #ofKey(mode: NodeEvidence, key: string): PortView | null {
    const evidence = mode.ports.get(key);
    return evidence === undefined ? null : (this.#byEvidence.get(evidence) ?? null);
  }

  frontendsAt(address: string | null, port?: number, protocol?: string): readonly FrontendHit[] {
    const own = address === null ? null : normalAddress(address);
    const found: FrontendHit[] = [];
    for (const each of this.#portsByAddress()
      .get(own ?? '')
      ?.toSorted(comparePorts) ?? []) {
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

  #portsByAddress(): ReadonlyMap<string, readonly PortView[]> {
    if (this.#portsAt !== null) return this.#portsAt;
    const found = new Map<string, PortView[]>();
    for (const port of this.#found) {
      for (const address of port.evidence?.frontendAddresses() ?? []) {
        const key = address === null ? '' : normalAddress(address);
        const known = found.get(key);
        if (known === undefined) found.set(key, [port]);
        else if (known.at(-1) !== port) known.push(port);
      }
    }
    this.#portsAt = found;
    return found;
  }
}
