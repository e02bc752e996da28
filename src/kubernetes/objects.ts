/**
 * The few fields of Kubernetes objects that this product uses, as plain data, whatever version of the API they came
 * from. Read by `readObjects.ts`. Every string is input: it may hold anything.
 */

import type { CiliumSetting } from './ciliumConfig.ts';
import type { Namespace, NetworkPolicy } from './networkPolicy.ts';
import type { ContainerPort, PodHealth } from './podHealth.ts';
import type { ServiceProtocol } from './protocol.ts';

/** What every object that is read has. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** Whether only endpoints of the own node are asked. */
export type TrafficPolicy = 'Cluster' | 'Local';

/** One of `spec.ports[]`; port numbers from 1 to 65535. */
export interface ServicePortSpec {
  /** Empty for the only port of a Service, which need not have a name. */
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly port: number;
  /** A number, a container port's name, or null where it is left out. */
  readonly targetPort: number | string | null;
  readonly nodePort: number | null;
}

/** One `status.loadBalancer.ingress[]` with an IP. `proxy` = kube-proxy must not short-cut it (KEP-1860). */
export interface LoadBalancerIngress {
  readonly ip: string;
  readonly ipMode: 'VIP' | 'Proxy';
}

/**
 * Of an object that a table of `kubectl get` told. What a table has no column for has the API's default in the object, from
 * which nothing may be concluded.
 */
export interface TableOrigin {
  /** False without -A: the namespace is then none that was told. */
  readonly hasNamespace: boolean;
}

/** A Service. What is left out has the API's default. */
export interface Service {
  readonly kind: 'Service';
  /** Absent where it was told whole. */
  readonly table?: TableOrigin;
  readonly namespace: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Of annotations.ts alone. */
  readonly annotations: ReadonlyMap<string, string>;
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  readonly type: string;
  /** `None` for a headless Service; the first is the one of the first family. Empty for ExternalName. */
  readonly clusterIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly loadBalancerIngress: readonly LoadBalancerIngress[];
  /** Whether it has an address or a name in `status.loadBalancer`; a name is resolved outside. */
  readonly isLoadBalanced: boolean;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly ports: readonly ServicePortSpec[];
  /** Null where it has none: its endpoints are then made by hand. */
  readonly selector: ReadonlyMap<string, string> | null;
  readonly internalTrafficPolicy: TrafficPolicy;
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly healthCheckNodePort: number | null;
  readonly publishNotReadyAddresses: boolean;
  /** Null for `None`; otherwise ClientIP's timeout. */
  readonly affinitySeconds: number | null;
  /** `PreferClose`, `PreferSameNode` …; null where it is left out. */
  readonly trafficDistribution: string | null;
}

/** One of `endpoints[]`. */
export interface SliceEndpoint {
  readonly addresses: readonly string[];
  /**
   * The API's defaults are applied: ready and serving unless said not to be, terminating false. Null where the form does not
   * tell.
   */
  readonly ready: boolean | null;
  readonly serving: boolean | null;
  readonly terminating: boolean;
  readonly nodeName: string | null;
  readonly pod: { readonly namespace: string; readonly name: string } | null;
  readonly zone: string | null;
  /** Zones this endpoint is meant for (`hints.forZones`), nodes (`hints.forNodes`). */
  readonly hintZones: readonly string[];
  readonly hintNodes: readonly string[];
}

/** One of `ports[]`: where the endpoints listen. */
export interface SlicePort {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  /** Null = "all ports", which kube-proxy leaves out. */
  readonly port: number | null;
}

/** An EndpointSlice (discovery.k8s.io/v1). */
export interface EndpointSlice {
  readonly kind: 'EndpointSlice';
  /** Absent where it was told whole. */
  readonly table?: TableOrigin;
  readonly namespace: string;
  readonly name: string;
  /** From the label `kubernetes.io/service-name`; null for a slice that belongs to no Service. */
  readonly service: string | null;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly SlicePort[];
}

/** A Node. */
export interface KubernetesNode {
  readonly kind: 'Node';
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** InternalIP and ExternalIP addresses. */
  readonly addresses: readonly string[];
  /** The InternalIP ones alone: a node has those on an interface, while an ExternalIP may be a router's in front of it. */
  readonly internalAddresses: readonly string[];
  readonly podCIDRs: readonly string[];
  readonly kubeProxyVersion: string;
  /** Of its provider ID, the cloud's name: `aws`, `gce`, `azure`; empty where it has none. */
  readonly provider: string;
  /** The condition `Ready`; false also where it is `Unknown`, as the node does not answer; null where it is left out. */
  readonly ready: boolean | null;
}

/** A Pod. `ips` in the order of `status.podIPs`; empty while it has none. */
export interface Pod {
  readonly kind: 'Pod';
  readonly namespace: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ips: readonly string[];
  readonly nodeName: string | null;
  readonly hostNetwork: boolean;
  /** `Running`, `Pending`, `Succeeded`, `Failed` … */
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  /** Those that its containers declare, which need not be all on which they listen. */
  readonly containerPorts: readonly ContainerPort[];
  /** Why it is not ready, as far as its object tells. */
  readonly health: PodHealth;
}

/** What was noticed of a Pod (events.k8s.io, core/v1 Event); only failed probes are asked for. */
export interface PodEvent {
  readonly kind: 'Event';
  readonly namespace: string;
  readonly name: string;
  /** Of the same namespace. */
  readonly pod: string;
  /** `Unhealthy` */
  readonly reason: string;
  /** `Readiness probe failed: HTTP probe failed with statuscode: 500` */
  readonly message: string;
  /** How often it was seen; at least 1. */
  readonly count: number;
  /** When it was seen last, as the API writes times; empty where it is left out. */
  readonly last: string;
}

/** Objects of a cluster or of a part of one: see `Coverage` for what may be concluded from an absence. */
export interface KubernetesObjects {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly nodes: readonly KubernetesNode[];
  readonly pods: readonly Pod[];
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: readonly Namespace[];
  readonly events: readonly PodEvent[];
  /** Policies of kinds that are not read: `CiliumNetworkPolicy` → how many were given. Not asked for live. */
  readonly unreadPolicies?: ReadonlyMap<string, number>;
  /** What the ConfigMap of Cilium says, where it was given. */
  readonly cilium?: CiliumSetting;
}

/** Of a cluster of which nothing was read. */
export const NO_OBJECTS: KubernetesObjects = {
  services: [],
  slices: [],
  nodes: [],
  pods: [],
  policies: [],
  namespaces: [],
  events: [],
};
