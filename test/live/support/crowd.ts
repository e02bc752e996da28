/** Thousands of nodes and Services that only exist in the API. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterBinaries } from '../../../scripts/clusterBinaries.mjs';
import type { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import { proxyPod, registerNode } from './clusterNode.ts';
import { fakeNodeLabel, kwokConfig } from './kwok.ts';
import { Program } from './program.ts';
import { until } from './until.ts';

/** Requests under way at a time. */
const atOnce = 32;

/**
 * Nodes `fake-0001` and on, each with a kube-proxy Pod, made ready by one kwok without exec. Resolves when all are ready;
 * `Cluster.stop` ends the kwok. Some 2,000 take half a minute on two cores.
 */
export async function addFakeNodes(cluster: Cluster, count: number): Promise<void> {
  const config = join(cluster.scratch, 'kwok-fake.yaml');
  writeFileSync(config, kwokConfig(false));
  const { namespace, machineryConfig } = cluster.controlPlane;
  cluster.own(
    new Program({
      namespace,
      log: join(cluster.scratch, 'kwok-fake.log'),
      command: [
        clusterBinaries().kwok,
        `--kubeconfig=${machineryConfig}`,
        `--config=${config}`,
        `--manage-nodes-with-label-selector=${fakeNodeLabel}=true`,
        '--node-lease-duration-seconds=0',
      ],
    }),
  );
  await inParallel(count, async (index) => {
    const name = `fake-${String(index + 1).padStart(4, '0')}`;
    // The second half of 198.18.N.0/24's neighbours would not do for thousands: these are never reached.
    const address = `198.19.${128 + (index >> 8)}.${index & 255}`;
    const labels = { [fakeNodeLabel]: 'true' };
    await registerNode(cluster.client, {
      name,
      addresses: [address],
      podNetworks: [`${address}/32`],
      labels,
    });
    await cluster.client.create(proxyPod(name));
  });
  await until(`${count} fake nodes are ready`, async () => (await readyFakeNodes(cluster.client)) >= count, {
    deadline: 240_000,
    every: 1000,
  });
}

async function readyFakeNodes(client: Client): Promise<number> {
  const nodes = await client.list(`/api/v1/nodes?labelSelector=${fakeNodeLabel}%3Dtrue`);
  return nodes.filter((node) => /"type":"Ready"/.test(JSON.stringify(node['status']))).length;
}

/** ClusterIP Services `many-00001` and on in `namespace`, all of the same Pods. Resolves when the API has them. */
export async function addServices(
  cluster: Cluster,
  count: number,
  { namespace = 'default', app = 'web' } = {},
): Promise<void> {
  await inParallel(count, async (index) => {
    await cluster.client.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name: `many-${String(index + 1).padStart(5, '0')}` },
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    });
  });
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
