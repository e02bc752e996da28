/** Builds the catalog of a node's rules, joined with the cluster's objects where there are any. */
import { normalAddress } from '../../values/address.ts';
import type { Ruleset, Table } from '../../rules/iptables/nodes.ts';
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import { servicePortSpellings } from '../modes/iptables/hashes.ts';
import { readFamilyChain } from '../modes/iptables/roles.ts';
import { families, tableNamed, type Rulesets } from '../rulesets.ts';
import { commentOf, targetNameOf } from '../words/ruleView.ts';
import type {
  AddressOwner,
  Catalog,
  CatalogService,
  ChainOwner,
  Frontend,
  RuleRef,
  ServicePort,
} from './catalog.ts';
import { readServiceComment } from '../modes/iptables/comments.ts';
import { collectDrafts, type Drafts } from '../modes/iptables/drafts.ts';
import { endpointChainsByAddress, ownersOfEndpoints } from './endpointIndex.ts';
import { masqueradeMark } from '../modes/iptables/marks.ts';
import { ObjectIndex } from './objectIndex.ts';
import { portsOf, servicesOf } from './services.ts';
import type { PortView } from './portView.ts';

/**
 * The catalog. One walk over KUBE-SERVICES, KUBE-NODEPORTS and their namesakes in table filter finds the ports; what
 * more there is to know of a port is read from its own chains when it is looked at. What hangs on the rules alone is taken
 * over from `before`, where it is a catalog of the same rules, and so are ports of which no object changed.
 */
export function buildCatalog(
  rulesets: Rulesets,
  objects: KubernetesObjects | null,
  before: Catalog | null = null,
): Catalog {
  const known = before instanceof CatalogView && before.isOf(rulesets) ? before : null;
  return new CatalogView(catalogRulesOf(rulesets), objects, known);
}

/** The first half of `buildCatalog`, which hangs on the rules alone: to do it in a turn of its own. */
export function prepareCatalog(rulesets: Rulesets): void {
  catalogRulesOf(rulesets);
}

const knownRules = new WeakMap<Rulesets, CatalogRules>();

function catalogRulesOf(rulesets: Rulesets): CatalogRules {
  let rules = knownRules.get(rulesets);
  if (rules === undefined) {
    rules = new CatalogRules(rulesets);
    knownRules.set(rulesets, rules);
  }
  return rules;
}

interface FrontendHit {
  readonly port: ServicePort;
  readonly frontend: Frontend;
}

class CatalogView implements Catalog {
  readonly ports: readonly PortView[];
  readonly services: readonly CatalogService[];
  readonly #rules: CatalogRules;
  readonly #index: ObjectIndex | null;
  readonly #bySuffix = new Map<string, PortView>();
  readonly #byId = new Map<string, PortView>();
  readonly #byName = new Map<string, PortView[]>();
  #servicesById: ReadonlyMap<string, CatalogService> | null = null;
  #portsAt: ReadonlyMap<string, readonly PortView[]> | null = null;

  constructor(rules: CatalogRules, objects: KubernetesObjects | null, before: CatalogView | null) {
    this.#rules = rules;
    this.#index = objects === null ? null : new ObjectIndex(objects);
    this.ports = portsOf(
      { drafts: rules.drafts, index: this.#index },
      before === null ? new Map() : before.#byId,
    );
    this.services = servicesOf(this.ports);
    for (const port of this.ports) {
      this.#byId.set(port.id, port);
      if (port.suffix !== null) this.#bySuffix.set(port.suffix, port);
      const named = this.#byName.get(port.name);
      if (named === undefined) this.#byName.set(port.name, [port]);
      else named.push(port);
    }
  }

  isOf(rulesets: Rulesets): boolean {
    return this.#rules.rulesets === rulesets;
  }

  get masqueradeMark(): number {
    return this.#rules.mark;
  }

  portNamed(name: string, protocol?: string): ServicePort | null {
    const named = servicePortSpellings(name).flatMap((spelling) => this.#byName.get(spelling) ?? []);
    return named.find((port) => protocol === undefined || port.protocol === protocol.toLowerCase()) ?? null;
  }

  serviceNamed(name: string): CatalogService | null {
    this.#servicesById ??= new Map(this.services.map((service) => [service.id, service]));
    return this.#servicesById.get(name) ?? null;
  }

  portById(id: string): ServicePort | null {
    return this.#byId.get(id) ?? null;
  }

  ofChain(chain: string, family?: Family): ChainOwner | null {
    const found = readFamilyChain(chain);
    if (found === null) return null;
    const sides = family === undefined ? families : [family];
    if (found.kind === 'sep') return this.#ofEndpointChain(chain, sides);
    const port = this.#bySuffix.get(found.suffix);
    if (port === undefined) return null;
    const { kind } = found;
    const side = sides.find((each) => port.chains(each)[kind] === chain);
    return side === undefined ? null : { port, kind, family: side, endpoint: null };
  }

  #ofEndpointChain(chain: string, sides: readonly Family[]): ChainOwner | null {
    for (const family of sides) {
      const suffix = this.#rules.endpointOwners(family).get(chain);
      const port = suffix === undefined ? undefined : this.#bySuffix.get(suffix);
      if (port === undefined) continue;
      return { port, kind: 'sep', family, endpoint: port.endpointOfChain(chain, family) };
    }
    return null;
  }

  ofRule(ref: RuleRef): ServicePort | null {
    const own = ref.table === 'nat' ? this.ofChain(ref.chain, ref.family) : null;
    if (own !== null) return own.port;
    const target = targetNameOf(ref.rule);
    const next = target === null || ref.table !== 'nat' ? null : this.ofChain(target, ref.family);
    if (next !== null) return next.port;
    const comment = readServiceComment(commentOf(ref.rule));
    return comment === null ? null : this.#ofSpelling(comment.name);
  }

  #ofSpelling(spelling: string): ServicePort | null {
    return this.portNamed(spelling.endsWith(':') ? spelling.slice(0, -1) : spelling);
  }

  frontendsAt(address: string | null, port?: number, protocol?: string): readonly FrontendHit[] {
    const own = address === null ? null : normalAddress(address);
    const found: FrontendHit[] = [];
    for (const each of this.#portsByAddress().get(own ?? '') ?? []) {
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
    return families.flatMap((family) =>
      (this.#rules.addressChains(family).get(address) ?? []).flatMap((chain): readonly AddressOwner[] => {
        const owner = this.ofChain(chain, family);
        if (owner === null || owner.endpoint === null) return [];
        return [{ kind: 'endpoint', port: owner.port, endpoint: owner.endpoint }];
      }),
    );
  }

  #portsByAddress(): ReadonlyMap<string, readonly PortView[]> {
    if (this.#portsAt !== null) return this.#portsAt;
    const found = new Map<string, PortView[]>();
    for (const port of this.ports) {
      for (const address of port.frontendAddresses()) {
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

/** What a catalog finds in the rules alone, each index when it is first needed. */
class CatalogRules {
  readonly rulesets: Rulesets;
  readonly drafts: Drafts;
  readonly #owners = new Map<Family, ReadonlyMap<string, string>>();
  readonly #chainsByAddress = new Map<Family, ReadonlyMap<string, readonly string[]>>();
  #mark: number | null = null;

  constructor(rulesets: Rulesets) {
    this.rulesets = rulesets;
    this.drafts = collectDrafts(rulesets);
  }

  get mark(): number {
    return (this.#mark ??= masqueradeMark(this.rulesets));
  }

  endpointOwners(family: Family): ReadonlyMap<string, string> {
    return this.#perFamily(this.#owners, family, ownersOfEndpoints);
  }

  addressChains(family: Family): ReadonlyMap<string, readonly string[]> {
    return this.#perFamily(this.#chainsByAddress, family, endpointChainsByAddress);
  }

  #perFamily<Value>(
    cache: Map<Family, ReadonlyMap<string, Value>>,
    family: Family,
    build: (ruleset: Ruleset, nat: Table | null) => ReadonlyMap<string, Value>,
  ): ReadonlyMap<string, Value> {
    const known = cache.get(family);
    if (known !== undefined) return known;
    const ruleset = this.rulesets[family];
    const built = ruleset === null ? new Map<string, Value>() : build(ruleset, tableNamed(ruleset, 'nat'));
    cache.set(family, built);
    return built;
  }
}
