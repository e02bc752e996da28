/** What does kube-proxy's work in eBPF, by rules, interfaces and Pods, and what diagnose and the glance say of it. */
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { replacementOn, replacementWords } from '../../../src/kubeproxy/mode/replacement.ts';
import { dumpText } from '../dumps.ts';

const kubeProxy = dumpText('1.36.3', 'iptables-save.txt') ?? '';

function analysisWith(filter: string, more: readonly (readonly [SnapshotFileName, string])[] = []) {
  const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
${filter}COMMIT
`;
  return analysisOfFiles(new Map<SnapshotFileName, string>([['iptables-save.txt', rules], ...more]));
}

const link = (ifname: string): string => JSON.stringify([{ ifindex: 7, ifname, flags: [], addr_info: [] }]);

const pod = (name: string): string =>
  JSON.stringify({
    kind: 'List',
    items: [
      {
        kind: 'Pod',
        metadata: { namespace: 'kube-system', name, labels: { 'k8s-app': 'cilium' } },
        spec: { nodeName: 'node-1' },
      },
    ],
  });

const on = (node: string) =>
  replacementOn(
    analysisWith('', [
      ['objects.json', pod('anetd-x7k')],
      ['snapshot.json', JSON.stringify({ node })],
    ]),
  );

describe('is recognised', () => {
  it('Cilium by its chains', () => {
    const found = replacementOn(analysisWith(':CILIUM_INPUT - [0:0]\n-A INPUT -j CILIUM_INPUT\n'));
    expect(found).toEqual({ name: 'Cilium', signs: ['the chain CILIUM_INPUT'], isSure: true });
  });

  it('Cilium by its devices', () => {
    expect(replacementOn(analysisWith('', [['ip-addr.json', link('cilium_host')]]))).toMatchObject({
      name: 'Cilium',
      signs: ['the interface cilium_host'],
    });
  });

  it('Dataplane V2 by its Pod', () => {
    expect(on('node-1')).toMatchObject({ name: 'Dataplane V2' });
    expect(on('node-2')).toBeNull();
  });

  it('Calico’s eBPF mode by its devices and by its rules', () => {
    const bpf =
      ':cali-FORWARD - [0:0]\n-A cali-FORWARD -i cali+ -m comment --comment "cali:x" -m comment --comment "From workload without BPF seen mark" -m mark ! --mark 0x1000000/0x1000000 -j DROP\n';
    expect(replacementOn(analysisWith(bpf))?.name).toBe('Calico eBPF');
    expect(replacementOn(analysisWith('', [['ip-addr.json', link('bpfin.cali')]]))?.name).toBe('Calico eBPF');
  });

  it('not Calico with its rules of iptables', () => {
    expect(replacementOn(analysisWith(':cali-FORWARD - [0:0]\n-A FORWARD -j cali-FORWARD\n'))).toBeNull();
  });

  it('not where kube-proxy alone is', () => {
    expect(replacementOn(analysisOfFiles(new Map([['iptables-save.txt', kubeProxy]])))).toBeNull();
  });
});

it('Cilium beside rules of kube-proxy may be either, and the command that tells is said', () => {
  const rules = kubeProxy.replace('*filter\n', '*filter\n:CILIUM_FORWARD - [0:0]\n');
  const found = replacementOn(analysisOfFiles(new Map([['iptables-save.txt', rules]])));
  expect(found?.isSure).toBe(false);
  expect(found === null ? '' : replacementWords(found, true)).toContain('cilium-config');
});

describe('Cilium’s ConfigMap beside rules of kube-proxy', () => {
  const rules = kubeProxy.replace('*filter\n', '*filter\n:CILIUM_FORWARD - [0:0]\n');
  const metadata = { namespace: 'kube-system', name: 'cilium-config' };
  const configMap = (setting: string, of = metadata): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: of,
      data: { 'kube-proxy-replacement': setting },
    });
  const found = (name: SnapshotFileName, text: string) =>
    replacementOn(
      analysisOfFiles(
        new Map<SnapshotFileName, string>([
          ['iptables-save.txt', rules],
          [name, text],
        ]),
      ),
    );

  const kept = (cilium: string) => found('snapshot.json', JSON.stringify({ node: 'node-1', cilium }));

  it.each(['true', 'strict'])('%s: it does kube-proxy’s work', (setting) => {
    const replaced = found('objects.json', configMap(setting));
    expect(replaced).toMatchObject({ isSure: true });
    expect(replaced === null ? '' : replacementWords(replaced, true)).toContain(
      'kube-proxy-replacement of its ConfigMap',
    );
  });

  it.each(['false', 'disabled'])('%s: it leaves Services to kube-proxy, but for ClusterIPs', (setting) => {
    const replaced = found('objects.json', configMap(setting));
    expect(replaced).toMatchObject({ isSure: false, leaves: true });
    expect(replaced === null ? '' : replacementWords(replaced, true)).toMatch(
      /leaves Services to kube-proxy, .* whose rules these are\. What Pods send to ClusterIPs/u,
    );
  });

  it.each(['partial', 'probe', ''])('“%s” does not tell', (setting) => {
    expect(found('objects.json', configMap(setting))).toEqual({
      name: 'Cilium',
      signs: ['the chain CILIUM_FORWARD'],
      isSure: false,
    });
  });

  it('of another name is none of it', () => {
    expect(found('objects.json', configMap('true', { ...metadata, name: 'web' }))?.isSure).toBe(false);
  });

  it('is kept in a snapshot of a live node', () => {
    expect(kept('replaces')?.isSure).toBe(true);
    expect(kept('leaves')?.leaves).toBe(true);
    expect(kept('anything')?.isSure).toBe(false);
  });
});
