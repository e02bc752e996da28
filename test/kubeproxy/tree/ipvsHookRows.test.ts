/** IPVS in the tree by hook, beside rules and alone. */
import { expect, test } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { TreeNode } from '../../../src/kubeproxy/tree/tree.ts';

const ipvs = `-A -t 10.96.0.1:443 -s rr
-a -t 10.96.0.1:443 -r 192.168.0.1:6443 -m -w 1
-A -t 10.96.7.7:80 -s sh
-a -t 10.96.7.7:80 -r 10.244.1.5:8080 -m -w 0
-A -f 7 -s wrr
-a -f 7 -r 10.244.1.5:0 -m -w 1
-A -t [fd00::1]:443 -s rr
`;

function children(
  files: readonly (readonly [SnapshotFileName, string])[],
  parent: string | null,
): readonly TreeNode[] {
  return analysisOfFiles(new Map(files)).tree.rows('hook', parent, 0, 100).items;
}

const labels = (rows: readonly TreeNode[]): readonly string[] => rows.map(({ label }) => label);

test('stands where the kernel calls it', () => {
  const rules = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
`;
  const files = [
    ['iptables-save.txt', rules],
    ['ipvsadm-save.txt', ipvs],
  ] as const;
  expect(labels(children(files, 'h:4:INPUT'))).toEqual(['filter', 'IPVS', 'nat']);
  expect(labels(children(files, 'h:4:OUTPUT'))).toEqual(['nat', 'IPVS', 'filter']);
  expect(labels(children(files, 'h:4:FORWARD'))).toEqual(['filter', 'IPVS']);
  expect(labels(children(files, 'h:4:POSTROUTING'))).toEqual(['nat']);
});

test('opens to its virtual servers, alone, too; of which nobody takes the packets is said', () => {
  const files = [['ipvsadm-save.txt', ipvs]] as const;
  expect(labels(children(files, null))).toEqual(['IPv4', 'IPv6']);
  expect(labels(children(files, 'g:4'))).toEqual(['INPUT', 'FORWARD', 'OUTPUT']);
  const rows = children(files, 'v:4:INPUT');
  expect(rows.map(({ label, description, badge }) => `${label}: ${description} ${badge}`)).toEqual([
    'TCP 10.96.0.1:443: rr · 1 server null',
    'TCP 10.96.7.7:80: sh · refused: no server takes it warning',
    'FWM 7: wrr · 1 server null',
  ]);
  expect(rows[0]).toMatchObject({
    at: { source: 'ipvs', span: { start: 0 } },
    address: '10.96.0.1',
    port: 443,
  });
  expect(children(files, 'v:4:FORWARD')).toEqual([]);
  expect(children(files, 'v:4:INPUT:TCP 10.96.0.1:443')).toEqual([]);
});
