/** What a set of objects is all of. */
import type { KubernetesObjects } from './objects.ts';
import type { ObjectResource } from './slim.ts';

/**
 * Of what all objects are known, so that something may be concluded from an absence. A list may have been made of one
 * namespace, by a label, or of fewer kinds, and a live one may still be loading.
 */
export interface Coverage {
  /** `namespace` null for nodes, and to ask for all namespaces. */
  covers(resource: ObjectResource, namespace: string | null): boolean;
}

/** Of nothing all is known. */
export const NO_COVERAGE: Coverage = { covers: () => false };

/** Of live objects: all of a resource, in every namespace, once its list was read. */
export function coverageOfResources(complete: ReadonlySet<ObjectResource>): Coverage {
  return { covers: (resource) => complete.has(resource) };
}

/**
 * What a file of objects gives away. Every cluster has the Service `kubernetes` in namespace `default`, with a slice: a
 * list without it is a selection; one with it and with objects of other namespaces too is of all of them. Of `partial`
 * resources the form left out what decides: a table has no labels, a description the endpoints that are ready alone. Of
 * `complete` ones the file says that they are all there.
 */
export function coverageOfObjects(
  objects: KubernetesObjects,
  partial: ReadonlySet<ObjectResource> = new Set(),
  complete: ReadonlySet<ObjectResource> = new Set(),
): Coverage {
  const services = namespacesOf(objects.services.some(isApiServer), objects.services);
  const slices = namespacesOf(
    objects.slices.some((slice) => slice.namespace === 'default' && slice.service === 'kubernetes'),
    objects.slices,
  );
  const pods = new Set(objects.pods.map((pod) => pod.namespace));
  const all: Readonly<Record<ObjectResource, boolean>> = {
    services: services.size > 1,
    endpointslices: slices.size > 1,
    // Nothing tells a list of all Nodes from one of some.
    nodes: false,
    pods: services.size > 1 && pods.size > 1 && !isOfOneNode(objects),
    // One that is there was asked for, as the others were; without one nothing tells that they were.
    networkpolicies: services.size > 1 && objects.policies.length > 0,
    namespaces: services.size > 1 && objects.namespaces.length > 0,
    events: false,
  };
  const some: Readonly<Record<ObjectResource, ReadonlySet<string>>> = {
    services,
    endpointslices: slices,
    nodes: new Set(),
    pods: new Set(),
    networkpolicies: new Set(),
    namespaces: new Set(),
    events: new Set(),
  };
  return {
    covers: (resource, namespace) =>
      complete.has(resource) ||
      (!partial.has(resource) && (all[resource] || (namespace !== null && some[resource].has(namespace)))),
  };
}

/** Asked for by a node (`--field-selector spec.nodeName=…`): all Pods are on one, and endpoints on others. */
function isOfOneNode({ pods, slices }: KubernetesObjects): boolean {
  const nodes = new Set(pods.flatMap(({ nodeName }) => nodeName ?? []));
  return (
    nodes.size === 1 &&
    slices.some(({ endpoints }) =>
      endpoints.some(({ pod, nodeName }) => pod !== null && nodeName !== null && !nodes.has(nodeName)),
    )
  );
}

function isApiServer({ namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
  return namespace === 'default' && name === 'kubernetes';
}

function namespacesOf(
  unselected: boolean,
  objects: readonly { readonly namespace: string }[],
): ReadonlySet<string> {
  return unselected ? new Set(objects.map((each) => each.namespace)) : new Set();
}
