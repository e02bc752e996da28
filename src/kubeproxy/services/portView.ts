/** A Service port of the catalog: worked out from its draft, part by part, when a part is first looked at. */
import { servicePortName, splitPortName } from './portName.ts';
import type { EndpointSlice, Service, ServicePortSpec, TrafficPolicy } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import { servicePortSpellings, serviceSuffix } from '../modes/iptables/hashes.ts';
import { familyChainName } from '../modes/iptables/roles.ts';
import { families } from '../rulesets.ts';
import { commentOf, protocolOf } from '../words/ruleView.ts';
import type {
  Affinity,
  Frontend,
  NameSource,
  PortProblem,
  ServiceChainKind,
  ServiceChains,
  ServiceEndpoint,
  ServicePort,
} from './catalog.ts';
import { readServiceComment } from '../modes/iptables/comments.ts';
import type { Drafts, FamilyRules, PortDraft, Side } from '../modes/iptables/drafts.ts';
import {
  endpointsOf,
  objectEndpointsOnly,
  portShares,
  type PortShares,
} from '../modes/iptables/endpoints.ts';
import { frontendsOf, policiesOf, type Policies } from '../modes/iptables/frontends.ts';
import { endpointsIn, type ObjectEndpoint, type ObjectIndex, type PortOfService } from './objectIndex.ts';

const serviceChainKinds: readonly ServiceChainKind[] = ['svc', 'svl', 'ext', 'fw', 'xlb'];

/** What ports are found in. `index` is null without objects. */
export interface PortContext {
  readonly drafts: Drafts;
  readonly index: ObjectIndex | null;
}

/** What a port's parts are worked out from. */
export interface PortSources {
  /** Null for a port that only the objects have. */
  readonly draft: PortDraft | null;
  readonly drafts: Drafts;
  /** Those of its Service; null without objects. */
  readonly slices: readonly EndpointSlice[] | null;
}

/** Who a port is, found before anything else of it. */
export interface PortIdentity {
  readonly name: string;
  readonly nameSource: NameSource;
  readonly namespace: string | null;
  readonly service: string | null;
  readonly portName: string;
  readonly protocol: string;
  readonly object: PortOfService | null;
}

/** The identity of a draft: by the objects where they know its hash, else by a comment, else by its chain. */
export function identify(draft: PortDraft, context: PortContext): PortIdentity {
  const object = context.index?.portOfSuffix(draft.suffix) ?? null;
  if (object !== null) {
    const { service, port } = object;
    return {
      name: servicePortName(service.namespace, service.name, port.name),
      nameSource: draft.spelling === null ? 'objects' : 'comment',
      namespace: service.namespace,
      service: service.name,
      portName: port.name,
      protocol: port.protocol,
      object,
    };
  }
  const spelling = draft.spelling ?? spellingInChains(draft, context);
  const parts = spelling === null ? null : splitPortName(spelling);
  const protocol = draft.protocol ?? protocolInChains(draft, spelling, context);
  if (parts === null) return unnamed(draft, protocol);
  const name = servicePortName(parts.namespace, parts.service, parts.portName);
  return { name, nameSource: 'comment', ...parts, protocol, object: null };
}

function unnamed(draft: PortDraft, protocol: string): PortIdentity {
  const name = familyChainName('svc', draft.suffix);
  return {
    name,
    nameSource: 'structure',
    namespace: null,
    service: null,
    portName: '',
    protocol,
    object: null,
  };
}

/** For chains that no rule leads to: their own rules may still name the port. */
function spellingInChains(draft: PortDraft, context: PortContext): string | null {
  for (const rule of rulesInChains(draft, context)) {
    const comment = readServiceComment(commentOf(rule));
    if (comment !== null) return comment.name;
  }
  return null;
}

function protocolInChains(draft: PortDraft, spelling: string | null, context: PortContext): string {
  const spellings = spelling === null ? [] : servicePortSpellings(spelling);
  for (const protocol of ['tcp', 'udp', 'sctp']) {
    if (spellings.some((each) => serviceSuffix(each, protocol) === draft.suffix)) return protocol;
  }
  for (const rule of rulesInChains(draft, context)) {
    const protocol = protocolOf(rule);
    if (protocol !== null) return protocol;
  }
  return '';
}

function* rulesInChains(draft: PortDraft, context: PortContext) {
  for (const rules of context.drafts.rules.values()) {
    for (const kind of serviceChainKinds) {
      yield* rules.nat?.chains.get(familyChainName(kind, draft.suffix))?.rules ?? [];
    }
  }
}

const NO_CHAINS: ServiceChains = { svc: null, svl: null, ext: null, fw: null, xlb: null };

export class PortView implements ServicePort {
  readonly id: string;
  readonly name: string;
  readonly nameSource: NameSource;
  readonly namespace: string | null;
  readonly service: string | null;
  readonly portName: string;
  readonly protocol: string;
  readonly #object: PortOfService | null;
  readonly #sources: PortSources;
  readonly #shares = new Map<Family, PortShares>();
  #frontends: readonly Frontend[] | null = null;
  #endpoints: readonly ServiceEndpoint[] | null = null;
  #byChain: ReadonlyMap<string, ServiceEndpoint> | null = null;
  #policies: Policies | null = null;

  constructor(id: string, identity: PortIdentity, sources: PortSources) {
    this.id = id;
    this.name = identity.name;
    this.nameSource = identity.nameSource;
    this.namespace = identity.namespace;
    this.service = identity.service;
    this.portName = identity.portName;
    this.protocol = identity.protocol;
    this.#object = identity.object;
    this.#sources = sources;
  }

  /** Whether it is what a port of this id would be, made now. */
  isStill(id: string, { name, object }: PortIdentity, { draft, drafts, slices }: PortSources): boolean {
    const own = this.#sources;
    return (
      this.id === id &&
      this.name === name &&
      this.#object?.service === object?.service &&
      this.#object?.port === object?.port &&
      own.draft === draft &&
      own.drafts === drafts &&
      sameItems(own.slices, slices)
    );
  }

  /** What its chains are called after; null where only the objects have it. */
  get suffix(): string | null {
    return this.#sources.draft?.suffix ?? null;
  }

  /** The addresses of its frontends, null for node ports; cheaper than the frontends. */
  *frontendAddresses(): Generator<string | null> {
    for (const side of this.#sources.draft?.sides.values() ?? []) {
      for (const each of side.dispatches) yield each.address;
      for (const each of side.refusals) yield each.address;
    }
  }

  get type(): string | null {
    return this.object?.type ?? null;
  }

  get object(): Service | null {
    return this.#object?.service ?? null;
  }

  get spec(): ServicePortSpec | null {
    return this.#object?.port ?? null;
  }

  get families(): readonly Family[] {
    return families.filter((family) => this.#side(family) !== null);
  }

  chains(family: Family): ServiceChains {
    const draft = this.#sources.draft;
    const nat = this.#rules(family)?.nat;
    if (draft === null || nat === undefined || nat === null) return NO_CHAINS;
    const named = (kind: ServiceChainKind): string | null => {
      const name = familyChainName(kind, draft.suffix);
      return nat.chains.has(name) ? name : null;
    };
    return { svc: named('svc'), svl: named('svl'), ext: named('ext'), fw: named('fw'), xlb: named('xlb') };
  }

  get frontends(): readonly Frontend[] {
    return (this.#frontends ??= this.#perFamily((rules, side) =>
      frontendsOf(rules, side, this.#policy, this.object),
    ));
  }

  get endpoints(): readonly ServiceEndpoint[] {
    return (this.#endpoints ??= this.#findEndpoints());
  }

  /** The endpoint that a KUBE-SEP- chain is for; null where the port does not balance to it. */
  endpointOfChain(chain: string, family: Family): ServiceEndpoint | null {
    this.#byChain ??= new Map(this.endpoints.map((each) => [`${each.family}/${each.chain ?? ''}`, each]));
    return this.#byChain.get(`${family}/${chain}`) ?? null;
  }

  get internalPolicy(): TrafficPolicy {
    return this.#policy.internal;
  }

  get externalPolicy(): TrafficPolicy {
    return this.#policy.external;
  }

  get affinity(): Affinity | null {
    for (const family of this.families) {
      const { cluster, local } = this.shares(family);
      const seconds = cluster.affinitySeconds ?? local.affinitySeconds;
      if (seconds !== null) return { kind: 'ClientIP', seconds };
    }
    return null;
  }

  get healthCheckNodePort(): number | null {
    return this.#sources.drafts.healthChecks.get(this.name) ?? null;
  }

  get problems(): readonly PortProblem[] {
    return this.#perFamily((rules, side) =>
      side.refusals.map((refusal) => ({
        kind: refusal.fate === 'rejected' ? 'no-endpoints' : 'no-local-endpoints',
        family: rules.family,
        message:
          refusal.fate === 'rejected'
            ? 'no endpoints, traffic is rejected'
            : 'no endpoints on this node, traffic is dropped',
        ref: refusal.ref,
      })),
    );
  }

  get leftOver(): boolean {
    const sides = [...(this.#sources.draft?.sides.values() ?? [])];
    return (
      sides.length > 0 && sides.every((side) => side.dispatches.length === 0 && side.refusals.length === 0)
    );
  }

  /** How its chains of one family balance. */
  shares(family: Family): PortShares {
    let shares = this.#shares.get(family);
    const rules = this.#rules(family);
    if (shares === undefined) {
      shares =
        rules === null || this.#sources.draft === null
          ? portShares({ family, nat: null, filter: null, marks: new Map(), nodePortScope: '' }, '')
          : portShares(rules, this.#sources.draft.suffix);
      this.#shares.set(family, shares);
    }
    return shares;
  }

  #findEndpoints(): readonly ServiceEndpoint[] {
    const { listed } = this;
    const sided = this.families;
    const other = (listed ?? []).filter((entry) => !sided.includes(entry.family));
    return [
      ...this.#perFamily((rules) => endpointsOf(rules, this.shares(rules.family), listed)),
      ...objectEndpointsOnly(other),
    ];
  }

  get listed(): readonly ObjectEndpoint[] | null {
    const { slices } = this.#sources;
    if (slices === null) return null;
    return this.#object === null ? [] : endpointsIn(slices, this.#object.port);
  }

  get #policy(): Policies {
    this.#policies ??= this.#toldByObject();
    if (this.#policies === null) {
      const each = this.#perFamily((rules, side) => [policiesOf(rules, side)]);
      this.#policies = {
        internal: each.some((policy) => policy.internal === 'Local') ? 'Local' : 'Cluster',
        external: each.some((policy) => policy.external === 'Local') ? 'Local' : 'Cluster',
      };
    }
    return this.#policies;
  }

  /** Where every frontend is refused the rules say nothing of the policies, but the objects may. */
  #toldByObject(): Policies | null {
    const { object } = this;
    const sides = [...(this.#sources.draft?.sides.values() ?? [])];
    if (object === null || sides.some((side) => side.dispatches.length > 0)) return null;
    return { internal: object.internalTrafficPolicy, external: object.externalTrafficPolicy };
  }

  #side(family: Family): Side | null {
    return this.#sources.draft?.sides.get(family) ?? null;
  }

  #rules(family: Family): FamilyRules | null {
    return this.#sources.drafts.rules.get(family) ?? null;
  }

  #perFamily<Item>(find: (rules: FamilyRules, side: Side) => readonly Item[]): readonly Item[] {
    return families.flatMap((family) => {
      const rules = this.#rules(family);
      const side = this.#side(family);
      return rules === null || side === null ? [] : find(rules, side);
    });
  }
}

function sameItems(a: readonly unknown[] | null, b: readonly unknown[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
