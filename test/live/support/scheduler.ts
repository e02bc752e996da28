/** In the place of kube-scheduler: gives Pods without a node to the nodes in turn. */
import { isRecord } from '../../../src/text/json.ts';
import type { Client } from './client.ts';

const unscheduled = '/api/v1/pods?fieldSelector=spec.nodeName%3D,status.phase%3DPending&limit=500';

/** Milliseconds between two looks. */
const period = 200;

export class Scheduler {
  readonly #client: Client;
  readonly #nodes: readonly string[];
  #next = 0;
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
      const name = this.#nodes[this.#next++ % this.#nodes.length];
      if (!isRecord(metadata) || name === undefined) continue;
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
