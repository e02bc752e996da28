/** Source ranges in IPVS mode: one rule drops for all Services, and it is the Service that refuses. */
import { expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { waysOf } from '../../../src/kubeproxy/ways/ways.ts';
import { finish } from '../../../src/values/steps.ts';

const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-IPVS-OUT-FILTER - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SOURCE-RANGES-FIREWALL - [0:0]
-A INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL
-A OUTPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-OUT-FILTER
-A KUBE-IPVS-OUT-FILTER -s 203.0.113.9/32 -m ipvs --vaddr 203.0.113.9 -j DROP
-A KUBE-PROXY-FIREWALL -m set --match-set KUBE-LOAD-BALANCER-FW dst,dst -j KUBE-SOURCE-RANGES-FIREWALL
-A KUBE-SOURCE-RANGES-FIREWALL -m set --match-set KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src -j RETURN
-A KUBE-SOURCE-RANGES-FIREWALL -j DROP
COMMIT
`;

const sets = `create KUBE-LOAD-BALANCER hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER 203.0.113.9,tcp:80
create KUBE-LOAD-BALANCER-FW hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER-FW 203.0.113.9,tcp:80
create KUBE-LOAD-BALANCER-SOURCE-CIDR hash:ip,port,net family inet hashsize 1024 maxelem 65536
add KUBE-LOAD-BALANCER-SOURCE-CIDR 203.0.113.9,tcp:80,198.51.100.0/24
`;

const servers = `-A -t 203.0.113.9:80 -s rr
-a -t 203.0.113.9:80 -r 10.244.1.5:8080 -m -w 1
`;

const link = (ifname: string, local: string, prefixlen: number): object => ({
  ifindex: 2,
  ifname,
  flags: ['UP'],
  addr_info: [{ family: 'inet', local, prefixlen, scope: 'global' }],
});

function fates(filter: string): readonly string[] {
  const files: readonly (readonly [SnapshotFileName, string])[] = [
    ['iptables-save.txt', filter],
    ['ipset-save.txt', sets],
    ['ipvsadm-save.txt', servers],
    [
      'ip-addr.json',
      JSON.stringify([
        link('eth0', '192.168.0.2', 24),
        link('cni0', '10.244.1.1', 24),
        link('kube-ipvs0', '203.0.113.9', 32),
      ]),
    ],
  ];
  const analysis = analysisOfFiles(new Map(files));
  return finish(waysOf(analysis.catalog.ports, null, analysis)).map(
    ({ vantage, fate, isMeant, headline }) =>
      `${vantage} ${fate}${isMeant ? ', meant' : ''}: ${/source ranges/.test(headline)}`,
  );
}

it('who is in none of them is refused by the Service, the node itself by its own address', () => {
  expect(fates(rules)).toEqual([
    'pod refused, meant: true',
    'node refused, meant: true',
    'outside arrives: false',
  ]);
});

it('a drop of another chain is lost', () => {
  const corporate = rules.replaceAll('KUBE-SOURCE-RANGES-FIREWALL', 'CORPORATE');
  expect(fates(corporate)[0]).toBe('pod lost: false');
});
