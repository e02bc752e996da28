/**
 * What kube-proxy wrote in nftables mode before 1.30: no set of cluster IPs or of node-port addresses, marks for masquerading,
 * `fib` for node ports. `before130.nft` was made after its code (pkg/proxy/nftables/proxier.go, between 1.29 and 1.30),
 * loaded into a kernel, and is what nft 1.0.6 lists of it.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openAnalysis } from '../../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../../src/kubeproxy/answer/answer.ts';
import { nftText } from '../../../../src/kubeproxy/nftSource.ts';
import type { ServicePort } from '../../../../src/kubeproxy/services/catalog.ts';
import { Sources } from '../../../../src/kubeproxy/sources.ts';
import { frontendWords } from '../../../../src/kubeproxy/words/frontendWords.ts';

const text = readFileSync(new URL('before130.nft', import.meta.url), 'utf8');
const analysis = openAnalysis({ sources: new Sources([], null, nftText('nft.txt', text)), files: new Map() });

function servicesIn(listing: string): readonly ServicePort[] {
  const sources = new Sources([], null, nftText('nft.txt', listing));
  return openAnalysis({ sources, files: new Map() }).catalog.ports;
}

test('the Services of such tables are read', () => {
  const ports = servicesIn(text).map(({ name, externalPolicy, affinity, frontends, endpoints }) => ({
    name,
    externalPolicy,
    affinity: affinity === null ? null : affinity.seconds,
    frontends: frontends.map((each) => frontendWords(each, null)),
    ranges: frontends.flatMap(({ sourceRanges }) => sourceRanges ?? []),
    endpoints: endpoints.map(({ address, port, share }) => `${address}:${port} ${share}`),
  }));
  expect(ports).toEqual([
    {
      name: 'ns1/svc1:p80',
      externalPolicy: 'Cluster',
      affinity: null,
      frontends: ['ClusterIP 172.30.0.41:80/TCP'],
      ranges: [],
      endpoints: ['10.180.0.1:80 1'],
    },
    {
      name: 'ns2/svc2:p80',
      externalPolicy: 'Local',
      affinity: null,
      frontends: [
        'ClusterIP 172.30.0.42:80/TCP',
        'node port 3001/TCP (masqueraded if from this node, dropped, unless from pods or this node: no endpoints on this node)',
        'external address 192.168.99.22:80/TCP (masqueraded if from this node, dropped, unless from pods or this node: no endpoints on this node)',
      ],
      ranges: [],
      endpoints: ['10.180.0.2:80 1'],
    },
    {
      name: 'ns5/svc5:p80',
      externalPolicy: 'Cluster',
      affinity: 10_800,
      frontends: [
        'ClusterIP 172.30.0.44:80/TCP',
        'node port 3002/TCP (masqueraded)',
        'load-balancer IP 5.6.7.8:80/TCP (masqueraded)',
      ],
      ranges: ['192.168.0.0/16'],
      endpoints: ['10.180.0.3:80 1'],
    },
    {
      name: 'ns6/svc6:p80',
      externalPolicy: 'Cluster',
      affinity: null,
      frontends: ['ClusterIP 172.30.0.45:80/TCP (rejected: no endpoints)'],
      ranges: [],
      endpoints: [],
    },
  ]);
});

test('of several refused addresses the one near the cluster IPs of others is the cluster IP', () => {
  const refused = '172.30.0.45 . tcp . 80 comment "ns6/svc6:p80" : goto reject-chain';
  const more = text.replace(refused, `${refused.replace('172.30.0.45', '203.0.113.77')}, ${refused}`);
  expect(more).not.toBe(text);
  expect(
    servicesIn(more)
      .at(-1)
      ?.frontends.map(({ kind, address }) => `${kind} ${address}`),
  ).toEqual(['clusterIP 172.30.0.45', 'external 203.0.113.77']);
});

test.each([
  ['10.0.0.9', '172.30.0.41', 'forward to 10.180.0.1'],
  ['10.0.0.9', '172.30.0.44', 'forward to 10.180.0.3'],
  ['203.0.113.9', '5.6.7.8', 'drop'],
  ['10.0.0.9', '172.30.0.45', 'reject'],
])('packets from %s to %s are followed', (from, to, ends) => {
  const answer = answerOf(analysis, {
    family: 4,
    from: { kind: 'pod', address: from, port: 40_000 },
    to: { address: to, port: 80 },
    protocol: 'tcp',
  });
  const told = answer?.outcomes.map(({ verdict, destination }) =>
    destination === null ? verdict : `${verdict} to ${destination.address}`,
  );
  // Whether the node itself has the address is not known: it is rejected at either hook.
  expect([...new Set(told)]).toEqual([ends]);
});
