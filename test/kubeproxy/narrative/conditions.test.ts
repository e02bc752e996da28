/** What a dump alone leaves open, told so that a person can follow. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rulesOnly, tell } from './support.ts';

const dockerText = readFileSync('test/dumps/docker/iptables-save.txt', 'utf8');
/** Without the rules that say which network is behind which bridge. */
const docker = rulesOnly(dockerText.replaceAll(/^-A POSTROUTING \S+ \S+ ! -o .*\n/gmu, ''));
const kubernetes = rulesOnly(readFileSync('test/dumps/1.36.3/iptables-save.txt', 'utf8'));

describe('a dump alone', () => {
  const { narrative } = tell(docker, { from: 'external:10.9.9.9', to: '192.168.0.2:8080' });

  it('names what decides, and the files that would tell', () => {
    expect(narrative.headline).toBe(
      'It depends on whether 192.168.0.2 is this node’s and by which interfaces the packet comes in and leaves: delivered to this node, dropped or forwarded.',
    );
    expect(narrative.details).toEqual([
      'Made on the node and put beside the dump, `ip -j addr > ip-addr.json` and `ip -j route show table all > ip-route.json` decide this.',
    ]);
  });

  it('gives each case a short condition of its own', () => {
    const conditions = narrative.groups.map(({ condition }) => condition);
    expect(conditions).toContain(
      'If 192.168.0.2 is this node’s, it comes in by another interface and it leaves by docker0',
    );
    expect(new Set(conditions).size).toBe(conditions.length);
    expect(Math.max(...conditions.map(({ length }) => length))).toBeLessThan(140);
  });

  it('asks less where rules say which network is behind which bridge', () => {
    const whole = tell(rulesOnly(dockerText), { from: 'external:203.0.113.200', to: ':8080' }).narrative;
    expect(whole.headline).toBe('Forwarded to 172.17.0.2:80 out of docker0, translated by rule 4 of DOCKER.');
  });

  it('takes a cluster IP for what kube-proxy means by it, and says so', () => {
    const told = tell(kubernetes, { from: 'pod:10.244.1.7', to: 'shop/no-endpoints:http' }).narrative;
    expect(told.headline).toMatch(/^Rejected: shop\/no-endpoints:http has no endpoints/);
    expect(told.assumptions.map(({ message }) => message)).toContain(
      '10.103.164.201 is taken not to be an address of this node: it is the cluster IP of shop/no-endpoints:http, and in iptables mode no node has a cluster IP on an interface.',
    );
  });

  it('says in IPVS mode that the cluster IP may be the node’s', () => {
    const ipvs = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-NODE-PORT - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
COMMIT
`;
    const told = tell(rulesOnly(ipvs), { from: 'pod:10.244.1.7', to: '10.96.0.10:80' }).narrative;
    expect(told.assumptions.find(({ key }) => key === 'local:10.96.0.10')).toMatchObject({ branched: true });
  });
});

function nodes(...names: readonly string[]): string {
  return JSON.stringify({
    kind: 'List',
    items: names.map((name, index) => ({
      kind: 'Node',
      metadata: { name },
      status: {
        addresses: [
          { type: 'InternalIP', address: `192.168.0.${index + 2}` },
          { type: 'ExternalIP', address: `203.0.113.${index + 2}` },
        ],
      },
    })),
  });
}

describe('the cluster’s objects', () => {
  const rules = readFileSync('test/dumps/1.36.3/iptables-save.txt', 'utf8');
  const verdictOf = (objects: string, to: string): string =>
    tell(rulesOnly(rules, { 'objects.json': objects }), { from: 'external:203.0.113.200', to }).narrative
      .headline;

  it('tell the address of the only node, and of no other', () => {
    expect(verdictOf(nodes('one'), '192.168.0.2:30080')).toMatch(/^Forwarded to one of 3 endpoints/);
    expect(verdictOf(nodes('one', 'two'), '192.168.0.2:30080')).toMatch(/^It depends/);
    expect(verdictOf(nodes('one'), '203.0.113.2:30080')).toMatch(/^It depends/);
  });
});
