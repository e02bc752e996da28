/**
 * What the rules say of Services: every Service port with its frontends and endpoints, whatever language the rules are in,
 * joined with the cluster's objects where they were given. Built by `buildCatalog.ts`. Plain data behind lazy getters: without
 * objects a question about one port, name or address looks at the ports that it is about, `services` and `ports` at all. Every
 * name is input and may hold anything.
 */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Service, ServicePortSpec, TrafficPolicy } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import type { ServiceEndpoint } from './endpoint.ts';
import type { Affinity, PortEvidence } from './evidence.ts';
import type { Frontend } from './frontend.ts';
import type { ObjectEndpoint } from './objectIndex.ts';

/** How the name is known. `structure`: it is not, the port is called as its rules call it. */
export type NameSource = 'rules' | 'objects' | 'structure';

export interface ServicePort {
  /** Unique in the catalog, stable for one version of the rules: `default/web:http/tcp`, `KUBE-SVC-…` without a name. */
  readonly id: string;
  /** Null where only a hash is known. */
  readonly namespace: string | null;
  readonly service: string | null;
  /** Empty for an unnamed port. */
  readonly portName: string;
  /** As kube-proxy writes it: `default/web:http`, `default/web`; what the rules call it where that is all there is. */
  readonly name: string;
  readonly nameSource: NameSource;
  readonly protocol: string;
  /** From the objects; null without them. */
  readonly type: string | null;
  readonly object: Service | null;
  /** The port as the object has it; null where `object` is. */
  readonly spec: ServicePortSpec | null;
  /** The endpoints that the slices list for it, in either family, ready or not; null without objects. */
  readonly listed: readonly ObjectEndpoint[] | null;
  /** What it was read from; null for one that only the objects have. */
  readonly evidence: PortEvidence | null;
  readonly families: readonly Family[];
  readonly frontends: readonly Frontend[];
  readonly endpoints: readonly ServiceEndpoint[];
  /** As the rules have it, like everything here but `type` and `object`. */
  readonly internalPolicy: TrafficPolicy;
  readonly externalPolicy: TrafficPolicy;
  readonly affinity: Affinity | null;
  readonly healthCheckNodePort: number | null;
  /** It has rules, and none leads to them: kube-proxy removes such rules late, they are harmless. */
  readonly leftOver: boolean;
}

/** A Service with its ports. */
export interface CatalogService {
  readonly namespace: string | null;
  readonly name: string;
  /** `default/web`, or what the rules call its only port. */
  readonly id: string;
  readonly type: string | null;
  readonly object: Service | null;
  readonly ports: readonly ServicePort[];
}

/** Something that has an address. */
export type AddressOwner =
  | { readonly kind: 'frontend'; readonly port: ServicePort; readonly frontend: Frontend }
  | { readonly kind: 'endpoint'; readonly port: ServicePort; readonly endpoint: ServiceEndpoint }
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly node: string | null;
      readonly hostNetwork: boolean;
      readonly ready: boolean;
      readonly terminating: boolean;
    }
  | { readonly kind: 'node'; readonly name: string };

export interface Catalog {
  /** Whether objects were given: without them nobody tells of pods and other nodes. */
  readonly hasObjects: boolean;
  /** Ordered by namespace and name; those without a name last. */
  readonly services: readonly CatalogService[];
  readonly ports: readonly ServicePort[];
  /** Those of them that a rule refuses for want of endpoints, in the same order, without a look at the others. */
  readonly refused: readonly ServicePort[];
  /** `default/web:http`; with several protocols under one name, the first unless `protocol` says. */
  portNamed(name: string, protocol?: string): ServicePort | null;
  serviceNamed(name: string): CatalogService | null;
  portById(id: string): ServicePort | null;
  /** The port that was made of this evidence. */
  portOf(evidence: PortEvidence): ServicePort | null;
  /** The first that has this healthCheckNodePort. */
  withHealthCheckAt(port: number): ServicePort | null;
  /** The Service port that a rule is about; null for a rule of no Service. */
  ofRule(at: RuleAt): ServicePort | null;
  /** Frontends at an address; `port` and `protocol` narrow them. Node ports are found with the address null. */
  frontendsAt(
    address: string | null,
    port?: number,
    protocol?: string,
  ): readonly { readonly port: ServicePort; readonly frontend: Frontend }[];
  /** Who has an address, most telling first: frontends, pods, nodes, endpoints. Any spelling of the address. */
  whoHas(address: string): readonly AddressOwner[];
}
