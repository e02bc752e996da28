/** `objects.json` of a snapshot: what is known of the cluster's objects, as `kubectl get -o json` would print them. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { WatchedResource } from './clusterApi.ts';
import { ClusterFailure } from './failure.ts';
import { type ObjectFeed, watchedResources } from './objectFeed.ts';

const PAGE = 500;

const apiVersions: Readonly<Record<WatchedResource, string>> = {
  services: 'v1',
  endpointslices: 'discovery.k8s.io/v1',
  nodes: 'v1',
  pods: 'v1',
  networkpolicies: 'networking.k8s.io/v1',
  namespaces: 'v1',
  events: 'v1',
};

/** Rejects where none of the objects can be read: an empty list would say that there are none. */
export async function objectList(
  feed: ObjectFeed,
  failures: ReadonlyMap<WatchedResource, ClusterFailure>,
  signal: AbortSignal,
): Promise<string> {
  const known = watchedResources.some(
    (resource) => feed.isComplete(resource) || feed.objects(resource).size > 0,
  );
  const [failure] = failures.values();
  if (!known && failure !== undefined) throw failure;
  const items: string[] = [];
  for (const resource of watchedResources) {
    const objects = [...feed.objects(resource)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [index, [, object]] of objects.entries()) {
      items.push(JSON.stringify({ apiVersion: apiVersions[resource], ...object }));
      if (index % PAGE === PAGE - 1) await breathe();
      if (signal.aborted) throw new ClusterFailure('cancelled', 'It was cancelled.');
    }
  }
  // What an empty list does not tell: that all were asked for.
  const complete = JSON.stringify(watchedResources.filter((resource) => feed.isComplete(resource)));
  return `{"apiVersion":"v1","kind":"List","metadata":{"complete":${complete}},"items":[\n${items.join(',\n')}\n]}\n`;
}
