import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import { readSnapshotInfo } from '../../../src/kernel/node/snapshotInfo.ts';

const snapshot = {
  node: 'node-1',
  context: 'kind-dev',
  taken: '2026-11-21T10:31:02.000Z',
  source: 'Pod kube-system/kube-proxy-x2x9k',
  missing: [
    { file: 'conntrack.txt', reason: 'the Pod has no conntrack' },
    { file: 'ip-addr.json', reason: 'the Pod has no ip, nor cat.' },
    { file: 'ip-route.json', reason: 'the Pod has no ip, nor cat.' },
    { file: 'ipset-save.txt', reason: 'ipset: permission denied' },
  ],
};

test('snapshot.json tells of what node it is, when it was taken, and why what is missing is missing', () => {
  const { info, problems } = readNode(new Map([['snapshot.json', JSON.stringify(snapshot)]]));
  expect([info.node, info.context, info.taken, info.source]).toEqual([
    'node-1',
    'kind-dev',
    Date.UTC(2026, 10, 21, 10, 31, 2),
    'Pod kube-system/kube-proxy-x2x9k',
  ]);
  expect(info.missing.get('ip-addr.json')).toBe('the Pod has no ip, nor cat');
  expect(problems).toEqual([]);
});

test.each(['', '{', '[]', '7', '"a"', 'null'])('%j is no snapshot.json, and does no harm', (text) => {
  expect(readSnapshotInfo(text).value).toBeNull();
  expect(readNode(new Map([['snapshot.json', text]])).info.node).toBeNull();
});

test('fields of other types count as left out, and long words are cut', () => {
  const odd = {
    node: 7,
    context: {},
    taken: 'yesterday',
    source: 'x'.repeat(1_000_000),
    missing: [7, { file: 'a' }, { file: 1, reason: 'b' }],
  };
  const { value } = readSnapshotInfo(JSON.stringify(odd));
  expect([value?.node, value?.context, value?.taken, value?.missing.size]).toEqual([null, null, null, 0]);
  expect(value?.source?.length).toBeLessThan(1000);
});

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readSnapshotInfo(text).problems).toBeDefined();
    }),
  );
});

const rules = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j RETURN
-A PREROUTING -m set --match-set blocked src -j RETURN
-A POSTROUTING -j MASQUERADE
COMMIT
`;

function assumed(snapshotJson: string | null): string {
  const files = new Map([['iptables-save.txt', rules] as const]);
  const analysis = analysisOfFiles(
    snapshotJson === null ? files : new Map([...files, ['snapshot.json', snapshotJson]] as const),
  );
  const found = analysis.engine(4)?.trace({
    family: 4,
    from: { kind: 'external', address: '203.0.113.9', port: 4000, interface: 'eth0' },
    to: { address: '192.168.0.2', port: 80 },
    protocol: 'tcp',
  });
  return (found?.assumptions ?? []).map(({ message }) => message).join('\n');
}

test('assumptions name the reason for which a file is missing', () => {
  const words = assumed(JSON.stringify(snapshot));
  expect(words).toContain(
    'Whether 192.168.0.2 is an address of this node is not known (the Pod has no ip, nor cat).',
  );
  expect(words).toContain('the ipsets are not known (ipset: permission denied)');
  expect(words).toContain('the routes are not known (the Pod has no ip, nor cat)');
  expect(words).toContain('the node’s connections are not known (the Pod has no conntrack).');
  expect(words).toContain('which one is not known (the Pod has no ip, nor cat)');
});

test('without it the file that would tell is named', () => {
  const words = assumed(null);
  expect(words).toContain('is not known (no ip-addr.json, no routes).');
  expect(words).toContain('ipset-save.txt is not given');
  expect(words).toContain('which connections the node knows is not in the snapshot.');
});
