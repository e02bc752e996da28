import type { Analysis } from '../analysis.ts';

/** On which node an address lives, by the cluster's objects. */
export type Whereabouts =
  | { readonly kind: 'node'; readonly node: string }
  /** Pods on several nodes have it: one of them is about to go. */
  | { readonly kind: 'several'; readonly nodes: readonly string[] }
  | { readonly kind: 'unknown' };

/** A node's own address is the node's; else the pod's that has it, else as the EndpointSlices say. */
export function whereaboutsOf(address: string, { catalog }: Pick<Analysis, 'catalog'>): Whereabouts {
  const owners = catalog.whoHas(address);
  const nodes = owners.flatMap((each) => (each.kind === 'node' ? [each.name] : []));
  const pods = owners.flatMap((each) => (each.kind === 'pod' ? (each.node ?? []) : []));
  const endpoints = owners.flatMap((each) => (each.kind === 'endpoint' ? (each.endpoint.node ?? []) : []));
  const [told = []] = [nodes, pods, endpoints].filter((names) => names.length > 0);
  const names = [...new Set(told)];
  const [only] = names;
  if (only === undefined) return { kind: 'unknown' };
  return names.length === 1 ? { kind: 'node', node: only } : { kind: 'several', nodes: names };
}
