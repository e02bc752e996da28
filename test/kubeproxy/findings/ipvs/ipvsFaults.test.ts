/** Faults of a node in IPVS mode, each found with its code and Service, and what looks like one and is none. */
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { findingsOfNode } from '../../../../src/kubeproxy/findings/ofNode.ts';
import { finish } from '../../../../src/values/steps.ts';

const link = (ifindex: number, ifname: string, prefixlen: number, ...own: readonly string[]): object => ({
  ifindex,
  ifname,
  flags: ['UP'],
  addr_info: own.map((local) => ({ family: 'inet', local, prefixlen, scope: 'global' })),
});

const slice = (address: string, nodeName: string, name: string): object => ({
  addresses: [address],
  conditions: { ready: true, serving: true, terminating: false },
  nodeName,
  targetRef: { kind: 'Pod', namespace: 'shop', name },
});

const objects = {
  kind: 'List',
  items: [
    {
      kind: 'Service',
      metadata: { namespace: 'default', name: 'kubernetes' },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.1',
        clusterIPs: ['10.96.0.1'],
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      },
    },
    {
      kind: 'EndpointSlice',
      metadata: {
        namespace: 'default',
        name: 'kubernetes',
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
      endpoints: [{ addresses: ['192.168.0.1'], conditions: { ready: true } }],
    },
    {
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'web' },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.12.3',
        clusterIPs: ['10.96.12.3'],
        selector: { app: 'web' },
        ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
      },
    },
    {
      kind: 'EndpointSlice',
      metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [slice('10.244.1.5', 'node-1', 'web-0'), slice('10.244.2.5', 'node-2', 'web-1')],
    },
  ],
};

const files: readonly (readonly [SnapshotFileName, string])[] = [
  [
    'ipvsadm-save.txt',
    `-A -t 10.96.12.3:80 -s rr
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
-a -t 10.96.12.3:80 -r 10.244.2.5:8080 -m -w 1
-A -t 10.96.0.1:443 -s rr
-a -t 10.96.0.1:443 -r 192.168.0.1:6443 -m -w 1
`,
  ],
  [
    'ipset-save.txt',
    `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.12.3,tcp:80
add KUBE-CLUSTER-IP 10.96.0.1,tcp:443
create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5
`,
  ],
  [
    'iptables-save.txt',
    `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MASQUERADE
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
COMMIT
`,
  ],
  [
    'ip-addr.json',
    JSON.stringify([
      link(1, 'lo', 8, '127.0.0.1'),
      link(2, 'eth0', 24, '192.168.0.2'),
      link(3, 'cni0', 24, '10.244.1.1'),
      link(4, 'kube-ipvs0', 32, '10.96.12.3', '10.96.0.1'),
    ]),
  ],
  [
    'ip-route.json',
    JSON.stringify([
      { dst: 'default', gateway: '192.168.0.1', dev: 'eth0', flags: [] },
      {
        dst: '10.244.1.0/24',
        dev: 'cni0',
        protocol: 'kernel',
        scope: 'link',
        prefsrc: '10.244.1.1',
        flags: [],
      },
      {
        dst: '192.168.0.0/24',
        dev: 'eth0',
        protocol: 'kernel',
        scope: 'link',
        prefsrc: '192.168.0.2',
        flags: [],
      },
    ]),
  ],
  ['objects.json', JSON.stringify(objects)],
];

type Change = readonly [file: SnapshotFileName, was: string, is: string];

function found(...changes: readonly Change[]): readonly string[] {
  const changed = new Map(files);
  for (const [file, was, is] of changes) {
    const text = changed.get(file) ?? '';
    expect(text).toContain(was);
    changed.set(file, text.replace(was, is));
  }
  return finish(findingsOfNode(analysisOfFiles(changed)))
    .map(({ code, service }) => (service === null ? code : `${code} ${service}`))
    .filter((each) => each !== 'ipvs-deprecated')
    .toSorted();
}

const SECOND = '-a -t 10.96.12.3:80 -r 10.244.2.5:8080 -m -w 1\n';

const faults: readonly (readonly [name: string, change: Change, codes: readonly string[]])[] = [
  ['a server that is not there', ['ipvsadm-save.txt', SECOND, ''], ['endpoint-missing shop/web:http']],
  [
    'a server that is gone',
    ['ipvsadm-save.txt', SECOND, `${SECOND}${SECOND.replace('10.244.2.5', '10.244.2.99')}`],
    ['endpoint-stale shop/web:http'],
  ],
  [
    'a ready server that gets nothing',
    ['ipvsadm-save.txt', SECOND, SECOND.replace('-w 1', '-w 0')],
    ['endpoint-missing shop/web:http', 'server-drained shop/web:http'],
  ],
  [
    'an address that is not on kube-ipvs0',
    ['ip-addr.json', '10.96.12.3', '10.96.12.4'],
    ['virtual-address-missing shop/web:http'],
  ],
  [
    'an address that no set has',
    ['ipset-save.txt', 'add KUBE-CLUSTER-IP 10.96.12.3,tcp:80\n', ''],
    ['ipset-entry-missing shop/web:http'],
  ],
  [
    'an endpoint that does not reach itself',
    ['ipset-save.txt', 'add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5\n', ''],
    ['hairpin-unmasked shop/web:http'],
  ],
  [
    'the set of cluster IPs was flushed, which is one cause',
    ['ipset-save.txt', 'add KUBE-CLUSTER-IP 10.96.12.3,tcp:80\nadd KUBE-CLUSTER-IP 10.96.0.1,tcp:443\n', ''],
    ['ipset-entry-missing'],
  ],
  [
    'a virtual server that has no servers any more, which is one cause',
    ['ipvsadm-save.txt', `-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1\n${SECOND}`, ''],
    ['no-endpoints shop/web:http'],
  ],
  [
    'POSTROUTING was flushed',
    ['iptables-save.txt', '-A POSTROUTING -j KUBE-POSTROUTING\n', ''],
    ['jump-missing'],
  ],
  ['PREROUTING was flushed', ['iptables-save.txt', '-A PREROUTING -j KUBE-SERVICES\n', ''], ['jump-missing']],
];

describe('in IPVS mode', () => {
  it('nothing is found of a healthy node', () => {
    expect(found()).toEqual([]);
  });

  it.each(faults)('is found: %s', (_, change, codes) => {
    expect(found(change)).toEqual(codes);
  });

  it('a server that has gone, and only has its connections left, is no more than drained', () => {
    const gone = SECOND.replace('10.244.2.5', '10.244.2.99').replace('-w 1', '-w 0');
    expect(found(['ipvsadm-save.txt', SECOND, `${SECOND}${gone}`])).toEqual(['server-drained shop/web:http']);
  });

  it('endpoints of other nodes are no fault where the policy is Local and none is here', () => {
    const local = '"type":"ClusterIP","internalTrafficPolicy":"Local","clusterIP":"10.96.12.3"';
    expect(found(['objects.json', '"type":"ClusterIP","clusterIP":"10.96.12.3"', local])).toEqual([]);
  });

  it('without sets nothing is said of their entries', () => {
    expect(found(['ipset-save.txt', new Map(files).get('ipset-save.txt') ?? '', '']).join()).not.toContain(
      'ipset',
    );
  });
});
