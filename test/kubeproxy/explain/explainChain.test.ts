import { describe, expect, test } from 'vitest';
import { type Analysis, openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { chainsOf } from '../../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../../../src/kubeproxy/services/catalog.ts';
import { explainChain } from '../../../src/kubeproxy/explain/explainChain.ts';
import { tableNamed } from '../../../src/kubeproxy/rulesets.ts';
import { targetNameOf } from '../../../src/kubeproxy/words/ruleView.ts';
import { auditedDump } from '../findings/cluster/support.ts';
import { dumpSources, dumpText, textSources } from '../dumps.ts';

const sources = dumpSources('1.36.3');
const { rulesets } = sources;
const files = new Map([['objects.json', dumpText('1.36.3', 'objects.json') ?? '']] as const);
const analysis = openAnalysis({ sources, files, nodeName: 'node-1' });

function alone(text: string): Analysis {
  return openAnalysis({ sources: textSources(text), files: new Map() });
}

function svcOf(port: ServicePort | null): string {
  return (port && chainsOf(port, 4).svc) ?? '';
}

describe('a Service’s chain', () => {
  test('KUBE-SVC balances over all endpoints', () => {
    const found = explainChain(analysis, 'nat', 'KUBE-SVC-2SVPRPKIAEM3QLMQ', 4);
    expect([found.title, found.summary, found.owner, found.warnings]).toEqual([
      'edge/np-local-two:http',
      'balances over 3 endpoints',
      'kube-proxy',
      [],
    ]);
    expect(found.reachedBy).toEqual(['ClusterIP 10.96.66.255:80/TCP']);
    expect(found.endpoints.map((each) => [each.endpoint, each.pod])).toEqual([
      ['10.244.1.47:8080', 'np-local-two-0 · node-1'],
      ['10.244.1.48:8080', 'np-local-two-1 · node-1'],
      ['10.244.3.37:8080', 'np-local-two-2 · node-3'],
    ]);
    expect(found.sentences).toEqual([
      'It is a Service of type NodePort, with external traffic policy Local.',
      'Session affinity: none.',
      'Its traffic is masqueraded unless from 10.244.0.0/16.',
    ]);
  });

  test('KUBE-SVL balances over those of this node', () => {
    const found = explainChain(analysis, 'nat', 'KUBE-SVL-2SVPRPKIAEM3QLMQ', 4);
    expect(found.summary).toBe('balances over 2 endpoints on this node');
    expect(found.endpoints.map((each) => each.share)).toEqual([0.5, 0.5]);
    expect(found.reachedBy).toEqual([
      'node port 30082/TCP (through KUBE-EXT-2SVPRPKIAEM3QLMQ, masqueraded if from this node)',
    ]);
  });

  test('KUBE-FW names the sources that are let through', () => {
    const found = explainChain(analysis, 'nat', 'KUBE-FW-IE4GFHGZSXCYMQ3K', 4);
    expect(found.sentences).toContain('Allowed sources: 198.51.100.0/24, 192.0.2.0/28.');
    expect(found.reachedBy).toEqual(['load-balancer IP 203.0.113.16:80/TCP (masqueraded)']);
  });

  test('KUBE-SEP is one endpoint', () => {
    const found = explainChain(analysis, 'nat', 'KUBE-SEP-RU3LV4647XQ3QTER', 4);
    expect(found.summary).toBe('endpoint 10.244.1.47:8080');
    expect(found.sentences).toContain('Takes 33.3 % of new connections.');
    expect(found.ending).toBe('ends with the translation to its endpoint');
  });

  test('session affinity is said with its time', () => {
    const chain = svcOf(analysis.catalog.portNamed('shop/sticky:http'));
    expect(explainChain(analysis, 'nat', chain, 4).sentences).toContain(
      'Session affinity: a client keeps its endpoint for 3 h, on this port of the Service alone.',
    );
  });

  test('what no endpoint gets is a warning', () => {
    const svc = 'KUBE-SVC-4N57TFCL4MD7ZTDA';
    const sep = 'KUBE-SEP-AAAAAAAAAAAAAAAA';
    const text = `*nat\n:OUTPUT ACCEPT [0:0]\n:${svc} - [0:0]\n:${sep} - [0:0]\n-A OUTPUT -j ${svc}\n-A ${svc} -m statistic --mode random --probability 0.5 -j ${sep}\n-A ${sep} -p tcp -j DNAT --to-destination 10.0.0.1:80\nCOMMIT\n`;
    expect(explainChain(alone(text), 'nat', svc, 4).warnings).toEqual([
      '50.0 % of new connections get no endpoint: the rules do not add up.',
    ]);
  });

  test('an empty chain, as after a restore that failed, is a warning', () => {
    const svc = 'KUBE-SVC-4N57TFCL4MD7ZTDA';
    const text = `*nat\n:OUTPUT ACCEPT [0:0]\n:${svc} - [0:0]\n-A OUTPUT -j ${svc}\nCOMMIT\n`;
    expect(explainChain(alone(text), 'nat', svc, 4).warnings).toEqual([
      'The chain is empty: traffic passes it untouched.',
    ]);
  });
});

test('references are all the rules that jump there', () => {
  for (const family of [4, 6] as const) {
    for (const table of rulesets[family]?.tables ?? []) {
      const jumps = new Map<string, number>();
      for (const rule of [...table.chains.values()].flatMap((chain) => chain.rules)) {
        const target = targetNameOf(rule) ?? '';
        jumps.set(target, (jumps.get(target) ?? 0) + 1);
      }
      for (const chain of table.chains.keys()) {
        expect(explainChain(analysis, table.name, chain, family).referenceCount).toBe(jumps.get(chain) ?? 0);
      }
    }
  }
});

test('a target behind a comment that looks like a jump is the right one', () => {
  const text =
    '*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A -m comment --comment "then -j B"\n-A INPUT -m comment --comment "x -j B" -p tcp\nCOMMIT\n';
  expect(explainChain(alone(text), 'filter', 'A', 4).referenceCount).toBe(1);
  expect(explainChain(alone(text), 'filter', 'B', 4).referenceCount).toBe(0);
});

describe('with the cluster’s objects', () => {
  test('a Service is named with its type and policies', () => {
    const { objects, sentences, warnings } = explainChain(analysis, 'nat', 'KUBE-SVC-BLCWGGYY2Z3GUSPM', 4);
    expect(sentences[0]).toBe('It is a Service of type NodePort, with external traffic policy Local.');
    expect(objects).toEqual([{ resource: 'services', namespace: 'edge', name: 'np-local' }]);
    expect(warnings).toEqual([]);
  });

  test('an endpoint is named with its pod, its node and its readiness', () => {
    const chain = analysis.catalog.portNamed('infra/terminating-only:http')?.endpoints[0]?.label ?? '';
    const { objects, sentences } = explainChain(analysis, 'nat', chain, 4);
    expect(sentences[0]).toBe(
      'It is the pod infra/terminating-only-0 on node-1: terminating, still serving.',
    );
    expect(objects.at(-1)).toEqual({ resource: 'pods', namespace: 'infra', name: 'terminating-only-0' });
  });

  test('where they disagree with the rules a warning says so', () => {
    const changed = auditedDump('1.36.3', {
      change: (cluster) => {
        for (const each of cluster.endpoints('shop/three').slice(0, 1)) each.conditions = { ready: false };
      },
    });
    const port = changed.catalog.portNamed('shop/three:http');
    const [first, second] = port?.endpoints ?? [];
    const warningsOf = (chain: string): readonly string[] => explainChain(changed, 'nat', chain, 4).warnings;
    expect(warningsOf(svcOf(port))).toHaveLength(1);
    expect(warningsOf(first?.label ?? '').join('')).toContain('which is not ready');
    expect(warningsOf(second?.label ?? '')).toEqual([]);
  });
});

describe('another chain', () => {
  test('of kube-proxy says what it is for, and since when', () => {
    const found = explainChain(analysis, 'filter', 'KUBE-PROXY-FIREWALL', 4);
    expect(found.sentences).toEqual([
      'Drops traffic to load-balancer IPs from sources that loadBalancerSourceRanges does not allow.',
      'In releases from 1.25.',
      'It has 4 rules.',
    ]);
    expect(found.references[0]?.text).toBe('INPUT rule 2: in state NEW');
  });

  test('that is built in says what it sees, and ends with its policy', () => {
    const found = explainChain(analysis, 'filter', 'FORWARD', 4);
    expect(found.sentences[0]).toBe('Sees packets that the node passes on.');
    expect([found.ending, found.owner]).toEqual(['ends with its policy: ACCEPT', null]);
  });

  test('of others says whose it looks like and how it ends', () => {
    const own = openAnalysis({ sources: dumpSources('docker'), files: new Map() });
    const user = explainChain(own, 'filter', 'DOCKER-USER', 4);
    expect([user.owner, user.ending]).toEqual(['Docker, by its name', 'ends with RETURN, in rule 1']);
    expect(explainChain(own, 'nat', 'DOCKER', 4).ending).toBe('ends by returning to the rule after the jump');
  });

  test('that is not there says so', () => {
    expect(explainChain(analysis, 'nat', 'NOPE', 4).warnings).toEqual(['NOPE is not in table nat.']);
    expect(tableNamed(rulesets[4], 'raw')).toBeNull();
    expect(explainChain(analysis, 'raw', 'PREROUTING', 4).warnings).toEqual([
      'PREROUTING is not in table raw.',
    ]);
  });
});
