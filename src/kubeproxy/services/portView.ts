/** A Service port of the catalog: evidence and objects joined, part by part, when a part is first looked at. */
import type { EndpointSlice, Service, ServicePortSpec, TrafficPolicy } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import type { NameSource, ServicePort } from './catalog.ts';
import type { ServiceEndpoint } from './endpoint.ts';
import type { Affinity, NodeEvidence, PortEvidence } from './evidence.ts';
import type { Frontend } from './frontend.ts';
import type { PortIdentity } from './identity.ts';
import { joinedEndpoints } from './joinedEndpoints.ts';
import { joinedFrontends } from './joinedFrontends.ts';
import { endpointsIn, type ObjectEndpoint } from './objectIndex.ts';
import type { PortOfService } from './portKeys.ts';

/** What a port's parts are worked out from. */
export interface PortSources {
  /** Null for a port that only the objects have. */
  readonly evidence: PortEvidence | null;
  /** What each mode says of the node. */
  readonly node: readonly NodeEvidence[];
  /** Those of its Service; null where none are known, and without objects. */
  readonly slices: readonly EndpointSlice[] | null;
}

interface Policies {
  readonly internal: TrafficPolicy;
  readonly external: TrafficPolicy;
}

const NO_POLICIES: Policies = { internal: 'Cluster', external: 'Cluster' };

export class PortView implements ServicePort {
  readonly name: string;
  readonly nameSource: NameSource;
  readonly namespace: string | null;
  readonly service: string | null;
  readonly portName: string;
  readonly protocol: string;
  readonly #object: PortOfService | null;
  readonly #sources: PortSources;
  #id: string | ((port: PortView) => string);
  #frontends: readonly Frontend[] | null = null;
  #endpoints: readonly ServiceEndpoint[] | null = null;
  #policies: Policies | null = null;

  /** `id`, or what finds it when it is asked for. */
  constructor(id: string | ((port: PortView) => string), identity: PortIdentity, sources: PortSources) {
    this.#id = id;
    this.name = identity.name;
    this.nameSource = identity.nameSource;
    this.namespace = identity.namespace;
    this.service = identity.service;
    this.portName = identity.portName;
    this.protocol = identity.protocol;
    this.#object = identity.object;
    this.#sources = sources;
  }

  get id(): string {
    if (typeof this.#id !== 'string') this.#id = this.#id(this);
    return this.#id;
  }

  /** Whether it is what a port of this id would be, made now: from now on it has the id. */
  isStill(
    id: string | null,
    { name, object }: PortIdentity,
    { evidence, node, slices }: PortSources,
  ): boolean {
    const own = this.#sources;
    const isStill =
      this.name === name &&
      this.#object?.service === object?.service &&
      this.#object?.port === object?.port &&
      own.evidence === evidence &&
      own.node === node &&
      sameItems(own.slices, slices) &&
      (id === null || typeof this.#id !== 'string' || this.#id === id);
    if (isStill && id !== null) this.#id = id;
    return isStill;
  }

  get evidence(): PortEvidence | null {
    return this.#sources.evidence;
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
    return this.evidence?.families ?? [];
  }

  get frontends(): readonly Frontend[] {
    return (this.#frontends ??= joinedFrontends(this.evidence?.frontends() ?? [], this.#policy, this.object));
  }

  get endpoints(): readonly ServiceEndpoint[] {
    return (this.#endpoints ??= joinedEndpoints(
      this.evidence?.endpoints() ?? [],
      this.families,
      this.listed,
    ));
  }

  get internalPolicy(): TrafficPolicy {
    return this.#policy.internal;
  }

  get externalPolicy(): TrafficPolicy {
    return this.#policy.external;
  }

  get affinity(): Affinity | null {
    return this.evidence?.affinity() ?? null;
  }

  get healthCheckNodePort(): number | null {
    for (const mode of this.#sources.node) {
      const port = mode.healthCheckNodePort(this.name);
      if (port !== null) return port;
    }
    return null;
  }

  get leftOver(): boolean {
    return this.evidence?.leftOver ?? false;
  }

  get listed(): readonly ObjectEndpoint[] | null {
    const { slices } = this.#sources;
    if (slices === null) return null;
    return this.#object === null ? [] : endpointsIn(slices, this.#object.port);
  }

  get #policy(): Policies {
    return (this.#policies ??= this.#findPolicies());
  }

  /** Where every frontend is refused the rules say nothing of the policies, but the objects may. */
  #findPolicies(): Policies {
    const { object } = this;
    const ruled = this.evidence?.policies() ?? null;
    if (object === null || ruled?.shown === true) return ruled ?? NO_POLICIES;
    return { internal: object.internalTrafficPolicy, external: object.externalTrafficPolicy };
  }
}

function sameItems(a: readonly unknown[] | null, b: readonly unknown[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
