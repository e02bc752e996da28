import { noEndpoints } from '../../../src/kubeproxy/findings/rules/noEndpoints.ts';
import { describe, expect, test } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { readIptables } from '../../../src/kubeproxy/modes/iptables/iptablesEvidence.ts';
import { chainsOf, IptablesServices } from '../../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import { NO_CHAINS } from '../../../src/kubeproxy/modes/iptables/iptablesPort.ts';
import { NO_AUDIT } from '../../../src/kubeproxy/findings/cluster/audit.ts';
import { buildCatalog } from '../../../src/kubeproxy/services/buildCatalog.ts';
import type { Catalog, ServicePort } from '../../../src/kubeproxy/services/catalog.ts';
import { Sources } from '../../../src/kubeproxy/sources.ts';
import { createTree } from '../../../src/kubeproxy/tree/createTree.ts';
import { dumpObjects, textSources } from '../dumps.ts';
import { paperMode, type PaperPort } from './paperMode.ts';

/** `shop/three` as its objects have it, but for an endpoint too few and one too many; one only numbered; one refused. */
const three: PaperPort = {
  name: 'shop/three:http',
  number: 1,
  clusterIP: '10.106.89.61',
  nodePort: 30_999,
  port: 80,
  endpoints: [
    ['10.244.1.14', 8080, 0.5],
    ['10.244.2.14', 8080, 0.25],
    ['10.244.9.9', 8080, 0.25],
  ],
  affinity: 600,
};
const numbered: PaperPort = {
  name: null,
  number: 2,
  clusterIP: '10.96.0.1',
  port: 443,
  endpoints: [['192.168.0.2', 6443, 1]],
};
const refused: PaperPort = { name: 'shop/gone', number: 3, clusterIP: '10.96.7.7', port: 80, endpoints: [] };

const paper = paperMode([three, numbered, refused], (name, protocol) =>
  name === 'default/kubernetes:https' && protocol === 'tcp' ? 2 : null,
);
const noChains = readIptables(new Sources([]));
const { sources, mode, otherRules } = openAnalysis({ sources: new Sources([]), files: new Map() });
const nothing = { sources, mode, otherRules };

function rowsBelow(catalog: Catalog, parent: string | null): readonly string[] {
  const iptables = new IptablesServices(noChains, catalog);
  const tree = createTree({ ...nothing, catalog, iptables, ipvs: null, audit: NO_AUDIT });
  return tree
    .rows('service', parent, 0, 100)
    .items.map(({ label, description }) => (description === '' ? label : `${label}: ${description}`));
}

describe('a mode that is no rule language', () => {
  const catalog = buildCatalog([paper], null);

  test('has its ports in the catalog, those without a name last', () => {
    expect(catalog.ports.map(({ id, nameSource }) => `${id} ${nameSource}`)).toEqual([
      'shop/gone/tcp rules',
      'shop/three:http/tcp rules',
      'number 2 structure',
    ]);
  });

  test('has frontends, endpoints and shares', () => {
    const port = catalog.portNamed('shop/three:http');
    expect(port?.frontends.map(({ kind, address, port: number }) => [kind, address, number])).toEqual([
      ['clusterIP', '10.106.89.61', 80],
      ['nodePort', null, 30_999],
    ]);
    expect(port?.endpoints.map(({ address, share, inObjects }) => [address, share, inObjects])).toEqual([
      ['10.244.1.14', 0.5, null],
      ['10.244.2.14', 0.25, null],
      ['10.244.9.9', 0.25, null],
    ]);
    expect(port?.affinity?.seconds).toBe(600);
    const gone = catalog.portNamed('shop/gone');
    expect(gone === null ? [] : noEndpoints(gone)).toMatchObject([
      { code: 'no-endpoints', service: 'shop/gone', at: { source: 'paper', index: 3 } },
    ]);
  });

  test('is found by address and by rule', () => {
    expect(catalog.frontendsAt('10.106.89.61', 80, 'tcp').map(({ port }) => port.name)).toEqual([
      'shop/three:http',
    ]);
    expect(catalog.whoHas('10.244.9.9').map(({ kind }) => kind)).toEqual(['endpoint']);
    const place = { table: 'services', chain: 'page', span: { start: 0, end: 0 } };
    expect(catalog.ofRule({ ...place, source: 'paper', index: 1 })?.name).toBe('shop/three:http');
    expect(catalog.ofRule({ ...place, source: 'iptables', index: 1 })).toBeNull();
  });

  test('is a tree by Service', () => {
    expect(rowsBelow(catalog, null)).toEqual([
      'shop: 2 Services',
      'Services without a known name: 1 Service',
    ]);
    expect(rowsBelow(catalog, 'n:shop')).toEqual([
      expect.stringContaining('gone: no endpoints'),
      'three: ClusterIP, node port · 3 endpoints',
    ]);
    expect(rowsBelow(catalog, 'p:shop/three:http/tcp')).toEqual([
      'ClusterIP: 10.106.89.61:80',
      'node port: 30999 on every address',
      'Endpoints',
    ]);
    expect(rowsBelow(catalog, 'e:shop/three:http/tcp')).toEqual([
      '10.244.1.14:8080: 50.0 %',
      '10.244.2.14:8080: 25.0 %',
      '10.244.9.9:8080: 25.0 %',
    ]);
  });

  test('has no chains of iptables', () => {
    for (const port of catalog.ports) expect(chainsOf(port, 4)).toEqual(NO_CHAINS);
  });
});

describe('joined with the cluster’s objects', () => {
  const objects = dumpObjects('1.36.3');
  const catalog = buildCatalog([paper], objects);

  test('a port that is only numbered has its name from them, by its key', () => {
    const port = catalog.portNamed('default/kubernetes:https');
    expect([port?.nameSource, port?.type, port?.frontends.length]).toEqual(['objects', 'ClusterIP', 1]);
  });

  test('a port whose key the objects give has their pods beside its shares', () => {
    const known = paperMode([three], (name, protocol) =>
      name === 'shop/three:http' && protocol === 'tcp' ? 1 : null,
    );
    const port = buildCatalog([known], objects).portNamed('shop/three:http');
    const seen = port?.endpoints.map((each) => [
      each.address,
      each.share,
      each.inRules,
      each.inObjects,
      each.pod?.name,
    ]);
    expect(seen).toEqual([
      ['10.244.1.14', 0.5, true, true, 'three-0'],
      ['10.244.2.14', 0.25, true, true, 'three-1'],
      ['10.244.9.9', 0.25, true, false, undefined],
      ['10.244.3.11', null, false, true, 'three-2'],
    ]);
    expect(rowsBelow(buildCatalog([known], objects), 'e:shop/three:http/tcp')).toContain(
      '10.244.1.14:8080: three-0 on node-1 · ready · 50.0 %',
    );
  });

  test('the ports of the same rules are taken over', () => {
    const node = [paper];
    const first = buildCatalog(node, objects);
    const kept = (ports: readonly ServicePort[]) => ports.filter((port) => first.ports.includes(port)).length;
    expect(kept(buildCatalog(node, objects, first).ports)).toBe(first.ports.length);
    expect(kept(buildCatalog([paper], objects, first).ports)).toBe(0);
  });
});

test('two modes stand beside each other', () => {
  const svc = 'KUBE-SVC-4N57TFCL4MD7ZTDA';
  const rules = `*nat\n:KUBE-SERVICES - [0:0]\n:${svc} - [0:0]\n-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment "a/b cluster IP" -m tcp --dport 80 -j ${svc}\nCOMMIT\n`;
  const iptables = readIptables(textSources(rules));
  const catalog = buildCatalog([iptables, paper], null);
  expect(catalog.services.map(({ id }) => id)).toEqual(['a/b', 'shop/gone', 'shop/three', 'number 2']);
  expect(catalog.portNamed('a/b')?.frontends[0]?.at.source).toBe('iptables');
  expect(catalog.portNamed('shop/three:http')?.frontends[0]?.at.source).toBe('paper');
});
