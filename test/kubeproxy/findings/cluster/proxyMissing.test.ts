/** A node without a running kube-proxy, by the cluster's Pods. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpText } from '../../dumps.ts';

const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';
const late = rules.replaceAll(/^-A KUBE-SVC-\S+ .*"shop\/three:http -> 10\.244\.1\.14:8080".*\n/gm, '');

const proxy = (node: string, isReady: boolean): object => ({
  kind: 'Pod',
  metadata: { namespace: 'kube-system', name: `kube-proxy-${node}`, labels: { 'k8s-app': 'kube-proxy' } },
  spec: { nodeName: node, hostNetwork: true, containers: [{ name: 'kube-proxy' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    containerStatuses: [
      {
        name: 'kube-proxy',
        ready: isReady,
        restartCount: 4,
        state: isReady ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
      },
    ],
  },
});

function messages(pods: readonly object[], text = rules): readonly string[] {
  const list: { items: object[] } = JSON.parse(dumpText('1.36.3', 'objects.json') ?? '');
  const files = new Map([
    ['iptables-save.txt', text] as const,
    ['snapshot.json', '{"node":"node-1"}'] as const,
    ['objects.json', JSON.stringify({ ...list, items: [...list.items, ...pods] })] as const,
  ]);
  return finish(findingsOfNode(analysisOfFiles(files)))
    .filter(({ code }) => code === 'kube-proxy-missing' || code === 'endpoint-missing')
    .map(({ code, message }) => `${code} ${message}`);
}

describe('kube-proxy', () => {
  it('that crashes is found, and what follows is counted with it', () => {
    expect(messages([proxy('node-1', false), proxy('node-2', true)], late)).toEqual([
      expect.stringMatching(
        /^kube-proxy-missing kube-proxy’s Pod kube-system\/kube-proxy-node-1 on node-1 is not ready \(CrashLoopBackOff\): .* 1 difference between the rules and the cluster’s objects/,
      ),
    ]);
  });

  it('that no Pod of this node is, while others have one, is found', () => {
    expect(messages([proxy('node-2', true), proxy('node-3', true)])).toEqual([
      expect.stringContaining('No kube-proxy Pod is on node-1, while 2 other nodes have one'),
    ]);
  });

  it('that runs, or is nobody’s Pod anywhere, is no finding', () => {
    expect(messages([proxy('node-1', true)])).toEqual([]);
    expect(messages([])).toEqual([]);
  });
});
