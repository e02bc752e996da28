/**
 * What kube-proxy must make of a cluster's objects on one node, from the API's documentation and KEPs 1669, 2086, 2433
 * and 3015: the judge of the catalog, which knows the rules alone.
 */
import type {
  EndpointSlice,
  KubernetesNode,
  KubernetesObjects,
  Service,
  ServicePortSpec,
  SliceEndpoint,
} from '../../../src/kubernetes/objects.ts';

export interface ExpectedFrontend {
  readonly kind: string;
  readonly address: string | null;
  readonly port: number;
  readonly policy: string;
  readonly fate: string;
  readonly ranges: readonly string[] | null;
}

export interface ExpectedPort {
  readonly name: string;
  readonly protocol: string;
  readonly frontends: readonly ExpectedFrontend[];
  /** `10.244.1.5:8080`, sorted. */
  readonly cluster: readonly string[];
  readonly local: readonly string[];
}

/** How releases differ in what is tested here. */
export interface Release {
  /** Since 1.26 by default: with the ready endpoints gone, serving terminating ones take over. */
  readonly terminating: boolean;
  /** Since 1.24 hints count without the Service's annotation `topology-aware-hints`, and for nodes since 1.33. */
  readonly hints: boolean;
  /** Since 1.30 by default: an address with ipMode Proxy is left to the load balancer. */
  readonly ipMode: boolean;
  /**
   * Since 1.24 a local internal policy has a chain of its own; before, KUBE-SVC held the local endpoints alone, unless
   * the external policy was local too (1.23 pkg/proxy/topology.go).
   */
  readonly localChains: boolean;
}

export function expectedPorts(
  objects: KubernetesObjects,
  family: 4 | 6,
  nodeName: string,
  release: Release,
): readonly ExpectedPort[] {
  const node = objects.nodes.find((each) => each.name === nodeName);
  if (node === undefined) throw new Error(`no node ${nodeName}`);
  return objects.services
    .filter((service) => isProxied(service, family))
    .flatMap((service) =>
      service.ports.map((port) => expectedPort(objects, service, port, family, node, release)),
    );
}

function isProxied(service: Service, family: 4 | 6): boolean {
  const own = service.clusterIPs.filter((ip) => ip.includes(':') === (family === 6));
  return service.type !== 'ExternalName' && own.length > 0 && own[0] !== 'None';
}

function expectedPort(
  objects: KubernetesObjects,
  service: Service,
  port: ServicePortSpec,
  family: 4 | 6,
  node: KubernetesNode,
  release: Release,
): ExpectedPort {
  const all = listed(objects.slices, service, port, family);
  const local = withFallback(
    all.filter((each) => each.endpoint.nodeName === node.name),
    release,
    (usable) => usable,
  );
  const narrowed =
    !release.localChains &&
    service.internalTrafficPolicy === 'Local' &&
    service.externalTrafficPolicy === 'Cluster';
  const cluster = narrowed
    ? local
    : withFallback(all, release, (usable) => (release.hints ? byTopology(usable, node) : usable));
  return {
    name: `${service.namespace}/${service.name}${port.name === '' ? '' : `:${port.name}`}`,
    protocol: port.protocol,
    cluster: cluster.map((each) => each.key).sort(),
    local: local.map((each) => each.key).sort(),
    frontends: expectedFrontends(service, port, family, release, cluster.length, local.length),
  };
}

interface Listed {
  readonly key: string;
  readonly endpoint: SliceEndpoint;
}

function listed(
  slices: readonly EndpointSlice[],
  service: Service,
  port: ServicePortSpec,
  family: 4 | 6,
): readonly Listed[] {
  const found = new Map<string, SliceEndpoint>();
  for (const slice of slices) {
    if (slice.namespace !== service.namespace || slice.service !== service.name) continue;
    if (slice.addressType !== (family === 4 ? 'IPv4' : 'IPv6')) continue;
    for (const slicePort of slice.ports) {
      if (slicePort.name !== port.name || slicePort.port === null) continue;
      for (const endpoint of slice.endpoints) {
        const address = endpoint.addresses[0] ?? '';
        found.set(family === 4 ? `${address}:${slicePort.port}` : `[${address}]:${slicePort.port}`, endpoint);
      }
    }
  }
  return [...found].map(([key, endpoint]) => ({ key, endpoint }));
}

function withFallback(
  all: readonly Listed[],
  release: Release,
  narrow: (usable: readonly Listed[]) => readonly Listed[],
): readonly Listed[] {
  const ready = all.filter((each) => each.endpoint.ready);
  if (ready.length > 0 || !release.terminating) return narrow(ready);
  return all.filter((each) => each.endpoint.serving && each.endpoint.terminating);
}

/** Hints count only where every usable endpoint has them and one is for this node (KEP 2433, 3015). */
function byTopology(usable: readonly Listed[], node: KubernetesNode): readonly Listed[] {
  const forNode = usable.filter((each) => each.endpoint.hintNodes.includes(node.name));
  if (forNode.length > 0 && usable.every((each) => each.endpoint.hintNodes.length > 0)) return forNode;
  const zone = node.labels.get('topology.kubernetes.io/zone') ?? '';
  const forZone = usable.filter((each) => each.endpoint.hintZones.includes(zone));
  if (forZone.length > 0 && usable.every((each) => each.endpoint.hintZones.length > 0)) return forZone;
  return usable;
}

function expectedFrontends(
  service: Service,
  port: ServicePortSpec,
  family: 4 | 6,
  release: Release,
  cluster: number,
  local: number,
): readonly ExpectedFrontend[] {
  const own = (ip: string): boolean => ip.includes(':') === (family === 6);
  const fate = (policy: string): string => {
    if (cluster + local === 0) return 'rejected';
    if (policy === 'Local') return local > 0 ? 'balanced' : 'dropped';
    return cluster > 0 ? 'balanced' : 'rejected';
  };
  const inside = release.localChains ? service.internalTrafficPolicy : 'Cluster';
  const outside =
    service.type === 'ClusterIP' && service.externalIPs.length === 0
      ? 'Cluster'
      : service.externalTrafficPolicy;
  const ranges = service.loadBalancerSourceRanges.filter((range) => own(range));
  const open = ranges.length === 0 || ranges.some((range) => range === '0.0.0.0/0' || range === '::/0');
  return [
    ...service.clusterIPs.filter(own).map((address) => ({
      kind: 'clusterIP',
      address,
      port: port.port,
      policy: inside,
      fate: fate(inside),
      ranges: null,
    })),
    ...(port.nodePort === null
      ? []
      : [
          {
            kind: 'nodePort',
            address: null,
            port: port.nodePort,
            policy: outside,
            fate: fate(outside),
            ranges: null,
          },
        ]),
    ...service.externalIPs.filter(own).map((address) => ({
      kind: 'externalIP',
      address,
      port: port.port,
      policy: outside,
      fate: fate(outside),
      ranges: null,
    })),
    ...service.loadBalancerIngress
      .filter((each) => own(each.ip) && (each.ipMode === 'VIP' || !release.ipMode))
      .map((each) => ({
        kind: 'loadBalancerIP',
        address: each.ip,
        port: port.port,
        policy: outside,
        fate: fate(outside),
        ranges: open ? null : ranges,
      })),
  ];
}
