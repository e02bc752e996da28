import { describe, expect, test } from 'vitest';
import { FakeCluster, failureOf, nftRules, plainPrograms as plain, proxyPod } from './support/fakeNode.ts';

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
      '(kube-system/cilium-abc has no iptables-save). Set a command of your own for this context, such as docker exec or ssh.',
  );
});
