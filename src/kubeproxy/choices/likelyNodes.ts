/** Which nodes a packet from outside is likely to come to. */
import type { KubernetesNode, Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import type { ClusterIndex } from './clusterIndex.ts';

/** The names of nodes with a ready endpoint of a Service port; load balancers find them by `healthCheckNodePort`. */
export function nodesWithEndpoints(
  index: ClusterIndex,
  service: Service,
  port: ServicePortSpec,
): ReadonlySet<string> {
  const ready = index.endpointsOf(service, port).filter(({ endpoint }) => endpoint.ready);
  return new Set(ready.flatMap(({ endpoint }) => endpoint.nodeName ?? []));
}

/** All nodes: those of `first` that are ready, then those that are ready, then the others. */
export function nodesByLikelihood(
  index: ClusterIndex,
  first: ReadonlySet<string>,
): readonly KubernetesNode[] {
  const isFirst = (node: KubernetesNode): boolean => node.ready === true && first.has(node.name);
  const nodes = index.nodesByReadiness;
  return [...nodes.filter(isFirst), ...nodes.filter((node) => !isFirst(node))];
}

/** The node to offer for a node port; empty where the cluster has none. */
export function likeliestNode(
  index: ClusterIndex,
  service: Service,
  port: ServicePortSpec,
): readonly KubernetesNode[] {
  if (service.externalTrafficPolicy === 'Local') {
    for (const name of nodesWithEndpoints(index, service, port)) {
      const node = index.nodeNamed(name);
      if (node?.ready === true) return [node];
    }
  }
  return index.nodesByReadiness.slice(0, 1);
}
