/** What the objects and the node's files lack: Pods behind endpoints, routes to the Pods of other nodes, the address of NodeLocal DNSCache. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpText } from '../../dumps.ts';

interface ApiObject {
  readonly kind: string;
  readonly metadata: { name: string; readonly namespace?: string };
  endpoints?: { targetRef?: object }[] | null;
  status?: { podIP?: string; podIPs?: { ip: string }[] };
}

const rules = dumpText('1.36.3', 'iptables-save.txt') ?? '';

interface Given {
  readonly text?: string;
  readonly added?: readonly object[];
  readonly edit?: (object: ApiObject) => void;
  readonly files?: Readonly<Partial<Record<'ip-addr.json' | 'ip-route.json', unknown>>>;
}

function found(
  code: Finding['code'],
  { text = rules, added = [], edit, files = {} }: Given,
): readonly Finding[] {
  const list: { items: ApiObject[] } = JSON.parse(dumpText('1.36.3', 'objects.json') ?? '');
  if (edit !== undefined) list.items.forEach(edit);
  const objects = JSON.stringify({ ...list, items: [...list.items, ...added] });
  const texts = (['ip-addr.json', 'ip-route.json'] as const).flatMap((name) =>
    files[name] === undefined ? [] : [[name, JSON.stringify(files[name])] as const],
  );
  const analysis = analysisOfFiles(
    new Map([
      ...texts,
      ['iptables-save.txt', text] as const,
      ['snapshot.json', '{"node":"node-1"}'] as const,
      ['objects.json', objects] as const,
    ]),
  );
  return finish(findingsOfNode(analysis)).filter((each) => each.code === code);
}

const isThree = ({ kind, metadata }: ApiObject): boolean => kind === 'Pod' && metadata.name === 'three-0';

const cilium = (name: string): object => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { namespace: 'shop', name },
  spec: {},
});

const node = (name: string, podCIDR: string, ready = 'True'): object => ({
  kind: 'Node',
  metadata: { name },
  spec: { podCIDR, podCIDRs: [podCIDR] },
  status: { addresses: [], conditions: [{ type: 'Ready', status: ready }] },
});

const onlyTheirs = (object: ApiObject): void => {
  if (object.kind === 'Node') Object.assign(object, { spec: {} });
};

const addresses = (...own: readonly string[]): unknown => [
  {
    ifindex: 2,
    ifname: 'nodelocaldns',
    flags: ['UP'],
    addr_info: own.map((local) => ({ family: 'inet', local, prefixlen: 32 })),
  },
];

describe('an endpoint', () => {
  it('of a Pod that the cluster does not have is found, with its Service', () => {
    const gone = found('endpoint-pod-gone', {
      edit: (object) => {
        if (isThree(object)) object.metadata.name = 'another';
      },
    });
    expect(gone.map(({ service, because }) => ({ service, says: because.map(({ says }) => says) }))).toEqual([
      { service: 'shop/three', says: ['is not there'] },
    ]);
    expect(gone[0]?.message).toMatch(
      /list 10\.244\.1\.14 \(Pod shop\/three-0\), and the cluster has no such Pod/u,
    );
  });

  it('of a Pod that has another address now is found, with that address', () => {
    const [moved] = found('endpoint-pod-gone', {
      edit: (object) => {
        if (isThree(object))
          object.status = { ...object.status, podIP: '10.244.1.99', podIPs: [{ ip: '10.244.1.99' }] };
      },
    });
    expect(moved?.message).toContain(
      '10.244.1.14 (Pod shop/three-0, which has 10.244.1.99), which is not so now',
    );
  });

  it('of Pods that are there is none', () => {
    expect(found('endpoint-pod-gone', {})).toEqual([]);
  });
});

const said = (edit: (object: ApiObject) => void): readonly (readonly [string | null, string])[] =>
  found('slices-stale', { edit }).map(({ service, message }) => [service, message] as const);
const isIn = ({ metadata: { namespace } }: ApiObject): boolean => namespace === 'shop';

describe('EndpointSlices beside the selector', () => {
  it('that have a Pod with other labels, and lack another one that has them, are found once', () => {
    const told = said((object) => {
      if (isThree(object)) Object.assign(object.metadata, { labels: { app: 'other' } });
      if (object.kind === 'Pod' && isIn(object) && object.metadata.name === 'two-0')
        Object.assign(object.metadata, { labels: { app: 'three' } });
    });
    expect(told.find(([service]) => service === 'shop/three')?.[1]).toMatch(
      /they list Pod three-0, whose labels it does not match, and do not list Pod two-0, which it matches and which is ready\./u,
    );
  });

  it('are none of those that follow it', () => {
    expect(said(() => {})).toEqual([]);
  });

  it('that somebody writes by himself need not follow it', () => {
    const told = said((object) => {
      if (isThree(object)) Object.assign(object.metadata, { labels: { app: 'other' } });
      const { endpoints } = object;
      if (isIn(object)) for (const each of endpoints ?? []) delete each.targetRef;
    });
    expect(told).toEqual([]);
  });
});

describe('policies of other kinds', () => {
  it('are named once', () => {
    const named = found('policies-unread', { added: [cilium('a'), cilium('b')] });
    expect(named.map(({ message, severity }) => ({ message, severity }))).toEqual([
      { message: expect.stringContaining('2 × CiliumNetworkPolicy'), severity: 'information' },
    ]);
    expect(found('policies-unread', {})).toEqual([]);
  });
});

describe('a route to the Pods of another node', () => {
  const added = [
    node('far-1', '10.210.1.0/24'),
    node('far-2', '10.210.2.0/24'),
    node('far-3', '10.210.3.0/24'),
  ];
  const standard = { dst: 'default', gateway: '192.168.0.1', dev: 'eth0' };
  const lacking = (...routes: readonly string[]): readonly string[] =>
    found('pod-route-missing', {
      added,
      edit: onlyTheirs,
      files: {
        'ip-route.json': [standard, ...routes.map((dst) => ({ dst, gateway: '192.168.0.7', dev: 'eth0' }))],
      },
    }).map(({ message }) => message);

  it('that it has to others is missed', () => {
    expect(lacking('10.210.1.0/24', '10.210.3.0/24')).toEqual([
      expect.stringMatching(
        /^This node has routes to the Pods of 2 other nodes, and none to those of far-2 \(10\.210\.2\.0\/24\): .* leaves by the default route, via 192\.168\.0\.1 dev eth0, .*"ip route get 10\.210\.2\.1"/u,
      ),
    ]);
  });

  it.each(['False', 'Unknown'])('is not missed where the other node is not ready: %s', (ready) => {
    const routes = ['10.210.1.0/24', '10.210.3.0/24'].map((dst) => ({
      dst,
      gateway: '192.168.0.7',
      dev: 'eth0',
    }));
    const told = found('pod-route-missing', {
      added: [...added.filter((each) => each !== added[1]), node('far-2', '10.210.2.0/24', ready)],
      edit: onlyTheirs,
      files: { 'ip-route.json': [standard, ...routes] },
    });
    expect(told).toEqual([]);
  });

  it.each([
    ['one for all', ['10.210.0.0/16']],
    ['blocks of the plugin’s own', ['10.210.2.64/26', '10.210.1.0/24']],
    ['none for any', []],
    ['a few of many', ['10.210.1.0/24']],
  ])('is not missed: %s', (_, routes) => {
    const told = lacking(...routes);
    expect(told.filter((message) => message.includes('far-2'))).toEqual([]);
  });
});

describe('NodeLocal DNSCache', () => {
  const withRules = rules.replace(
    '*nat\n',
    `*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j CT --notrack
-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j CT --notrack
COMMIT
*nat
`,
  );

  it('whose addresses no interface has is found at its rule', () => {
    const [missing, ...more] = found('node-local-dns-missing', {
      text: withRules,
      files: { 'ip-addr.json': addresses('192.168.0.2') },
    });
    expect(more).toEqual([]);
    expect(missing?.at).toMatchObject({ table: 'raw', chain: 'PREROUTING', index: 0 });
    expect(missing?.message).toMatch(
      /are for 169\.254\.20\.10 and 10\.96\.0\.10, and no interface of this node has these addresses: Pods that ask 169\.254\.20\.10 for names get no answer; what is sent to 10\.96\.0\.10, the cluster IP of kube-system\/kube-dns:dns/u,
    );
  });

  it('that runs, and of which the addresses are not known, is none', () => {
    expect(
      found('node-local-dns-missing', {
        text: withRules,
        files: { 'ip-addr.json': addresses('169.254.20.10', '10.96.0.10') },
      }),
    ).toEqual([]);
    expect(found('node-local-dns-missing', { text: withRules })).toEqual([]);
  });
});
