import { describe, expect, it } from 'vitest';
import { rulesOnly } from '../../narrative/support.ts';

const rules = [
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':KUBE-SVC-DNSDNSDNSDNSDNSD - [0:0]',
  ':KUBE-SEP-NEWNEWNEWNEWNEWN - [0:0]',
  '-A PREROUTING -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-DNSDNSDNSDNSDNSD',
  '-A KUBE-SVC-DNSDNSDNSDNSDNSD -j KUBE-SEP-NEWNEWNEWNEWNEWN',
  '-A KUBE-SEP-NEWNEWNEWNEWNEWN -p udp -m udp -j DNAT --to-destination 10.244.1.9:53',
  'COMMIT',
  '',
].join('\n');

const entry = (client: string, to: string, status = ''): string =>
  `udp 17 28 src=${client} dst=10.96.0.10 sport=51515 dport=53 ${status}src=${to} dst=${client} sport=53 dport=51515 mark=0 use=1\n`;

function found(table: string): readonly string[] {
  const analysis = rulesOnly(rules, { 'conntrack.txt': table });
  return analysis.catalog.ports.flatMap((port) => analysis.audit.ofPort(port)).map(({ message }) => message);
}

describe('connections in conntrack.txt', () => {
  it('that lead to an endpoint which is gone are named, with what ends them', () => {
    expect(found(entry('10.244.2.2', '10.244.1.4', '[UNREPLIED] '))).toEqual([
      'A connection of 10.244.2.2 to kube-system/kube-dns:dns (10.96.0.10:53) in conntrack.txt leads to 10.244.1.4:53, ' +
        'no endpoint of it any more, and got no reply: these rules are not asked for their packets. ' +
        '"conntrack -D -p udp -d 10.96.0.10 --dport 53" ends them.',
    ]);
    expect(found(entry('10.244.2.2', '10.244.1.4') + entry('10.244.2.3', '10.244.1.4'))[0]).toContain(
      '2 connections, one of 10.244.2.2, to',
    );
  });

  it('that lead to an endpoint are as they should be', () => {
    expect(found(entry('10.244.2.2', '10.244.1.9'))).toEqual([]);
  });

  it('that hold a client to a cluster IP which nothing translated are named', () => {
    expect(found(entry('10.244.2.2', '10.96.0.10', '[UNREPLIED] '))).toEqual([
      expect.stringContaining('leads to the cluster IP itself, which nobody has'),
    ]);
  });

  it('are a badge of their Service in the tree', () => {
    const { tree } = rulesOnly(rules, { 'conntrack.txt': entry('10.244.2.2', '10.244.1.4') });
    const [namespace] = tree.rows('service', null, 0, 1).items;
    const [service] = tree.rows('service', namespace?.id ?? '', 0, 1).items;
    expect(service).toMatchObject({ label: 'kube-dns', badge: 'warning' });
    expect(service?.description).toContain('known connections lead to an endpoint that is gone');
  });
});
