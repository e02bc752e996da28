import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { type Analysis, analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { findingsOfVirtualServers } from '../../../../src/kubeproxy/findings/ipvs/virtualServers.ts';
import { FindingsByService } from '../../../../src/kubeproxy/findings/byService.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';

const save = `-A -t 10.96.12.3:80 -s sh -p 600
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
-A -t 192.168.0.2:30080 -s rr
-a -t 192.168.0.2:30080 -r 10.244.1.5:8080 -m -w 1
-A -t 10.244.1.1:30080 -s rr
-a -t 10.244.1.1:30080 -r 10.244.1.5:8080 -m -w 1
`;

const sets = `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.12.3,tcp:80
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-NODE-PORT-LOCAL-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-LOCAL-TCP 30080
`;

const rules =
  '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\nCOMMIT\n';

const link = (ifindex: number, ifname: string, ...addresses: readonly string[]): object => ({
  ifindex,
  ifname,
  flags: ['UP'],
  addr_info: addresses.map((local) => ({ family: 'inet', local, prefixlen: 32, scope: 'global' })),
});

function analysisOf(text: string, own: readonly string[]): Analysis {
  const files: readonly (readonly [SnapshotFileName, string])[] = [
    ['ipvsadm-save.txt', text],
    ['ipset-save.txt', sets],
    ['iptables-save.txt', rules],
    [
      'ip-addr.json',
      JSON.stringify([
        link(1, 'lo', '127.0.0.1'),
        link(2, 'eth0', '192.168.0.2'),
        link(3, 'cni0', '10.244.1.1'),
        link(4, 'kube-ipvs0', ...own),
      ]),
    ],
  ];
  return analysisOfFiles(new Map(files));
}

function found(text: string, ...own: readonly string[]): readonly Finding[] {
  return findingsOfVirtualServers(analysisOf(text, own));
}

const codes = (findings: readonly Finding[]): readonly string[] => findings.map(({ code }) => code);

describe('virtual servers', () => {
  it('of a healthy node are nothing but deprecated, and what a move would change is said of this node', () => {
    const [only, ...more] = found(save, '10.96.12.3');
    expect(more).toEqual([]);
    expect(only).toMatchObject({ code: 'ipvs-deprecated', severity: 'information', at: null });
    expect(only?.message).toContain('no longer by rr and sh');
    expect(only?.message).toContain('Node ports, here at 192.168.0.2 and 10.244.1.1,');
    expect(only?.message).toContain('2 virtual servers with that policy');
    expect(only?.message).toContain('session affinity');
    const plain = found(save.replace('sh -p 600', 'rr').split('-A -t 192')[0] ?? '', '10.96.12.3')[0]
      ?.message;
    expect(plain).not.toContain('affinity');
    expect(plain).not.toContain('Node ports');
  });

  it('need their addresses on the node', () => {
    const [missing] = found(save, '10.96.99.99');
    expect(missing).toMatchObject({
      code: 'virtual-address-missing',
      at: { source: 'ipvs', chain: 'TCP 10.96.12.3:80' },
    });
    expect(codes(found(save, '10.96.12.3'))).not.toContain('virtual-address-missing');
  });

  it('say at the row of a Service that its address is missing', () => {
    const analysis = analysisOf(save, ['10.96.99.99']);
    const known = new FindingsByService(findingsOfVirtualServers(analysis));
    const told = analysis.catalog.services.flatMap(({ id }) =>
      analysis.tree
        .rows('service', `s:${id}`, 0, 10, known)
        .items.map(({ badge, description }) => [badge, description]),
    );
    expect(told).toContainEqual(['warning', expect.stringContaining('its address is not on this node')]);
  });

  it('have servers that take nothing new', () => {
    const drained = save.replace('1.5:8080 -m -w 1', '1.5:8080 -m -w 0');
    expect(found(drained, '10.96.12.3').find(({ code }) => code === 'server-drained')).toMatchObject({
      severity: 'information',
      at: { source: 'ipvs', span: { start: drained.indexOf('-a'), end: drained.indexOf('\n-A -t 192') } },
    });
    const [told] = found(drained, '10.96.12.3').filter(({ code }) => code === 'server-drained');
    expect(told?.message).toContain('it has no other server, so that new connections are refused');
    const second = '-a -t 10.96.12.3:80 -r 10.244.2.5:8080 -m -w 1\n';
    const others = found(drained.replace('-A -t 192', `${second}-A -t 192`), '10.96.12.3');
    expect(others.find(({ code }) => code === 'server-drained')?.message).toContain('go elsewhere');
  });

  it('are anybody’s where kube-proxy works in another mode', () => {
    const files: readonly (readonly [SnapshotFileName, string])[] = [['ipvsadm-save.txt', save]];
    expect(findingsOfVirtualServers(analysisOfFiles(new Map(files)))).toEqual([]);
  });
});
