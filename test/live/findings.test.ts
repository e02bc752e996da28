/** Where rules and objects disagree, by a real kube-proxy: nowhere while it runs, and each way while it is stopped. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Analysis } from '../../src/kubeproxy/analysis.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { analysisOf } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample, hasEndpoints, sampleNamespace } from './support/sample.ts';
import { until } from './support/until.ts';

const zone = 'topology.kubernetes.io/zone';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: [
      { name: 'node-1', labels: { [zone]: 'a' } },
      { name: 'node-2', labels: { [zone]: 'b' }, backend: 'legacy' },
    ],
  });
  await addSample(cluster);
});

afterAll(async () => {
  await cluster?.stop();
});

/** `shop/web:http endpoint-missing`, each once. */
function findingsOf({ catalog, audit }: Analysis): readonly string[] {
  const found = catalog.ports.flatMap((port) => audit.ofPort(port).map(({ code }) => `${port.name} ${code}`));
  return [...new Set(found)].toSorted();
}

/** Resolves when a node's rules are those that its objects ask for. */
function agrees(node: string): Promise<unknown> {
  return until(
    `rules and objects of ${node} agree`,
    async () => {
      const found = findingsOf(await analysisOf(cluster, node));
      if (found.length > 0) throw new Error(found.join(', '));
      return true;
    },
    { deadline: 30_000, every: 500 },
  );
}

test.each([5, 0, 2])('none remains after kube-proxy saw the Deployment scaled to %i', async (replicas) => {
  await cluster.client.scale(sampleNamespace, 'web', replicas);
  await hasEndpoints(cluster, 'web', replicas);
  for (const { name } of cluster.nodes) await agrees(name);
});

test('every way to disagree is found while kube-proxy of one node is stopped, and only there', async () => {
  const { client } = cluster;
  await cluster.node('node-1').proxy?.stop();
  const spec = { selector: { app: 'api' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: sampleNamespace, name: 'late' },
    spec,
  };
  await client.apply(service);
  await client.delete({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: sampleNamespace, name: 'web-sticky' },
  });
  await client.patch(
    { apiVersion: 'v1', kind: 'Service', metadata: { namespace: sampleNamespace, name: 'empty' } },
    { spec: { type: 'NodePort' } },
  );
  await client.scale(sampleNamespace, 'web', 0);
  await hasEndpoints(cluster, 'web', 0);
  await client.scale(sampleNamespace, 'web', 3);
  await hasEndpoints(cluster, 'web', 3);
  await cluster.podsReady(sampleNamespace);
  await agrees('node-2');
  const found = findingsOf(await analysisOf(cluster, 'node-1'));
  expect(found).toEqual(
    expect.arrayContaining([
      'shop/empty:http frontend-missing',
      'shop/late:http service-without-rules',
      'shop/web-sticky:http rules-without-service',
      'shop/web:http endpoint-missing',
    ]),
  );
  expect(found.filter((each) => /\/(?:api|dns|headless|web-lb-local):/.test(each))).toEqual([]);
  // The rules have two endpoints, of which one Pod can have the address of one only.
  await client.scale(sampleNamespace, 'web', 1);
  await hasEndpoints(cluster, 'web', 1);
  expect(findingsOf(await analysisOf(cluster, 'node-1'))).toContain('shop/web:http endpoint-stale');
  cluster.node('node-1').proxy?.start();
  await agrees('node-1');
});

test('all of it was only read', () => expectReadOnly(cluster));
