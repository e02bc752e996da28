import { describe, expect, it } from 'vitest';
import { recordAt } from '../../src/cluster/collect/podFacts.ts';
import { ClusterFailure } from '../../src/cluster/failure.ts';
import { NodeRows } from '../../src/cluster/nodeRows.ts';
import type { JsonRecord } from '../../src/text/json.ts';

const node = (name: string, status: object = {}): JsonRecord => ({ metadata: { name }, status });

const pod = (name: string, nodeName: string, labels: object, image = 'x'): JsonRecord => ({
  metadata: { namespace: 'kube-system', name, labels },
  spec: { nodeName, hostNetwork: true, containers: [{ name: 'kube-proxy', image }] },
  status: { phase: 'Running' },
});

const nameOf = (object: JsonRecord) => String(recordAt(object, 'metadata')['name']);

function rowsOf(nodes: readonly JsonRecord[], pods: readonly JsonRecord[] = [], allPods = true): NodeRows {
  const rows = new NodeRows();
  for (const object of nodes) rows.take({ resource: 'nodes', key: nameOf(object), object });
  for (const object of pods) rows.take({ resource: 'pods', key: `kube-system/${nameOf(object)}`, object });
  rows.allPods(allPods);
  return rows;
}

const proxyLabels = { 'k8s-app': 'kube-proxy' };

describe('rows of nodes', () => {
  it('are sorted, with readiness and addresses', () => {
    const ready = {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [
        { type: 'InternalIP', address: '10.0.0.2' },
        { type: 'Hostname', address: 'b' },
        { type: 'ExternalIP', address: '203.0.113.1' },
      ],
    };
    const { rows } = rowsOf([
      node('b', ready),
      node('a', { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
    ]);
    expect(rows.map(({ name, ready: isReady, addresses }) => [name, isReady, addresses])).toEqual([
      ['a', false, []],
      ['b', true, ['10.0.0.2', '203.0.113.1']],
    ]);
  });

  it.each([
    ['registry.k8s.io/kube-proxy:v1.36.3', 'v1.36.3'],
    ['host:5000/kube-proxy:v1.29.0-eksbuild.1@sha256:abc', 'v1.29.0-eksbuild.1'],
    ['gke.gcr.io/kube-proxy-amd64:1.27.3-gke.100', 'v1.27.3-gke.100'],
    ['host:5000/kube-proxy', 'v1.30.1'],
    ['kube-proxy@sha256:abc', 'v1.30.1'],
    ['kube-proxy:latest', 'v1.30.1'],
  ])("'s version is told from the image %s", (image, version) => {
    const status = { nodeInfo: { kubeletVersion: 'v1.30.1' } };
    const { rows } = rowsOf([node('a', status)], [pod('p', 'a', proxyLabels, image)]);
    expect(rows[0]).toMatchObject({ version, proxy: { kind: 'running' } });
  });

  it.each([
    [{ nodeInfo: { kubeletVersion: 'v1.30.1+k3s1' } }, [], 'k3s'],
    [{}, [pod('cilium-x', 'a', { 'k8s-app': 'cilium' })], 'Cilium'],
    [{}, [pod('anetd-x', 'a', { 'k8s-app': 'cilium' })], 'Dataplane V2'],
    [{}, [], null],
  ])('without kube-proxy (%j, %j) name %s', (status, pods, replacement) => {
    expect(rowsOf([node('a', status)], pods).rows[0]?.proxy).toEqual({ kind: 'none', replacement });
  });

  it('do not say that there is no kube-proxy while Pods are read', () => {
    const rows = rowsOf([node('a')], [], false);
    expect(rows.rows[0]?.proxy).toEqual({ kind: 'unknown' });
    rows.allPods(true);
    expect(rows.rows[0]?.proxy.kind).toBe('none');
  });

  it('are those that Pods run on where nodes may not be listed', () => {
    const rows = rowsOf([], [pod('p', 'a', proxyLabels), pod('q', 'b', {})]);
    expect(rows.rows).toEqual([]);
    rows.listsNodes(false);
    expect(rows.rows.map(({ name, ready, proxy }) => [name, ready, proxy.kind])).toEqual([
      ['a', null, 'running'],
      ['b', null, 'none'],
    ]);
    rows.take({ resource: 'pods', key: 'kube-system/q', object: null });
    expect(rows.rows.map(({ name }) => name)).toEqual(['a']);
  });

  it('follow a Pod that goes and comes elsewhere', () => {
    const rows = rowsOf([node('a'), node('b')], [pod('p', 'a', proxyLabels)]);
    const kinds = () => rows.rows.map(({ proxy }) => proxy.kind);
    expect(kinds()).toEqual(['running', 'none']);
    rows.take({ resource: 'pods', key: 'kube-system/p', object: pod('p', 'b', proxyLabels) });
    expect(kinds()).toEqual(['none', 'running']);
  });

  it("show the ConfigMap's mode only where kube-proxy runs, and what the rules show before it", () => {
    const windows = { nodeInfo: { operatingSystem: 'windows' } };
    const pods = ['a', 'b', 'w'].map((name) => pod(`p-${name}`, name, proxyLabels));
    const rows = rowsOf([node('a'), node('b'), node('c'), node('w', windows)], pods);
    rows.configure('iptables');
    rows.collected('b', {
      context: 'c',
      node: 'b',
      takenAt: 7,
      source: { kind: 'command', program: '' },
      missing: [],
      warnings: [],
      files: new Map([
        ['iptables-save.txt', '*nat\n[0:0] -A A -j B\n-A B -j C\nCOMMIT\n'],
        ['nft.txt', 'table ip kube-proxy {\n}\n'],
      ]),
    });
    expect(rows.rows.map(({ name, mode }) => [name, mode])).toEqual([
      ['a', 'iptables'],
      ['b', 'nftables'],
      ['c', null],
      ['w', 'kernelspace'],
    ]);
    expect(rows.rows[1]?.held).toEqual({ takenAt: 7, rules: 2, source: { kind: 'command', program: '' } });
  });

  it('keep what they hold when a collection fails, and the same value when nothing changed', () => {
    const rows = rowsOf([node('a'), node('b')]);
    const [, before] = rows.rows;
    rows.progress('a', 'reading');
    rows.failed('a', new ClusterFailure('timedOut', 'too slow'));
    expect(rows.rows[0]).toMatchObject({ progress: 'reading', failure: { message: 'too slow' } });
    expect(rows.rows[1]).toBe(before);
  });
});
