/** 2,000 nodes and 10,000 Services with their EndpointSlices: nothing lost, nothing hung. Figures are printed, not asserted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openSession } from '../../src/cluster/main.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { keysInApi, Mirror } from './support/mirror.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { storeNodes, storeServices } from './support/storedCrowd.ts';
import { until } from './support/until.ts';

const nodes = 2000;
const services = 10_000;
const patience = { deadline: 200_000 };
const resources = ['services', 'endpointslices', 'nodes', 'pods'] as const;

let cluster: Cluster;

beforeAll(async () => {
  // Without a kube-proxy, which would write the rules of 10,000 Services meanwhile.
  cluster = await startCluster({ nodes: [{ name: 'node-1', mode: 'none' }] });
  await storeNodes(cluster, nodes);
  await storeServices(cluster, services);
  // The API server reads them for the first time here, and not within what is measured.
  for (const resource of resources) {
    await until(`the ${resource} are in the API`, () => keysInApi(cluster, resource), patience);
  }
}, 400_000);

afterAll(async () => {
  await expectReadOnly(cluster);
  await cluster.stop();
});

test('a large cluster is read whole, page by page, and again', async () => {
  const started = performance.now();
  const ms = () => Math.round(performance.now() - started);
  const figures: Record<string, number> = {};
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const kubeconfig = [cluster.kubeconfigs.viewer];
  const session = openSession(`${cluster.contextPrefix}viewer`, { kubeconfig, watch: true });
  const mirror = new Mirror(session);
  session.onDidChange(() => {
    if (session.nodes.length > 0) figures['first rows, ms'] ??= ms();
  });
  await until('it answers', () => session.state.kind === 'ready', { every: 5 });
  figures['first answer, ms'] = ms();
  await until('all is read', () => mirror.complete.size === 7, patience);
  figures['all objects told, ms'] = ms();
  figures['messages'] = mirror.messages;
  figures['longest block of the event loop, ms'] = Math.round(delay.max / 1e6);
  figures['heap, MB'] = Math.round(process.memoryUsage().heapUsed / 1e6);
  console.log(JSON.stringify(figures, null, 2));
  expect(session.nodes.length).toBe(nodes + 1);
  expect(session.nodes.filter(({ proxy, ready }) => proxy.kind === 'running' && ready === true).length).toBe(
    nodes,
  );
  for (const resource of resources) {
    expect(mirror.keys(resource)).toEqual(await keysInApi(cluster, resource));
  }
  const gone = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 'crowd-00007' } };
  await cluster.client.delete(gone);
  session.retry();
  const back = performance.now();
  const key = 'default/crowd-00007';
  const isListed = () => session.state.kind === 'ready' && session.state.loading.length === 0;
  await until('all is listed again', isListed, patience);
  await until('the deletion is there', () => mirror.get('services', key) === undefined);
  const listedAgain = Math.round(performance.now() - back);
  expect(mirror.keys('services')).toEqual(await keysInApi(cluster, 'services'));
  session.close();
  console.log(`listed again in ${listedAgain} ms`);
}, 600_000);
