/** The debug Pod on a real control plane: made after a yes, used, and gone whatever happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterAccess } from '../../src/cluster/adapters/access.ts';
import type { CollectRequest } from '../../src/cluster/collect/collectNode.ts';
import { findLeftovers, removeLeftovers } from '../../src/cluster/collect/debugPod.ts';
import type { NodeReading } from '../../src/cluster/liveNode.ts';
import type { ClusterAccess } from '../../src/cluster/liveSession.ts';
import { failureOf } from '../cluster/support/failureOf.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { collectWith } from './support/collecting.ts';
import { imageTools } from './support/kwok.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { until } from './support/until.ts';

let cluster: Cluster;
let admin: ClusterAccess;
let viewer: ClusterAccess;

/** Debug Pods that the tests so far let the product make. */
let made = 0;

beforeAll(async () => {
  cluster = await startCluster({ nodes: [{ name: 'a' }, { name: 'bare', mode: 'none' }] });
  const accessOf = (user: 'admin' | 'viewer'): ClusterAccess =>
    clusterAccess(`${cluster.contextPrefix}${user}`, { kubeconfig: [cluster.kubeconfigs[user]] });
  admin = accessOf('admin');
  viewer = accessOf('viewer');
});

afterAll(async () => {
  admin.close();
  viewer.close();
  await expectReadOnly(cluster, { debugPods: made });
  await cluster.stop();
});

function collect(more: Partial<CollectRequest> = {}): Promise<NodeReading> {
  return collectWith(admin, 'bare', { confirmDebugPod: () => Promise.resolve(true), ...more });
}

async function debugPods(): Promise<readonly unknown[]> {
  const pods = await cluster.client.list('/api/v1/namespaces/kube-system/pods');
  return pods.filter((pod) => JSON.stringify(pod['metadata']).includes('kube-proxy-explorer'));
}

test('reads the rules of a node without kube-proxy, and is gone', async () => {
  const { namespace } = cluster.node('bare');
  namespace.run([
    'iptables',
    '-t',
    'nat',
    '-A',
    'OUTPUT',
    '-d',
    '192.0.2.1',
    '-j',
    'DNAT',
    '--to',
    '192.0.2.2',
  ]);
  const asked: unknown[] = [];
  const confirmDebugPod = (node: string, manifest: unknown): Promise<boolean> => {
    asked.push(node, manifest);
    return Promise.resolve(true);
  };
  made++;
  const collected = await collect({ confirmDebugPod });
  expect(collected.source.kind).toBe('debugPod');
  expect(collected.files.get('iptables-save.txt')).toContain('--to-destination 192.0.2.2');
  expect(collected.warnings).toEqual([]);
  expect(JSON.stringify(asked)).toContain('registry.k8s.io/kube-proxy:');
  await until('the debug Pod is gone', async () => (await debugPods()).length === 0);
});

test('is not made without a yes', async () => {
  const failure = await failureOf(collect({ confirmDebugPod: () => Promise.resolve(false) }));
  expect(failure.kind).toBe('noSource');
});

test('is refused to a user without the right, with the right named', async () => {
  const failure = await failureOf(collect({ api: viewer.api }));
  expect(failure.kind).toBe('forbidden');
  expect(failure.message).toMatch(/^The cluster refused the debug Pod: /);
  expect(failure.right).toMatchObject({ verb: 'create', resource: 'pods', namespace: 'kube-system' });
});

test('is gone when the user cancels in the middle of an exec', async () => {
  const { tools } = cluster.node('bare');
  tools.replace('iptables-save', 'printf "*nat\\n"; exec sleep 1000');
  const cancel = new AbortController();
  const onProgress = (words: string): void => {
    if (words.endsWith(' bytes')) cancel.abort();
  };
  made++;
  expect((await failureOf(collect({ signal: cancel.signal, onProgress }))).kind).toBe('cancelled');
  await until('the debug Pod is gone', async () => (await debugPods()).length === 0);
  for (const name of imageTools) tools.restore(name);
});

test('that a crashed window left is found and removed by the next one, and one in use is not', async () => {
  const { tools } = cluster.node('bare');
  tools.replace('iptables-save', 'printf "*nat\\n"; exec sleep 1000');
  const program = fileURLToPath(new URL('support/collectForever.ts', import.meta.url));
  const { signal } = new AbortController();
  made++;
  const window = spawn(
    process.execPath,
    [program, cluster.kubeconfigs.admin, `${cluster.contextPrefix}admin`, 'bare'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(window.stdout, 'data');
  expect(await debugPods()).toHaveLength(1);
  expect(await findLeftovers(admin.api, signal)).toEqual([]);
  expect(await removeLeftovers(admin.api, signal)).toBe(0);
  window.kill('SIGKILL');
  await once(window, 'exit');
  expect(await removeLeftovers(admin.api, signal)).toBe(1);
  await until('the debug Pod is gone', async () => (await debugPods()).length === 0);
  for (const name of imageTools) tools.restore(name);
});
