import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { debugImage, debugPodManifest, isLeftover } from '../../../src/cluster/collect/debugPodManifest.ts';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import { failureOf } from '../support/failureOf.ts';
import { FakeCluster, nftRules, plainPrograms, proxyPod } from './support/fakeNode.ts';

const running = { phase: 'Running', containerStatuses: [{ name: 'iptables', state: { running: {} } }] };
const agrees = { confirmDebugPod: () => Promise.resolve(true) };

/** A cluster without anything that can tell, but with a debug Pod for who asks. */
function clusterWith(debug: FakeCluster['debug']): FakeCluster {
  const cluster = new FakeCluster([]);
  cluster.debug = debug;
  return cluster;
}

test('without a yes nothing is created', async () => {
  const cluster = clusterWith({ programs: plainPrograms, status: running });
  expect((await failureOf(cluster.collect())).kind).toBe('noSource');
  expect(cluster.created).toEqual([]);
});

test('tells the rules, and is deleted', async () => {
  const cluster = clusterWith({ programs: plainPrograms, status: running });
  const collected = await cluster.collect(agrees);
  expect(collected.files.get('iptables-save.txt')).toBe(nftRules);
  expect(collected.source.kind).toBe('debugPod');
  expect(cluster.created).toHaveLength(1);
  expect(cluster.deleted).toEqual(cluster.created);
});

test('is deleted when its program fails', async () => {
  const cluster = clusterWith({
    programs: { 'iptables-save -c': { exitCode: 4, stderr: 'iptables-save: Permission denied' } },
    status: running,
  });
  const failure = await failureOf(cluster.collect(agrees));
  expect(failure.message).toMatch(
    /^"iptables-save -c" in the debug Pod kube-system\/kube-proxy-explorer-\w+ ended with code 4: iptables-save: Permission denied\.$/,
  );
  expect(cluster.deleted).toEqual(cluster.created);
});

test('is deleted when the user cancels in the middle', async () => {
  const cancel = new AbortController();
  const cluster = clusterWith({
    programs: {
      ...plainPrograms,
      'iptables-save -c': ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new ClusterFailure('cancelled', 'Cancelled.')));
          cancel.abort();
        }),
    },
    status: running,
  });
  const failure = await failureOf(cluster.collect({ ...agrees, signal: cancel.signal }));
  expect(failure.kind).toBe('cancelled');
  expect(cluster.deleted).toEqual(cluster.created);
});

test('is deleted, with why, when its image cannot be pulled', async () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' };
  const status = { phase: 'Pending', containerStatuses: [{ name: 'iptables', state: { waiting } }] };
  const cluster = clusterWith({ programs: {}, status });
  const failure = await failureOf(cluster.collect(agrees));
  expect(failure.message).toMatch(/does not run: ImagePullBackOff: Back-off pulling image "x"\.$/);
  expect(cluster.deleted).toEqual(cluster.created);
});

test("says the cluster's own words when it is refused, and deletes nothing", async () => {
  const failure = await failureOf(clusterWith(null).collect(agrees));
  expect(failure.kind).toBe('forbidden');
  expect(failure.message).toBe('The cluster refused the debug Pod: pods is forbidden: no.');
});

test("takes the image of the cluster's own kube-proxy", () => {
  const pod = {
    metadata: { namespace: 'kube-system', name: 'kube-proxy-1', labels: { 'k8s-app': 'kube-proxy' } },
    spec: {
      nodeName: 'node-9',
      containers: [{ name: 'kube-proxy', image: 'mirror.example/kube-proxy:v1.31.0' }],
    },
  };
  expect(debugImage([pod], null)).toBe('mirror.example/kube-proxy:v1.31.0');
});

test.each([
  ['v1.33.1', 'registry.k8s.io/kube-proxy:v1.33.1'],
  ['v1.31.4+k3s1', 'registry.k8s.io/kube-proxy:v1.31.4'],
  ['v1.30.0-eks-036c24b', 'registry.k8s.io/kube-proxy:v1.30.0'],
])('takes the release of a node %s', (kubeletVersion, image) => {
  expect(debugImage([], { status: { nodeInfo: { kubeletVersion } } })).toBe(image);
});

test('asks for no more than it needs', () => {
  const manifest = debugPodManifest('node-1', 'x');
  const text = JSON.stringify(manifest);
  expect(manifest['spec']).toMatchObject({
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    activeDeadlineSeconds: 600,
    containers: [{ securityContext: { capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] } } }],
  });
  expect(text).not.toMatch(/privileged|hostPath|hostPID|hostIPC|volumes/);
});

/** A Pod as the API returns it, made by process `pid` of this machine or, with another name, of another. */
function madeBy(pid: number, machine = hostname()): Record<string, unknown> {
  const hash = createHash('sha256').update(machine).digest('hex').slice(0, 16);
  return {
    metadata: {
      name: 'kube-proxy-explorer-1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'kube-proxy-explorer/owner': `${hash}-${pid}` },
    },
    status: { phase: 'Running' },
  };
}

const soonAfter = Date.parse('2026-01-01T00:01:00Z');
const longAfter = Date.parse('2026-01-01T01:00:00Z');

/** A process that ran here and ended. */
const deadPid = spawnSync(process.execPath, ['--version']).pid;

test.each([
  ['of a process of this machine that ended', madeBy(deadPid), soonAfter, true],
  ['of another window of this machine', madeBy(process.ppid), soonAfter, false],
  ['of another machine', madeBy(deadPid, 'elsewhere'), soonAfter, false],
  ['of another machine that outlived its time', madeBy(deadPid, 'elsewhere'), longAfter, true],
  ['that ended', { ...madeBy(process.ppid), status: { phase: 'Failed' } }, soonAfter, true],
  [
    'with an odd mark',
    { metadata: { annotations: { 'kube-proxy-explorer/owner': '-1--1' } } },
    soonAfter,
    false,
  ],
])('a debug Pod %s', (_which, pod, now, leftover) => {
  expect(isLeftover(pod, new Set(), now)).toBe(leftover);
});

test('one that this process uses is none', () => {
  expect(isLeftover(madeBy(process.pid), new Set(['kube-proxy-explorer-1']), soonAfter)).toBe(false);
});

test('a proxy Pod that answers makes no debug Pod', async () => {
  const cluster = new FakeCluster([proxyPod(plainPrograms)]);
  cluster.debug = { programs: plainPrograms, status: running };
  await cluster.collect(agrees);
  expect(cluster.created).toEqual([]);
});
