/** The API's paths of what is read; every part that comes from a cluster or a user is percent-encoded. */
import { type ListQuery, narrowed, type Resource } from '../clusterApi.ts';

const groups: Readonly<Record<Resource, string>> = {
  services: '/api/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
  nodes: '/api/v1',
  pods: '/api/v1',
  networkpolicies: '/apis/networking.k8s.io/v1',
  namespaces: '/api/v1',
  events: '/api/v1',
  configmaps: '/api/v1',
};

/** `/api/v1/namespaces/kube-system/pods` */
export function collectionPath(resource: Resource, namespace: string | null): string {
  const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${groups[resource]}${scope}/${resource}`;
}

/** `/api/v1/namespaces/kube-system/pods/kube-proxy-x`; without a namespace `/api/v1/nodes/node-1`. */
export function objectPath(resource: Resource, namespace: string | null, name: string): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

/** The path with those parameters that are not undefined, percent-encoded. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, value);
  }
  return `${path}?${parameters.toString()}`;
}

/** The selectors of a query as parameters. */
export function selectors({
  resource,
  labelSelector,
  fieldSelector = narrowed[resource],
}: Pick<ListQuery, 'resource' | 'labelSelector' | 'fieldSelector'>): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}
