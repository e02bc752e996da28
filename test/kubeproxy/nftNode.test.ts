/** A node whose Services are native tables: how its packets are told, and how its rules look by hook. */
import { expect, test } from 'vitest';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { objectsOfFile } from '../../src/kubeproxy/clusterObjects.ts';
import { traceJourney } from '../../src/kubeproxy/journey/journey.ts';
import { readForm } from '../../src/kubeproxy/form/flowForm.ts';
import { nftText } from '../../src/kubeproxy/nftSource.ts';
import { rulesText, Sources } from '../../src/kubeproxy/sources.ts';
import type { TreeNode } from '../../src/kubeproxy/tree/tree.ts';
import { emptyForm } from '../../src/protocol/requests.ts';
import { dumpText } from './dumps.ts';

const objects = objectsOfFile(dumpText('1.36.3', 'objects.json') ?? '');
const native = nftText('nft.txt', dumpText('1.36.3-nftables', 'nft.txt') ?? '');
const node = openAnalysis({
  sources: new Sources([], null, native),
  files: new Map(),
  objects,
  nodeName: 'node-1',
});

function headline(from: string, to: string): string {
  const reading = readForm({ ...emptyForm, from, to }, node);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const leg = traceJourney({ flow: reading.flow, analysis: node, decisions: [], rulesOf: () => null });
  return leg?.narrative.headline ?? 'no rules';
}

test.each([
  ['pod:10.244.1.14', '10.106.89.61:80', /^Forwarded to one of 3 endpoints of shop\/three:http\./],
  [
    'external:203.0.113.99',
    '203.0.113.16:80',
    /^Dropped: 203\.0\.113\.99 is not in the load-balancer source ranges of edge\/lb-ranges:http/,
  ],
  ['external:198.51.100.9', '192.168.0.2:30085', /^Rejected: edge\/np-noep:http has no endpoints/],
  [
    'external:198.51.100.9',
    '192.168.0.2:30084',
    /^Dropped: edge\/np-local-nolocal:http has no endpoint on this node/,
  ],
  [
    'pod:10.244.1.14',
    '10.106.89.61:81',
    /^Rejected by rule 1 of cluster-ips-check \("Reject traffic to invalid ports of ClusterIPs"\)/,
  ],
])('%s > %s', (from, to, expected) => {
  expect(headline(from, to)).toMatch(expected);
});

test('rows lead from a hook over the elements of a map to an endpoint', () => {
  let parent: string | null = null;
  const seen: string[] = [];
  for (const wanted of [
    'IPv4',
    'PREROUTING',
    'ip kube-proxy · nat-prerouting',
    'jump services',
    '@service-ips',
    '10.106.89.61 . tcp . 80',
  ]) {
    const row: TreeNode | undefined = node.tree
      .rows('hook', parent, 0, 1000)
      .items.find(({ label }) => label.includes(wanted));
    expect([wanted, row?.hasChildren]).toEqual([wanted, true]);
    seen.push(row?.label ?? '');
    parent = row?.id ?? null;
  }
  const { items } = node.tree.rows('hook', parent, 0, 10);
  expect(items.map(({ label }) => label)).toEqual([
    'meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.244.1.14 . 8080, 1 : 10.244.2.14 . 8080, 2 : 10.244.3.11 . 8080 }',
  ]);
  expect(items[0]?.at?.source).toBe('nft');
});

test('tables that iptables made and only nft lists are an assumption', () => {
  const listing =
    'table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy accept;\n\t}\n}\n';
  const alone = openAnalysis({
    sources: new Sources([], null, nftText('nft.txt', listing)),
    files: new Map(),
  });
  const reading = readForm({ ...emptyForm, from: 'external:198.51.100.9', to: '10.9.9.9:80' }, alone);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const leg = traceJourney({ flow: reading.flow, analysis: alone, decisions: [], rulesOf: () => null });
  expect(leg?.answer.assumptions.map(({ code }) => code)).toContain('iptables-as-nft');
});

test('tables of iptables-nft count once, and native ones are called among them in the order of the listing', () => {
  const saved = '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
  const listing = [
    'table ip old {\n\tchain f {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}',
    'table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}',
    'table ip new {\n\tchain f {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}',
  ].join('\n');
  const sources = new Sources([rulesText('iptables-save.txt', saved)], null, nftText('nft.txt', listing));
  expect(sources.nft?.ruleset.tables.map(({ name }) => name.text)).toEqual(['old', 'new']);
  const both = openAnalysis({ sources, files: new Map() });
  const trace = both.engine(4)?.trace({
    family: 4,
    from: { kind: 'external', address: '198.51.100.9', port: 40_000, interface: 'eth0' },
    to: { address: '10.9.9.9', port: 80 },
    protocol: 'tcp',
  });
  const policies = trace?.outcomes.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      step.kind === 'policy' && step.chain !== 'INPUT' ? [`${step.table}/${step.chain}`] : [],
    ),
  );
  expect([...new Set(policies)]).toEqual(['ip new/f', 'filter/FORWARD']);
});

test.each([
  ['add rule', 'add rule ip t f tcp dport 80 drop', 'Dropped by rule 1 of f'],
  [
    'a block that is opened again',
    'table ip t { chain f { tcp dport 80 drop; }; }',
    'Dropped by rule 1 of f',
  ],
  ['a flush behind it', 'add rule ip t f tcp dport 80 drop\nflush chain ip t f', 'Delivered to this node'],
])('packets meet what the commands of a script leave: %s', (_, commands, expected) => {
  const made =
    'add table ip t\nadd chain ip t f { type filter hook input priority filter; policy accept; }\n';
  const text = nftText('nft.txt', `flush ruleset\n${made}${commands}\n`);
  const script = openAnalysis({ sources: new Sources([], null, text), files: new Map() });
  const reading = readForm({ ...emptyForm, from: 'external:198.51.100.9', to: 'node:80' }, script);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const leg = traceJourney({ flow: reading.flow, analysis: script, decisions: [], rulesOf: () => null });
  expect(leg?.narrative.headline).toContain(expected);
});
