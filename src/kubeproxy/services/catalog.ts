/**
 * What the rules say of Services: every Service port with its frontends and endpoints, read from the rules, joined with
 * the cluster's objects where they were given. Built by `buildCatalog.ts`. Plain data behind lazy getters: the lists
 * are cheap, an endpoint is worked out when it is first looked at. Every name is input and may hold anything.
 */
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Service, ServicePortSpec, TrafficPolicy } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import type { ObjectEndpoint } from './objectIndex.ts';

/** Where a rule stands. `rule.index` is its index in the chain, its span lies in the text of `family`'s rules. */
export interface RuleRef {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  readonly rule: Rule;
}

/** `KUBE-SVC-`, `KUBE-SVL-` …: the families of chains of one Service port. */
export type ServiceChainKind = 'svc' | 'svl' | 'ext' | 'fw' | 'xlb';

/** `external`: an external IP or a load-balancer IP, and nothing tells which. */
export type FrontendKind = 'clusterIP' | 'nodePort' | 'externalIP' | 'loadBalancerIP' | 'external';

/**
 * Who is masqueraded on the way through a frontend: nobody, everybody, everybody but a range of sources (the cluster's
 * pods), only this node's own addresses. Not said: hairpin, which belongs to the endpoint.
 */
export type Masquerade =
  | { readonly kind: 'never' | 'always' | 'node' }
  /** As the rule says it: `from 10.244.0.0/16`, `in by veth+`. */
  | { readonly kind: 'unless'; readonly unless: string }
  /** Under conditions that kube-proxy does not write; in the rule's words. */
  | { readonly kind: 'when'; readonly when: string };

/**
 * `rejected`: no endpoints; `dropped`: no local endpoints; `none`: its rule leads to no endpoint, and nothing answers
 * in their place. With a `chain`, `dropped` is the fate of traffic from outside only: pods and the node are balanced.
 */
export type FrontendFate = 'balanced' | 'rejected' | 'dropped' | 'none';

/** One address and port at which a Service port is reached. */
export interface Frontend {
  readonly kind: FrontendKind;
  readonly family: Family;
  /** Null for a node port on every local address of the node; else the address that the rule names. */
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly fate: FrontendFate;
  /** The chain that its rule in table nat jumps to; null where there is none. */
  readonly chain: string | null;
  /** `Local`: only endpoints of this node are used for traffic from outside (or, for a cluster IP, at all). */
  readonly policy: TrafficPolicy;
  readonly masquerade: Masquerade;
  /** loadBalancerSourceRanges as the rules have them; null where every source may. */
  readonly sourceRanges: readonly string[] | null;
  /** For a node port: the addresses of the node at which it is taken, in words: `every address`, `192.168.0.2`; else empty. */
  readonly scope: string;
  readonly ref: RuleRef;
}

interface EndpointPod {
  readonly namespace: string;
  readonly name: string;
}

/** One endpoint of a Service port. Null means not known, everywhere. */
export interface ServiceEndpoint {
  readonly family: Family;
  /** Empty where its chain holds no DNAT rule that could be read. */
  readonly address: string;
  /** Null where the DNAT rule names no port. */
  readonly port: number | null;
  /** `KUBE-SEP-…`; null where only the objects have it. */
  readonly chain: string | null;
  /**
   * The part of new connections, without a remembered client, that the kernel sends here: from the `statistic` rules
   * as they stand. Null where it gets none by cluster policy, or a rule's condition leaves it open.
   */
  readonly share: number | null;
  /** The same by local policy (KUBE-SVL, older KUBE-XLB). */
  readonly localShare: number | null;
  /** Whether a KUBE-SVC chain balances to it, and whether a KUBE-SVL or older KUBE-XLB does; with or without a known share. */
  readonly balanced: { readonly cluster: boolean; readonly local: boolean };
  /** The rule that translates; null where only the objects have it. */
  readonly dnat: RuleRef | null;
  /** Whether its own packets are marked for masquerade when they come back to it. */
  readonly hairpin: boolean;
  /** Packets counted at the DNAT rule: first packets of connections. Null without counters. */
  readonly packets: number | null;
  /** Bytes of those packets. */
  readonly bytes: number | null;
  readonly pod: EndpointPod | null;
  readonly node: string | null;
  readonly ready: boolean | null;
  readonly serving: boolean | null;
  readonly terminating: boolean | null;
  /** Whether the objects list it; null without objects. */
  readonly inObjects: boolean | null;
}

export interface Affinity {
  readonly kind: 'ClientIP';
  readonly seconds: number;
}

type PortProblemKind = 'no-endpoints' | 'no-local-endpoints';

/** What the rules themselves say is wrong, at the rule that says it. */
export interface PortProblem {
  readonly kind: PortProblemKind;
  readonly family: Family;
  /** Plain text: `no endpoints, traffic is rejected`. */
  readonly message: string;
  readonly ref: RuleRef;
}

/** How the name is known. `structure`: it is not, the port is called by its chain. */
export type NameSource = 'comment' | 'objects' | 'structure';

/** The chains of one Service port in one family; a name where such a chain is declared or has rules. */
export type ServiceChains = Readonly<Record<ServiceChainKind, string | null>>;

export interface ServicePort {
  /** Unique in the catalog, stable for one version of the rules: `default/web:http/tcp`, `KUBE-SVC-…` without a name. */
  readonly id: string;
  /** Null where only a hash is known. */
  readonly namespace: string | null;
  readonly service: string | null;
  /** Empty for an unnamed port. */
  readonly portName: string;
  /** As kube-proxy writes it: `default/web:http`, `default/web`; the chain's name where that is all there is. */
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
  readonly families: readonly Family[];
  chains(family: Family): ServiceChains;
  readonly frontends: readonly Frontend[];
  readonly endpoints: readonly ServiceEndpoint[];
  /** As the rules have it, like everything here but `type` and `object`. */
  readonly internalPolicy: TrafficPolicy;
  readonly externalPolicy: TrafficPolicy;
  readonly affinity: Affinity | null;
  readonly healthCheckNodePort: number | null;
  readonly problems: readonly PortProblem[];
  /** It has chains, and no rule leads to them: kube-proxy removes such chains late, they are harmless. */
  readonly leftOver: boolean;
}

/** A Service with its ports. */
export interface CatalogService {
  readonly namespace: string | null;
  readonly name: string;
  /** `default/web`, or the chain's name. */
  readonly id: string;
  readonly type: string | null;
  readonly object: Service | null;
  readonly ports: readonly ServicePort[];
}

/** Whose chain it is: a Service port's own, or that of one of its endpoints. */
export interface ChainOwner {
  readonly port: ServicePort;
  readonly kind: ServiceChainKind | 'sep';
  readonly family: Family;
  /** For `sep`. */
  readonly endpoint: ServiceEndpoint | null;
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
  /** Ordered by namespace and name; those without a name last. */
  readonly services: readonly CatalogService[];
  readonly ports: readonly ServicePort[];
  /** `default/web:http`; with several protocols under one name, the first unless `protocol` says. */
  portNamed(name: string, protocol?: string): ServicePort | null;
  serviceNamed(name: string): CatalogService | null;
  portById(id: string): ServicePort | null;
  /** Of a chain in table nat: `KUBE-SVC-…`, `KUBE-SEP-…`; null for any other. `family` picks the side of a dual-stack Service. */
  ofChain(chain: string, family?: Family): ChainOwner | null;
  /** The Service port that a rule of any table is about: by the chain it is in, the one it jumps to, or its comment. */
  ofRule(ref: RuleRef): ServicePort | null;
  /** Frontends at an address; `port` and `protocol` narrow them. Node ports are found with the address null. */
  frontendsAt(
    address: string | null,
    port?: number,
    protocol?: string,
  ): readonly { readonly port: ServicePort; readonly frontend: Frontend }[];
  /** Who has an address, most telling first: frontends, pods, nodes, endpoints. Any spelling of the address. */
  whoHas(address: string): readonly AddressOwner[];
  /** The mark that KUBE-MARK-MASQ sets, from its rule; 0x4000 where there is none. */
  readonly masqueradeMark: number;
}
