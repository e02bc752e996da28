/**
 * In the place of kube-scheduler: gives the Pods of each owner to the nodes in turn. Where a Pod comes to run does not depend on
 * which other Pods were there first: a ReplicaSet's first one is on the first node, always.
 */
import { isRecord } from '../../../src/text/json.ts';
import type { Client } from './client.ts';

const unscheduled = '/api/v1/pods?fieldSelector=spec.nodeName%3D,status.phase%3DPending&limit=500';

/** Milliseconds between two looks. */
const period = 200;

export class Scheduler {
  readonly #client: Client;
  readonly #nodes: readonly string[];
  /** How many Pods an owner has been given nodes for. */
  readonly #given = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(client: Client, nodes: readonly string[]) {
    this.#client = client;
    this.#nodes = nodes;
    this.#later();
  }

  #later(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      // The API server may be down on purpose: it is asked again.
      this.#look().then(
        () => {
          this.#later();
        },
        () => {
          this.#later();
        },
      );
    }, period);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    for (const { metadata } of await this.#client.list(unscheduled)) {
      if (!isRecord(metadata)) continue;
      const owner = ownerOf(metadata);
      const given = this.#given.get(owner) ?? 0;
      const name = this.#nodes[given % this.#nodes.length];
      if (name === undefined) continue;
      this.#given.set(owner, given + 1);
      const pod = { namespace: metadata['namespace'], name: metadata['name'] };
      const path = `/api/v1/namespaces/${String(pod.namespace)}/pods/${String(pod.name)}/binding`;
      await this.#client.request('POST', path, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: pod,
        target: { apiVersion: 'v1', kind: 'Node', name },
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** A Pod of nobody is its own. */
function ownerOf({ namespace, name, ownerReferences }: Readonly<Record<string, unknown>>): string {
  const owners: readonly unknown[] = Array.isArray(ownerReferences) ? ownerReferences : [];
  const owner = isRecord(owners[0]) ? owners[0]['name'] : name;
  return `${String(namespace)}/${String(owner)}`;
}
