/** What virtual servers, ipsets and objects say of Services, and what a packet to one is told. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../../src/kubeproxy/analysis.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../../src/kernel/snapshot.ts';

const save = `-A -t 10.96.12.3:80 -s rr -p 600
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
-a -t 10.96.12.3:80 -r 10.244.2.9:8080 -m -w 1
-a -t 10.96.12.3:80 -r 10.244.2.7:8080 -m -w 0
-A -t 192.168.0.2:30080 -s rr -p 600
-a -t 192.168.0.2:30080 -r 10.244.1.5:8080 -m -w 1
-A -t 10.244.1.1:30080 -s rr -p 600
-a -t 10.244.1.1:30080 -r 10.244.1.5:8080 -m -w 1
-A -t 203.0.113.9:80 -s rr
-a -t 203.0.113.9:80 -r 10.244.1.5:8080 -m -w 1
-A -u 10.96.0.10:53 -s rr
`;

const sets = `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.12.3,tcp:80
add KUBE-CLUSTER-IP 10.96.0.10,udp:53
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-NODE-PORT-LOCAL-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-LOCAL-TCP 30080
create KUBE-LOAD-BALANCER hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER 203.0.113.9,tcp:80
create KUBE-LOAD-BALANCER-FW hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER-FW 203.0.113.9,tcp:80
create KUBE-LOAD-BALANCER-SOURCE-CIDR hash:ip,port,net family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER-SOURCE-CIDR 203.0.113.9,tcp:80,198.51.100.0/24
create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5
`;

const rules = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
COMMIT
`;

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.12.3',
    clusterIPs: ['10.96.12.3'],
    externalTrafficPolicy: 'Local',
    ports: [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }],
  },
  status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
};

function open(more: Readonly<Partial<Record<SnapshotFileName, string>>> = {}): Analysis {
  const files = { 'ipvsadm-save.txt': save, 'ipset-save.txt': sets, 'iptables-save.txt': rules, ...more };
  return analysisOfFiles(
    new Map(
      snapshotFileNames.flatMap((name) => {
        const text = new Map(Object.entries(files)).get(name);
        return text === undefined ? [] : [[name, text] as const];
      }),
    ),
  );
}

const objects = JSON.stringify({ kind: 'List', items: [service] });

describe('virtual servers alone', () => {
  const { catalog, mode } = open();

  it('are ports of their own, but for one node port', () => {
    expect(mode[4]).toMatchObject({ mode: 'ipvs', elsewhere: null });
    expect(catalog.ports.map(({ name, nameSource }) => `${name} ${nameSource}`)).toEqual([
      'TCP 10.96.12.3:80 structure',
      'TCP 203.0.113.9:80 structure',
      'TCP node port 30080 structure',
      'UDP 10.96.0.10:53 structure',
    ]);
  });

  it('are of the kinds that the ipsets say', () => {
    const [web] = catalog.frontendsAt('10.96.12.3', 80, 'tcp');
    expect(web?.frontend).toMatchObject({
      kind: 'clusterIP',
      fate: 'balanced',
      masquerade: { kind: 'unless', unless: 'from 10.244.0.0/16' },
      at: { source: 'ipvs', table: 'ipvs', chain: 'TCP 10.96.12.3:80' },
    });
    expect(catalog.frontendsAt('203.0.113.9', 80)[0]?.frontend).toMatchObject({
      kind: 'loadBalancerIP',
      sourceRanges: ['198.51.100.0/24'],
    });
    expect(catalog.frontendsAt(null, 30_080)[0]?.frontend).toMatchObject({
      kind: 'nodePort',
      policy: 'Local',
      scope: '192.168.0.2, 10.244.1.1',
      masquerade: { kind: 'never' },
    });
    expect(catalog.frontendsAt('10.96.0.10', 53)[0]?.frontend.fate).toBe('rejected');
  });
});

describe('virtual servers beside the objects', () => {
  const { catalog } = open({ 'objects.json': objects });
  const port = catalog.portNamed('shop/web:http');

  it('are one Service port', () => {
    expect(port?.frontends.map(({ kind, address }) => [kind, address])).toEqual([
      ['clusterIP', '10.96.12.3'],
      ['nodePort', null],
      ['loadBalancerIP', '203.0.113.9'],
    ]);
    expect(port?.affinity?.seconds).toBe(600);
    expect(catalog.ports.map(({ name }) => name)).toEqual(['shop/web:http', 'UDP 10.96.0.10:53']);
  });

  it('have the shares of their servers, none for those of weight 0', () => {
    expect(
      port?.endpoints.map(({ address, share, localShare, hairpin }) => [address, share, localShare, hairpin]),
    ).toEqual([
      ['10.244.1.5', 0.5, 1, true],
      ['10.244.2.9', 0.5, null, false],
      ['10.244.2.7', null, null, false],
    ]);
    expect(catalog.whoHas('10.244.2.9').map(({ kind }) => kind)).toEqual(['endpoint']);
    expect(
      catalog.ofRule({
        source: 'ipvs',
        table: 'ipvs',
        chain: 'TCP 203.0.113.9:80',
        index: 0,
        span: { start: 0, end: 0 },
      })?.name,
    ).toBe('shop/web:http');
  });
});

const link = (ifname: string, local: string): object => ({
  ifindex: 2,
  ifname,
  flags: ['UP'],
  addr_info: [{ family: 'inet', local, prefixlen: 32, scope: 'global' }],
});

describe('kube-router', () => {
  it('has virtual servers at the addresses of kube-dummy-if, without sets of kube-proxy', () => {
    const { catalog } = open({
      'ipset-save.txt': 'create kube-router-local-ips hash:ip family inet hashsize 1024 maxelem 65536\n',
      'ip-addr.json': JSON.stringify([link('kube-dummy-if', '10.96.12.3'), link('eth0', '192.168.0.2')]),
      'objects.json': objects,
    });
    expect(catalog.portNamed('shop/web:http')?.frontends.map(({ kind }) => kind)).toEqual([
      'clusterIP',
      'nodePort',
      'loadBalancerIP',
    ]);
  });
});
