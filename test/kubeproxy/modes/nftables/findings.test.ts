/** What is found of a node in nftables mode: on a healthy one what iptables mode shows of the same cluster, and each fault. */
import { describe, expect, test } from 'vitest';
import { type Analysis, openAnalysis } from '../../../../src/kubeproxy/analysis.ts';
import { objectsOfFile } from '../../../../src/kubeproxy/clusterObjects.ts';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { nftText } from '../../../../src/kubeproxy/nftSource.ts';
import { Sources } from '../../../../src/kubeproxy/sources.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpSources, dumpText } from '../../dumps.ts';

const objects = objectsOfFile(dumpText('1.36.3', 'objects.json') ?? '');
const listing = dumpText('1.36.3-nftables', 'nft.txt') ?? '';

function nodeOf(sources: Sources): Analysis {
  return openAnalysis({ sources, files: new Map(), objects, nodeName: 'node-1' });
}

function foundIn(text: string): readonly string[] {
  const node = nodeOf(new Sources([], null, nftText('nft.txt', text)));
  return finish(findingsOfNode(node)).map(({ code, service }) => `${code} ${service ?? ''}`);
}

const healthy = foundIn(listing);

test('a healthy node has the findings of iptables mode', () => {
  const iptables = finish(findingsOfNode(nodeOf(dumpSources('1.36.3'))));
  expect(healthy.toSorted()).toEqual(iptables.map(({ code, service }) => `${code} ${service ?? ''}`).sort());
  expect(healthy.length).toBeGreaterThanOrEqual(16);
});

describe('a fault is found, and nothing else', () => {
  test.each([
    [
      'an endpoint that is gone',
      '10.244.2.14 . 8080',
      '10.244.2.99 . 8080',
      ['endpoint-missing', 'endpoint-stale'],
      'shop/three:http',
    ],
    [
      'a cluster IP that no map has',
      /\t* *10\.106\.89\.61 \. tcp \. 80 : [^\n]*\n/,
      '',
      ['jump-missing'],
      'shop/three:http',
    ],
    [
      'a node port that no map has',
      /\t* *tcp \. 30080 : [^\n]*\n/,
      '',
      ['jump-missing'],
      'edge/np-cluster:http',
    ],
  ] as const)('%s', (_, was, is, codes, service) => {
    const broken = listing.replace(was, is);
    expect(broken).not.toBe(listing);
    const more = foundIn(broken).filter((each) => !healthy.includes(each));
    expect(more.toSorted()).toEqual(codes.map((code) => `${code} ${service}`));
  });

  test('a part of a listing tells of nothing that is missing', () => {
    const chain = /\tchain service-[A-Z2-7]{8}-shop\/three[^}]*\}[^}]*\}\n/.exec(listing)?.[0] ?? '';
    expect(chain).not.toBe('');
    const codes = foundIn(`table ip kube-proxy {\n${chain}}\n`).join();
    expect(codes).not.toMatch(/(^|,)(frontend-|endpoint-|service-without-rules|no-endpoints)/);
  });
});
