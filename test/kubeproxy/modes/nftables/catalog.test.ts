/** The Services that one kube-proxy wrote in nftables mode, held against the same cluster in iptables mode, and against its objects. */
import { describe, expect, test } from 'vitest';
import { openAnalysis } from '../../../../src/kubeproxy/analysis.ts';
import type { ServicePort } from '../../../../src/kubeproxy/services/catalog.ts';
import { nftText } from '../../../../src/kubeproxy/nftSource.ts';
import { Sources } from '../../../../src/kubeproxy/sources.ts';
import { objectsOfFile } from '../../../../src/kubeproxy/clusterObjects.ts';
import { dumpSources, dumpText } from '../../dumps.ts';

const objects = objectsOfFile(dumpText('1.36.3', 'objects.json') ?? '');

function nftSources(file: 'nft.txt' | 'nft.json'): Sources {
  return new Sources([], null, nftText(file, dumpText('1.36.3-nftables', file) ?? ''));
}

function portsOf(sources: Sources, withObjects: boolean): ReadonlyMap<string, object> {
  const { catalog } = openAnalysis({ sources, files: new Map(), objects: withObjects ? objects : null });
  return new Map(catalog.ports.map((port) => [port.id, toldOf(port, withObjects)]));
}

/** All but what differs between the modes: where node ports are taken, and the order of source ranges. */
function toldOf(port: ServicePort, withKinds: boolean): object {
  const { families, affinity, internalPolicy, externalPolicy, leftOver, evidence } = port;
  return {
    affinity,
    internalPolicy,
    externalPolicy,
    leftOver,
    reached: families.map((family) => evidence?.reached(family)),
    refusals: evidence?.refusals().length,
    frontends: port.frontends
      .map(({ kind, family, address, port: number, protocol, fate, spared, masquerade, sourceRanges }) =>
        JSON.stringify([
          withKinds || address === null ? kind : '',
          family,
          address,
          number,
          protocol,
          fate,
          spared,
          masquerade,
          sourceRanges?.toSorted(),
        ]),
      )
      .sort(),
    endpoints: port.endpoints
      .map(({ family, address, port: number, share, localShare, balanced, inObjects }) =>
        JSON.stringify([family, address, number, rounded(share), rounded(localShare), balanced, inObjects]),
      )
      .sort(),
  };
}

function rounded(share: number | null): string | null {
  return share === null ? null : share.toFixed(6);
}

describe.each(['nft.txt', 'nft.json'] as const)('%s', (file) => {
  test.each([true, false])('has the Services of iptables mode (with objects: %s)', (withObjects) => {
    const nftables = portsOf(nftSources(file), withObjects);
    const iptables = portsOf(dumpSources('1.36.3'), withObjects);
    expect([...nftables.keys()].sort()).toEqual([...iptables.keys()].sort());
    expect(nftables.size).toBe(withObjects ? 96 : 95);
    for (const [id, told] of iptables) expect([id, nftables.get(id)]).toEqual([id, told]);
  });
});

test('node ports are taken at one address alone', () => {
  const { catalog } = openAnalysis({ sources: nftSources('nft.txt'), files: new Map() });
  const scopes = catalog.ports.flatMap(({ frontends }) =>
    frontends.flatMap(({ kind, scope }) => (kind === 'nodePort' ? [scope] : [])),
  );
  expect(new Set(scopes)).toEqual(new Set(['192.168.0.2', 'fd00:192:168::2']));
});
