/** What a session told of the cluster's objects, applied as the language server applies it. */
import type { ClusterSession } from '../../../src/cluster/session.ts';
import type { ObjectChanges } from '../../../src/kubernetes/objectChanges.ts';
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';
import type { Cluster } from './cluster.ts';

const paths = {
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  nodes: '/api/v1/nodes',
  pods: '/api/v1/pods',
  networkpolicies: '/apis/networking.k8s.io/v1/networkpolicies',
  namespaces: '/api/v1/namespaces',
  events: '/api/v1/events',
} as const;

type Resource = keyof typeof paths;

export class Mirror {
  readonly complete = new Set<string>();
  messages = 0;
  readonly #objects = new Map<Resource, Map<string, JsonRecord>>();

  constructor(session: ClusterSession) {
    session.onDidChangeObjects((changes) => this.#take(changes));
  }

  keys(resource: Resource): readonly string[] {
    return [...(this.#objects.get(resource)?.keys() ?? [])].toSorted();
  }

  get(resource: Resource, key: string): JsonRecord | undefined {
    return this.#objects.get(resource)?.get(key);
  }

  #take({ replaced, changes, complete }: ObjectChanges): void {
    this.messages++;
    for (const resource of replaced) this.#objects.delete(resource);
    for (const { resource, key, object } of changes) {
      let objects = this.#objects.get(resource);
      if (objects === undefined) this.#objects.set(resource, (objects = new Map()));
      if (object === null) objects.delete(key);
      else objects.set(key, object);
    }
    for (const resource of complete) this.complete.add(resource);
  }
}

/** The keys of what the API has now, as the tests' own client lists it. */
export async function keysInApi(cluster: Cluster, resource: Resource): Promise<readonly string[]> {
  const keys: string[] = [];
  let next = '';
  do {
    const page = await cluster.client.get(
      `${paths[resource]}?limit=1000&continue=${encodeURIComponent(next)}`,
    );
    const items: readonly unknown[] = Array.isArray(page['items']) ? page['items'] : [];
    keys.push(...items.filter(isRecord).map(keyOf));
    const { metadata } = page;
    next = isRecord(metadata) && typeof metadata['continue'] === 'string' ? metadata['continue'] : '';
  } while (next !== '');
  return keys.toSorted();
}

function keyOf({ metadata }: JsonRecord): string {
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  return typeof namespace === 'string' ? `${namespace}/${String(name)}` : String(name);
}
