/** A host port that two Pods have by the rules of portmap: which rules to delete is said only where it is known. */
import { expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { findingsOfRules } from '../../../../src/kubeproxy/findings/rules/ofRules.ts';
import { finish } from '../../../../src/values/steps.ts';

const rules = `*nat
:PREROUTING ACCEPT [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-DN-a - [0:0]
:CNI-DN-b - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 80 -j CNI-DN-a
-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 80 -j CNI-DN-b
-A CNI-DN-a -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.4:80
-A CNI-DN-b -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.9:80
COMMIT
`;

/** With a Pod of each address; null: no objects at all. */
function found(addresses: readonly string[] | null): readonly string[] {
  const files = new Map<SnapshotFileName, string>([['iptables-save.txt', rules]]);
  const services = [
    ['default', 'kubernetes'],
    ['shop', 'web'],
  ].map(([namespace, name]) => ({ kind: 'Service', metadata: { namespace, name }, spec: { ports: [] } }));
  const pods = [...(addresses ?? []), '10.244.2.2'].map((podIP, index) => ({
    kind: 'Pod',
    metadata: { namespace: index === 0 ? 'shop' : 'kube-system', name: `p-${index}` },
    spec: { nodeName: 'node-1', containers: [] },
    status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
  }));
  if (addresses !== null)
    files.set('objects.json', JSON.stringify({ kind: 'List', items: [...services, ...pods] }));
  return finish(findingsOfRules(analysisOfFiles(files))).map(({ code, message }) => `${code}: ${message}`);
}

const LEAD =
  'never-matches: Host port 80/TCP is given to 10.244.1.4:80 and to 10.244.1.9:80: rule 1 of CNI-DN-a takes all of its packets, and rule 2 of CNI-HOSTPORT-DNAT never matches.';

it('leaves open which of the two is left over', () => {
  expect(found(null)).toEqual([
    `${LEAD} One of them is most likely a Pod that is gone: see with "kubectl get pods -A -o wide" who has 10.244.1.4 and 10.244.1.9, and delete the rules of the other.`,
  ]);
});

it('says which, where the Pods are known', () => {
  expect(found(['10.244.1.9'])).toEqual([
    `${LEAD} No Pod has the address of 10.244.1.4:80 any more: its rules were left, and the Pod that runs gets nothing. Delete them.`,
  ]);
  expect(found(['10.244.1.4'])).toEqual([
    `${LEAD} No Pod has the address of 10.244.1.9:80 any more: its rules were left, and they do no harm. Delete them.`,
  ]);
});
