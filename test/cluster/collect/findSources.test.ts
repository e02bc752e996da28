import { describe, expect, test } from 'vitest';
import { findCandidates, findReplacement } from '../../../src/cluster/collect/findSources.ts';
import type { JsonRecord } from '../../../src/text/json.ts';

interface Pod {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly hostNetwork?: boolean;
  readonly containers?: readonly string[];
  readonly phase?: string;
  readonly deleted?: boolean;
  readonly waiting?: string;
}

function podOf(pod: Pod): JsonRecord {
  return {
    metadata: {
      namespace: pod.namespace ?? 'kube-system',
      name: pod.name,
      labels: pod.labels ?? {},
      ...(pod.deleted === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      nodeName: pod.node ?? 'node-1',
      hostNetwork: pod.hostNetwork ?? true,
      containers: (pod.containers ?? ['main']).map((name) => ({ name })),
    },
    status: {
      phase: pod.phase ?? 'Running',
      ...(pod.waiting === undefined
        ? {}
        : {
            containerStatuses: [
              { name: pod.containers?.[0] ?? 'main', state: { waiting: { reason: pod.waiting } } },
            ],
          }),
    },
  };
}

/** `proxyPod kube-system/kube-proxy-a kube-proxy`, and the obstacle if there is one. */
function candidatesOf(...pods: readonly Pod[]): readonly string[] {
  return findCandidates('node-1', pods.map(podOf)).map(
    ({ source, obstacle }) =>
      `${source.kind} ${source.namespace}/${source.pod} ${source.container ?? '-'}${obstacle === null ? '' : `: ${obstacle}`}`,
  );
}

const proxy = { labels: { 'k8s-app': 'kube-proxy' } };

describe('who is asked', () => {
  test.each([
    ['k8s-app', 'kubeadm, kind, EKS'],
    ['component', 'AKS, static Pods of GKE'],
    ['app.kubernetes.io/name', 'charts'],
  ])('kube-proxy by the label %s (%s)', (label) => {
    expect(
      candidatesOf({ name: 'p', labels: { [label]: 'kube-proxy' }, containers: ['sidecar', 'kube-proxy'] }),
    ).toEqual(['proxyPod kube-system/p kube-proxy']);
  });

  test('kube-proxy first, then agents by likelihood, then others of kube-system', () => {
    const found = candidatesOf(
      { name: 'nginx', namespace: 'web' },
      { name: 'node-exporter' },
      { name: 'aws-node-1', containers: ['aws-node'] },
      { name: 'flannel-1', namespace: 'kube-flannel', containers: ['kube-flannel'] },
      { name: 'p', ...proxy },
    );
    expect(found).toEqual([
      'proxyPod kube-system/p main',
      'hostPod kube-flannel/flannel-1 kube-flannel',
      'hostPod kube-system/aws-node-1 aws-node',
      'hostPod kube-system/node-exporter main',
    ]);
  });

  test('nobody of another node, of a network of their own, or of the control plane', () => {
    expect(
      candidatesOf(
        { name: 'p', ...proxy, node: 'node-2' },
        { name: 'coredns', hostNetwork: false },
        { name: 'etcd-node-1', containers: ['etcd'] },
      ),
    ).toEqual([]);
  });

  test('not a Pod of somebody who only calls it kube-proxy', () => {
    expect(candidatesOf({ name: 'p', namespace: 'evil', ...proxy, hostNetwork: false })).toEqual([
      "proxyPod evil/p main: is not on the node's network",
    ]);
  });

  test.each([
    [{ phase: 'Pending' }, 'is Pending'],
    [{ phase: 'Pending', waiting: 'ImagePullBackOff' }, 'is Pending (ImagePullBackOff)'],
    [{ waiting: 'CrashLoopBackOff' }, 'is not running (CrashLoopBackOff)'],
    [{ deleted: true }, 'is being deleted'],
    [{ phase: '' }, 'is not running'],
  ])('not a kube-proxy with %j', (state, obstacle) => {
    expect(candidatesOf({ name: 'p', ...proxy, ...state })).toEqual([
      `proxyPod kube-system/p main: ${obstacle}`,
    ]);
  });

  test('no more than six Pods beside kube-proxy', () => {
    expect(
      candidatesOf(...Array.from({ length: 30 }, (_, index) => ({ name: `agent-${index}` }))),
    ).toHaveLength(6);
  });

  test('whatever the API says, nothing is thrown', () => {
    const odd: readonly JsonRecord[] = [
      {},
      { metadata: null },
      { metadata: { name: 1, namespace: {} } },
      {
        metadata: { name: 'x', namespace: 'y', labels: [] },
        spec: { nodeName: 'node-1', containers: 'no' },
        status: 3,
      },
      JSON.parse(
        '{"metadata":{"name":"x","namespace":"y","__proto__":{"labels":{}}},"spec":{"nodeName":"node-1"}}',
      ),
    ];
    expect(findCandidates('node-1', odd)).toEqual([]);
    expect(findReplacement('node-1', odd, odd[2] ?? null)).toBeNull();
  });
});

function nodeOf(kubeletVersion: string, labels: JsonRecord = {}): JsonRecord {
  return { metadata: { labels }, status: { nodeInfo: { kubeletVersion } } };
}

describe("kube-proxy's replacement", () => {
  test.each([
    ['k3s', [], nodeOf('v1.33.1+k3s1')],
    ['MicroK8s', [], nodeOf('v1.33.1', { 'microk8s.io/cluster': 'true' })],
    ['Cilium', [{ name: 'cilium-1', labels: { 'k8s-app': 'cilium' } }], nodeOf('v1.33.1')],
    ['Dataplane V2', [{ name: 'anetd-1', labels: { 'k8s-app': 'cilium' } }], nodeOf('v1.33.1-gke.1')],
    ['kube-router', [{ name: 'r', labels: { 'k8s-app': 'kube-router' } }], nodeOf('v1.33.1')],
    [null, [{ name: 'x' }], nodeOf('v1.33.1')],
  ])('is %s', (expected, pods, node) => {
    expect(findReplacement('node-1', pods.map(podOf), node)).toBe(expected);
  });
});
