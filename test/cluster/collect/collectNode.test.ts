import { describe, expect, test } from 'vitest';
import type { ExecOptions, ExecResult } from '../../../src/cluster/clusterApi.ts';
import { allowedCommands } from '../../../src/cluster/collect/commands.ts';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import { failureOf } from '../support/failureOf.ts';
import { FakeCluster, nftRules, plainPrograms as plain, proxyPod } from './support/fakeNode.ts';

describe("the node's kube-proxy Pod", () => {
  test('tells the rules, as the program printed them', async () => {
    const cluster = new FakeCluster([proxyPod(plain)]);
    const collected = await cluster.collect();
    expect(collected.files.get('iptables-save.txt')).toBe(nftRules);
    expect(collected.source).toEqual({
      kind: 'proxyPod',
      namespace: 'kube-system',
      pod: 'kube-proxy-x7k2p',
      container: 'kube-proxy',
    });
  });

  test('is said to have no conntrack, no ip and no bridge', async () => {
    const collected = await new FakeCluster([proxyPod(plain)]).collect();
    const reasons = new Map(collected.missing.map(({ file, reason }) => [file, reason]));
    expect(reasons.get('conntrack.txt')).toBe('the Pod kube-system/kube-proxy-x7k2p has no conntrack');
    expect(reasons.get('ip-rule.json')).toBe(
      'the Pod kube-system/kube-proxy-x7k2p has no ip, nor cat; /proc does not tell policy rules',
    );
    expect(reasons.get('bridge-link.txt')).toBe('the Pod kube-system/kube-proxy-x7k2p has no bridge');
  });
});

test('a node without kube-proxy says what was tried, and what does its work', async () => {
  const cilium = { name: 'cilium-abc', labels: { 'k8s-app': 'cilium' }, container: 'cilium-agent' };
  const failure = await failureOf(new FakeCluster([cilium]).collect());
  expect(failure.kind).toBe('noSource');
  expect(failure.message).toBe(
    'No kube-proxy Pod runs on node-1; Cilium does its work here, and nobody else there can tell its rules ' +
      '(kube-system/cilium-abc has no iptables-save).',
  );
});

describe('when kube-proxy cannot tell', () => {
  const agent = { name: 'calico-node-1', container: 'calico-node', programs: plain };

  test('another Pod on the network of the node is asked', async () => {
    const broken = proxyPod({ 'iptables-save -c': { exitCode: 3, stderr: 'cannot' } });
    const collected = await new FakeCluster([broken, agent]).collect();
    expect(collected.source).toMatchObject({ kind: 'hostPod', pod: 'calico-node-1' });
  });

  test('a Pod that is not running is not asked', async () => {
    const cluster = new FakeCluster([proxyPod(plain, { phase: 'Pending' }), agent]);
    expect((await cluster.collect()).source.kind).toBe('hostPod');
    expect(cluster.execs.map(({ target }) => target.pod)).not.toContain('kube-proxy-x7k2p');
  });

  test('for lack of a right, no other Pod of that namespace is asked, and the right is named', async () => {
    const right = { verb: 'create', resource: 'pods/exec', namespace: 'kube-system', user: 'dev' };
    const forbidden = new ClusterFailure('forbidden', 'pods/exec is forbidden.', { right });
    const cluster = new FakeCluster([proxyPod({ 'iptables-save -c': forbidden }), { ...agent }]);
    const failure = await failureOf(cluster.collect({ confirmDebugPod: neverAsked }));
    expect(failure.right).toEqual(right);
    expect(cluster.execs.map(({ target }) => target.pod)).not.toContain('calico-node-1');
  });

  test.each(['unreachable', 'unauthorized', 'badCertificate', 'timedOut', 'cutOff', 'tooLarge'] as const)(
    'since it is %s, nobody else is asked',
    async (kind) => {
      const cluster = new FakeCluster([
        proxyPod({ 'iptables-save -c': new ClusterFailure(kind, 'Why.') }),
        agent,
      ]);
      expect((await failureOf(cluster.collect({ confirmDebugPod: neverAsked }))).kind).toBe(kind);
    },
  );

  test('as the kubelet takes no exec, no debug Pod is offered', async () => {
    const refused = new ClusterFailure('execRefused', "The node's kubelet does not answer the API server.");
    const cluster = new FakeCluster([proxyPod({ 'iptables-save -c': refused })]);
    expect(await failureOf(cluster.collect({ confirmDebugPod: neverAsked }))).toBe(refused);
  });
});

function neverAsked(): Promise<boolean> {
  throw new Error('a debug Pod was offered');
}

test('no more than three programs run at a time', async () => {
  let running = 0;
  let most = 0;
  const waits = async (): Promise<ExecResult> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return { stdout: new TextEncoder().encode(''), stderr: '', exitCode: 0 };
  };
  const programs = Object.fromEntries(allowedCommands.map(({ id }) => [id, waits]));
  await new FakeCluster([proxyPod(programs)]).collect();
  expect(most).toBe(3);
});

test('an IPVS node tells its sets, and why its virtual servers are not told', async () => {
  const programs = { ...plain, 'ipset save': 'create KUBE-CLUSTER-IP hash:ip,port family inet\n' };
  const collected = await new FakeCluster([proxyPod(programs)]).collect();
  expect(collected.files.get('ipset-save.txt')).toContain('KUBE-CLUSTER-IP');
  expect(collected.missing).toContainEqual({
    file: 'ipvsadm-save.txt',
    reason: 'the Pod kube-system/kube-proxy-x7k2p has no ipvsadm',
  });
});

test('each missing file has one reason, short enough for a sentence', async () => {
  const { missing } = await new FakeCluster([proxyPod(plain)]).collect();
  const files = missing.map(({ file }) => file);
  expect(new Set(files).size).toBe(files.length);
  expect(missing.filter(({ reason }) => reason.length > 300 || reason.endsWith('.'))).toEqual([]);
});

test('a program that still runs is let go when the rules fail', async () => {
  let ended = false;
  const hangs = ({ signal }: ExecOptions): Promise<ExecResult> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        ended = true;
        reject(new ClusterFailure('cancelled', 'Cancelled.'));
      });
    });
  const cluster = new FakeCluster([
    proxyPod({ 'iptables-save -c': { exitCode: 1 }, 'ip6tables-save -c': hangs }),
  ]);
  expect((await failureOf(cluster.collect())).kind).toBe('noSource');
  expect(ended).toBe(true);
});

describe('the ruleset of nftables', () => {
  const ruleset = 'table inet firewalld {\n}\n';

  test.each(['table ip nat\ntable ip6 filter\n', ''])(
    'is not listed where all tables are %j',
    async (tables) => {
      const programs = { ...plain, 'nft list tables': tables, 'nft list ruleset': ruleset };
      const cluster = new FakeCluster([proxyPod(programs)]);
      const { files, missing } = await cluster.collect();
      expect(files.get('nft.txt')).toBe(tables === '' ? '' : undefined);
      expect(missing.some(({ file }) => file === 'nft.txt')).toBe(tables !== '');
      expect(cluster.execs.map(({ argv }) => argv.join(' '))).not.toContain('nft list ruleset');
    },
  );

  test('is listed where somebody else made a table', async () => {
    const tables = 'table ip nat\ntable inet firewalld\n';
    const programs = { ...plain, 'nft list tables': tables, 'nft list ruleset': ruleset };
    expect((await new FakeCluster([proxyPod(programs)]).collect()).files.get('nft.txt')).toBe(ruleset);
  });
});
