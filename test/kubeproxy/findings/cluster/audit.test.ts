import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { dumpsWith } from '../../dumps.ts';
import { auditedDump, type Changes, type Cluster, findingsOf, type RawEndpoint } from './support.ts';

describe('rules and objects of one moment agree:', () => {
  test.each(dumpsWith('iptables-save.txt', 'objects.json'))('%s', (dump) => {
    expect(findingsOf(auditedDump(dump))).toEqual([]);
    expect(findingsOf(auditedDump(dump, { node: null }))).toEqual([]);
  });
});

test('of IPVS mode without a listing of its virtual servers nothing is said to be missing', () => {
  const names = ['iptables-save.txt', 'ipset-save.txt', 'ip-addr.json', 'objects.json'] as const;
  const analysis = analysisOfFiles(
    new Map(names.map((name) => [name, readFileSync(`media/samples/ipvs-node/${name}`, 'utf8')])),
  );
  expect(analysis.mode[4].mode).toBe('ipvs');
  expect(findingsOf(analysis)).toEqual([]);
});

function endpointAt(cluster: Cluster, service: string, address: string): RawEndpoint {
  const found = cluster.endpoints(service).find((each) => each.addresses.includes(address));
  if (found === undefined) throw new Error(`${service} has no endpoint ${address}`);
  return found;
}

/** Takes an endpoint away: kube-proxy ignores one without addresses. */
function removed(cluster: Cluster, service: string, address: string): void {
  endpointAt(cluster, service, address).addresses = [];
}

function withConditions(service: string, address: string, conditions: RawEndpoint['conditions']) {
  return (cluster: Cluster): void => {
    endpointAt(cluster, service, address).conditions = conditions;
  };
}

function added(service: string, endpoint: Partial<RawEndpoint>) {
  return (cluster: Cluster): void => {
    const [slice] = cluster.slices(service);
    slice?.endpoints.push({ addresses: ['10.244.9.9'], conditions: { ready: true }, ...endpoint });
  };
}

function withSpec(service: string, spec: object) {
  return (cluster: Cluster): void => {
    const found = cluster.service(service);
    found.spec = { ...found.spec, ...spec };
  };
}

const leaving = { ready: false, serving: true, terminating: true };

const changes: readonly (readonly [string, NonNullable<Changes['change']>, readonly string[]])[] = [
  [
    'an endpoint that went',
    (cluster) => removed(cluster, 'shop/three', '10.244.1.14'),
    ['shop/three:http IPv4 endpoint-stale 10.244.1.14'],
  ],
  [
    'an endpoint of a local policy that went',
    (cluster) => removed(cluster, 'edge/np-local', '10.244.1.46'),
    ['edge/np-local:http IPv4 endpoint-stale 10.244.1.46'],
  ],
  [
    'an endpoint of IPv6 that went',
    (cluster) => removed(cluster, 'v6/v6-np-local', 'fd00:10:244:2::4c'),
    ['v6/v6-np-local:http IPv6 endpoint-stale fd00:10:244:2::4c'],
  ],
  [
    'an endpoint that came, on another node',
    added('shop/three', { nodeName: 'node-2' }),
    ['shop/three:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  ['an endpoint that came and is not ready', added('shop/three', { conditions: { ready: false } }), []],
  [
    'an endpoint that came and is leaving, beside ready ones',
    added('shop/three', { conditions: leaving }),
    [],
  ],
  [
    'an endpoint that came where only leaving ones are',
    added('infra/terminating-only', { conditions: leaving }),
    ['infra/terminating-only:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  [
    'the first ready endpoint where only leaving ones are',
    added('infra/terminating-only', { nodeName: 'node-3' }),
    [
      'infra/terminating-only:http IPv4 endpoint-missing 10.244.9.9',
      'infra/terminating-only:http IPv4 endpoint-extra 10.244.1.69',
      'infra/terminating-only:http IPv4 endpoint-extra 10.244.2.65',
    ],
  ],
  [
    'the first endpoint of a Service that is refused',
    added('infra/not-ready', { nodeName: 'node-1' }),
    ['infra/not-ready:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  [
    'an endpoint that is not ready any more',
    withConditions('shop/three', '10.244.2.14', { ready: false, serving: false }),
    ['shop/three:http IPv4 endpoint-extra 10.244.2.14'],
  ],
  [
    'an endpoint that is leaving now',
    withConditions('shop/three', '10.244.2.14', leaving),
    ['shop/three:http IPv4 endpoint-extra 10.244.2.14'],
  ],
  [
    'the only endpoint that is leaving now: it stays in use',
    withConditions('shop/one', '10.244.1.12', leaving),
    [],
  ],
  [
    'a local endpoint that came, for the internal policy Local',
    added('infra/itp-local', { nodeName: 'node-1' }),
    ['infra/itp-local:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  [
    'one on another node, for the internal policy Local',
    added('infra/itp-local', { nodeName: 'node-2' }),
    [],
  ],
  [
    'an endpoint for the external policy Local that is on another node after all',
    (cluster) => {
      endpointAt(cluster, 'edge/np-local', '10.244.1.46').nodeName = 'node-2';
    },
    ['edge/np-local:http IPv4 endpoint-extra 10.244.1.46'],
  ],
  [
    'an endpoint for the external policy Local that is on this node after all',
    (cluster) => {
      endpointAt(cluster, 'edge/np-local', '10.244.2.42').nodeName = 'node-1';
    },
    ['edge/np-local:http IPv4 endpoint-missing 10.244.2.42'],
  ],
  [
    'topology hints that are gone: all or some may be used',
    withoutHints('infra/topo-hints'),
    ['infra/topo-hints:http IPv4 endpoint-missing 10.244.3.47'],
  ],
  [
    'an endpoint for this zone that came',
    added('infra/topo-hints', { hints: { forZones: [{ name: 'eu-west-1a' }] } }),
    ['infra/topo-hints:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  [
    'an endpoint for another zone that came',
    added('infra/topo-hints', { hints: { forZones: [{ name: 'eu-west-1z' }] } }),
    [],
  ],
  [
    'an endpoint for this node that came',
    added('infra/topo-samenode', {
      hints: { forNodes: [{ name: 'node-1' }], forZones: [{ name: 'eu-west-1a' }] },
    }),
    ['infra/topo-samenode:http IPv4 endpoint-missing 10.244.9.9'],
  ],
  [
    'a node port that came',
    withSpec('shop/one', {
      type: 'NodePort',
      ports: [{ name: 'http', port: 80, nodePort: 30999, protocol: 'TCP' }],
    }),
    ['shop/one:http IPv4 frontend-missing'],
  ],
  [
    'an external IP that came',
    withSpec('shop/one', { externalIPs: ['203.0.113.77'] }),
    ['shop/one:http IPv4 frontend-missing'],
  ],
  [
    'an external IP that went',
    withSpec('edge/extip', { externalIPs: [] }),
    ['edge/extip:http IPv4 frontend-extra', 'edge/extip:http IPv4 frontend-extra'],
  ],
  [
    'a load balancer that gave its IP back',
    (cluster) => {
      cluster.service('edge/lb-cluster').status = {};
    },
    ['edge/lb-cluster:http IPv4 frontend-extra', 'edge/lb-cluster:https IPv4 frontend-extra'],
  ],
  [
    'another cluster IP',
    withSpec('shop/one', { clusterIP: '10.96.99.99', clusterIPs: ['10.96.99.99'] }),
    ['shop/one:http IPv4 frontend-missing', 'shop/one:http IPv4 frontend-extra'],
  ],
  [
    'a Service that came',
    ({ items }) => {
      const spec = {
        clusterIP: '10.96.77.7',
        clusterIPs: ['10.96.77.7'],
        ports: [{ port: 80, protocol: 'TCP' }],
      };
      items.push({
        kind: 'Service',
        metadata: { namespace: 'shop', name: 'new' },
        spec,
        status: {},
        endpoints: [],
      });
    },
    ['shop/new IPv4 service-without-rules'],
  ],
  ['a headless Service that came', withNew({ clusterIP: 'None', clusterIPs: ['None'] }), []],
  ['an ExternalName that came', withNew({ type: 'ExternalName', externalName: 'a.example' }), []],
  [
    'a Service of another proxy',
    withNew(
      { clusterIP: '10.96.77.7', clusterIPs: ['10.96.77.7'] },
      { 'service.kubernetes.io/service-proxy-name': 'other' },
    ),
    [],
  ],
  [
    'a Service that went, slices and all',
    (cluster) => cluster.keep(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'one'),
    ['shop/one:http IPv4 rules-without-service'],
  ],
  [
    'a port that is called otherwise now',
    withSpec('shop/one', { ports: [{ name: 'web', port: 80, protocol: 'TCP' }] }),
    ['shop/one:http IPv4 rules-without-service', 'shop/one:web IPv4 service-without-rules'],
  ],
];

function withoutHints(service: string) {
  return (cluster: Cluster): void => {
    for (const each of cluster.endpoints(service)) delete each.hints;
  };
}

function withNew(spec: object, labels: Record<string, string> = {}) {
  return ({ items }: Cluster): void => {
    items.push({
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'new', labels },
      spec: { ports: [{ port: 80, protocol: 'TCP' }], ...spec },
      status: {},
      endpoints: [],
    });
  };
}

describe('found when the objects change under rules that stay:', () => {
  test.each(changes)('%s', (_name, change, found) => {
    expect(findingsOf(auditedDump('1.36.3', { change }))).toEqual(found);
  });
});

/** The rules without those that match. */
function without(rule: RegExp): Changes {
  return { rules: (text) => text.replace(rule, '') };
}

const toThree = /^-A KUBE-SERVICES .*"shop\/three:http cluster IP".*\n/m;

describe('found when the rules lose something:', () => {
  test.each([
    [
      'a jump to an endpoint',
      /^-A KUBE-SVC-\S+ .*"shop\/three:http -> 10\.244\.2\.14:8080".*\n/m,
      'shop/three:http IPv4 endpoint-missing 10.244.2.14',
    ],
    ['all rules that lead to a Service', toThree, 'shop/three:http IPv4 service-without-rules'],
  ])('%s', (_name, rule, found) => {
    expect(findingsOf(auditedDump('1.36.3', without(rule)))).toEqual([found]);
  });
});

test('a chain that nothing leads to any more is harmless, whatever stands in it', () => {
  const refusal =
    '-A KUBE-SERVICES -d 10.106.89.61/32 -p tcp -m comment --comment "shop/three:http has no endpoints" -m tcp --dport 80 -j REJECT\n';
  const analysis = auditedDump('1.36.3', {
    change: (cluster) => {
      for (const each of cluster.endpoints('shop/three')) each.conditions = { ready: false };
    },
    rules: (text) => text.replace(toThree, '').replace(/^-A KUBE-SERVICES /m, `${refusal}-A KUBE-SERVICES `),
  });
  expect(analysis.catalog.portNamed('shop/three:http')?.endpoints).toHaveLength(3);
  expect(findingsOf(analysis)).toEqual([]);
});

const unsure: readonly (readonly [string, Changes])[] = [
  [
    'of endpoints without the slices',
    { change: (cluster) => cluster.keep((each) => each.kind !== 'EndpointSlice') },
  ],
  [
    'of Services in namespaces that were not listed',
    { change: (cluster) => cluster.keep(({ metadata }) => metadata.namespace === 'default') },
  ],
  [
    'of rules that are only part of the tables',
    { change: withNew({ clusterIP: '10.96.7.7' }), rules: (text) => text.slice(text.indexOf('*nat')) },
  ],
];

test.each(unsure)('nothing is said %s', (_name, given) => {
  expect(findingsOf(auditedDump('1.36.3', given))).toEqual([]);
});

test('the words say which moment the rules are of, and nothing in them is more than text', () => {
  const change = added('shop/three', { nodeName: '<img src=x>' });
  const analysis = auditedDump('1.36.3', { change });
  const port = analysis.catalog.portNamed('shop/three:http');
  expect(port === null ? [] : analysis.audit.ofPort(port).map((each) => each.message)).toEqual([
    '10.244.9.9:8080 (on <img src=x>) is ready, and the rules of 10:31:02 UTC do not balance shop/three:http over it: 10.244.9.9:8080 gets no such connections through this node.',
  ]);
});

test('objects of a broken watch accuse nobody', () => {
  const [dump = ''] = dumpsWith('iptables-save.txt', 'objects.json');
  const analysis = auditedDump(dump, { change: (cluster) => cluster.keep(() => false) });
  const current = auditedDump(dump);
  if (current.objects === null) throw new Error('no objects');
  const known = { objects: current.objects, problems: [], coverage: { covers: () => true } };
  const gone = { ...known, objects: { ...known.objects, services: [] } };
  expect(findingsOf(analysis.withObjects({ ...gone, stale: false }))).not.toEqual([]);
  expect(findingsOf(analysis.withObjects({ ...gone, stale: true }))).toEqual([]);
});
