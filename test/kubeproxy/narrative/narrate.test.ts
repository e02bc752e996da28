import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { dockerAddresses, dockerRoutes } from './dockerHost.ts';
import { pathText, rulesOnly, sentences, snapshot, tell } from './support.ts';

/** Snapshots of real nodes with kube-proxy 1.36.3 and 1.23.4, and a hand-made one. */
const new36 = snapshot('media/samples/kube-proxy-1.36');
const old23 = snapshot('media/samples/kube-proxy-1.23');
const lab = snapshot('media/samples/nodeport-lab');
const nothingElse = snapshot('media/samples/kube-proxy-1.36', [
  'ip-addr.json',
  'ip-route.json',
  'ip6-route.json',
  'ip-rule.json',
  'bridge-link.txt',
  'sysctl.txt',
  'objects.json',
]);

const client = 'pod:10.244.1.7';
const outside = 'external:203.0.113.9';

describe('the sentences of a trace', () => {
  it.each<[string, Analysis, Partial<FlowForm>, readonly string[]]>([
    [
      'a cluster IP from a pod',
      new36,
      { from: client, to: 'shop/three:http' },
      [
        'Forwarded to one of 3 endpoints of shop/three:http.',
        "The pod sees the client's own address, 10.244.1.7.",
        'Replies come back through this node, which makes 10.106.89.61:80 their source again.',
      ],
    ],
    [
      'a cluster IP from outside the cluster',
      new36,
      { from: outside, to: '10.103.229.209:80' },
      [
        'Forwarded to one of 3 endpoints of edge/lb-cluster:http.',
        "The pod sees 10.244.1.1 or 192.168.0.2, an address of this node (masqueraded), not the client's.",
        'Replies come back through this node, which makes 10.103.229.209:80 their source again.',
      ],
    ],
    [
      'a node port with the local policy',
      new36,
      { from: outside, to: '192.168.0.2:30081' },
      [
        'Forwarded to 10.244.1.46:8080 (np-local-0 on node-1), the only endpoint of edge/np-local:http on this node.',
        "The pod sees the client's own address, 203.0.113.9.",
        'Replies come back through this node, which makes 192.168.0.2:30081 their source again.',
      ],
    ],
    [
      'a node port with the local policy and no endpoint here',
      new36,
      { from: outside, to: '192.168.0.2:30084' },
      [
        'Dropped: edge/np-local-nolocal:http has no endpoint on this node, and its traffic policy is Local; the client hangs until it times out.',
      ],
    ],
    [
      'the same of 1.23, which marks and drops later',
      old23,
      { from: outside, to: '192.168.0.2:30084' },
      [
        'Dropped: edge/np-local-nolocal:http has no endpoint on this node, and its traffic policy is Local; the client hangs until it times out.',
      ],
    ],
    [
      'a Service without endpoints',
      new36,
      { from: client, to: 'shop/no-endpoints:http' },
      ['Rejected: shop/no-endpoints:http has no endpoints; the client sees "connection refused" at once.'],
    ],
    [
      'a load balancer that does not let the source in',
      new36,
      { from: outside, to: '203.0.113.16:80' },
      [
        'Dropped: 203.0.113.9 is not in the load-balancer source ranges of edge/lb-ranges:http; the client hangs until it times out.',
      ],
    ],
    [
      'a pod that meets itself',
      new36,
      { from: 'pod:10.244.1.12', to: 'shop/one:http' },
      [
        'Forwarded to 10.244.1.12:8080 (one-0 on node-1), the only endpoint of shop/one:http.',
        "The pod sees 10.244.1.1, an address of this node (masqueraded), not the client's.",
        'Replies come back through this node, which makes 10.110.133.129:80 their source again.',
      ],
    ],
    [
      'a DNS query',
      new36,
      { from: client, to: 'kube-system/kube-dns:dns' },
      [
        'Forwarded to one of 2 endpoints of kube-system/kube-dns:dns.',
        "The pod sees the client's own address, 10.244.1.7.",
        'Replies come back through this node, which makes 10.96.0.10:53 their source again.',
      ],
    ],
    [
      'IPv6',
      new36,
      { from: 'pod:fd00:10:244:1::7', to: 'v6/dual:http' },
      [
        'Forwarded to one of 3 endpoints of v6/dual:http.',
        "The pod sees the client's own address, fd00:10:244:1::7.",
        'Replies come back through this node, which makes [fd00:10:96::36e9]:80 their source again.',
      ],
    ],
    [
      'the API server from a process of the node',
      new36,
      { from: 'node', to: 'default/kubernetes:https' },
      [
        'Sent to 192.168.0.1:6443, the only endpoint of default/kubernetes:https.',
        "The endpoint sees this node's address, 192.168.0.2.",
        'Replies come back through this node, which makes 10.96.0.1:443 their source again.',
      ],
    ],
    [
      'session affinity',
      new36,
      { from: client, to: 'shop/sticky:http' },
      [
        'Forwarded to one of 3 endpoints of shop/sticky:http.',
        "The pod sees the client's own address, 10.244.1.7.",
        'Replies come back through this node, which makes 10.98.20.2:80 their source again.',
        'A client stays with its endpoint for 3 h after its last connection (ClientIP affinity).',
      ],
    ],
    [
      'the node itself',
      new36,
      { from: outside, to: '192.168.0.2:22' },
      [
        'Delivered to this node itself, at 192.168.0.2:22.',
        'Whether something listens there, the rules do not tell.',
      ],
    ],
    [
      'a pod, past every Service',
      new36,
      { from: outside, to: '10.244.1.14:8080' },
      [
        'Forwarded to 10.244.1.14:8080 (three-0 on node-1) out of cni0, unchanged.',
        "The pod sees the client's own address, 203.0.113.9.",
      ],
    ],
    [
      'an INVALID packet',
      new36,
      { from: client, to: '10.244.2.14:8080', state: 'invalid' },
      ['Dropped by rule 1 of KUBE-FORWARD: the client gets no answer.'],
    ],
    [
      'a connection that began before',
      new36,
      { from: client, to: 'shop/three:http', state: 'established' },
      [
        'Forwarded to 10.106.89.61:80 out of eth0, unchanged if the first packet of its connection was, but a first packet like it is handed to an endpoint of shop/three:http: conntrack alone tells where this connection goes.',
        "The receiver sees the client's own address, 10.244.1.7.",
      ],
    ],
    [
      'DNAT to 127.0.0.1 for a packet from outside',
      lab,
      { from: 'external:198.51.100.7', to: '192.168.0.2:30080' },
      [
        'Dropped by the kernel once rule 1 of PREROUTING had sent it to 127.0.0.1:8080: martian destination 127.0.0.1 (loopback addresses are not routed, as route_localnet is off for eth0); the client hangs until it times out.',
      ],
    ],
    [
      'DNAT to 127.0.0.1 for a process of the node',
      lab,
      { from: 'node', to: '192.168.0.2:30080' },
      [
        'Delivered to this node itself, at 127.0.0.1:8080, translated by rule 1 of OUTPUT.',
        'Replies leave this node with 192.168.0.2:30080 as their source again.',
        'Whether something listens there, the rules do not tell.',
      ],
    ],
    [
      'a cluster IP, with nothing known but the rules',
      nothingElse,
      { from: client, to: 'shop/three:http' },
      [
        'Forwarded to one of 3 endpoints of shop/three:http.',
        "The endpoint sees the client's own address, 10.244.1.7.",
        'Replies have to come back through this node, which alone can make 10.106.89.61:80 their source again.',
      ],
    ],
    [
      'a node port, with nothing known but the rules',
      nothingElse,
      { from: outside, to: '192.168.0.2:30080' },
      [
        'It depends: forwarded to one of 3 endpoints of edge/np-cluster:http if 192.168.0.2 is this node’s; forwarded to 192.168.0.2:30080, unchanged, if 192.168.0.2 is not this node’s.',
        'Made on the node and put beside the dump, `ip -j addr > ip-addr.json` and `ip -j route show table all > ip-route.json` decide this.',
      ],
    ],
  ])('%s', (_, analysis, form, expected) => {
    expect(sentences(analysis, form)).toEqual(expected);
  });
});

const blocked = (set: string) => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m set --match-set ${set} src -j DROP
-A FORWARD -d 10.9.0.0/16 -j REJECT --reject-with icmp-admin-prohibited
-A FORWARD -d 10.8.0.0/16 -p tcp -m comment --comment "no mail" -m tcp --dport 25 -j REJECT --reject-with tcp-reset
COMMIT
`;

describe('rules without Kubernetes', () => {
  const node = {
    'ip-addr.json': readFileSync('media/samples/nodeport-lab/ip-addr.json', 'utf8'),
    'ip-route.json': readFileSync('media/samples/nodeport-lab/ip-route.json', 'utf8'),
  };

  it('name an ipset that is not in the snapshot, and tell both ways', () => {
    const { narrative } = tell(rulesOnly(blocked('bad'), node), { from: outside, to: '10.7.0.1:80' });
    expect(narrative.verdict).toBe('mixed');
    expect(narrative.groups.map(({ condition }) => condition)).toEqual([
      expect.stringMatching(/^If /),
      expect.stringMatching(/^Unless /),
    ]);
    expect(narrative.headline).toMatch(
      /^It depends: dropped by rule 1 of FORWARD if .*bad.*; else forwarded to 10\.7\.0\.1:80/,
    );
  });

  it('follow what the caller decided about it', () => {
    const analysis = rulesOnly(blocked('bad'), node);
    const { narrative } = tell(analysis, { from: outside, to: '10.7.0.1:80' });
    const key = narrative.assumptions.find(({ claim }) => claim?.includes('bad') === true)?.key ?? '';
    const decided = tell(analysis, { from: outside, to: '10.7.0.1:80' }, [{ key, value: true }]).narrative;
    expect(decided.headline).toBe('Dropped by rule 1 of FORWARD: the client hangs until it times out.');
    expect(decided.assumptions.find((each) => each.key === key)?.decided).toBe('yes');
  });

  it.each([
    ['10.9.0.1:80', 'tcp', 'Rejected by rule 1 of FORWARD: the client sees "no route to host" at once.'],
    ['10.9.0.1:80', 'udp', 'Rejected by rule 1 of FORWARD: the client sees "no route to host".'],
    [
      '10.9.0.1',
      'icmp',
      'Rejected by rule 1 of FORWARD: the client is told "icmp-admin-prohibited" at once.',
    ],
    [
      '10.8.0.1:25',
      'tcp',
      'Rejected by rule 2 of FORWARD ("no mail"): the client sees "connection refused" at once.',
    ],
  ])('say what a client of %s/%s notices', (to, protocol, headline) => {
    const analysis = rulesOnly(blocked('bad').replace(/.*match-set.*\n/, ''), node);
    expect(tell(analysis, { from: outside, to, protocol }).narrative.headline).toBe(headline);
  });

  it('name the policy that drops, and what a process of the node is told', () => {
    const drops = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n';
    const analysis = rulesOnly(drops, node);
    expect(tell(analysis, { from: outside, to: '10.7.0.1:80' }).narrative.headline).toBe(
      'Dropped by the policy of FORWARD (table filter): the client hangs until it times out.',
    );
    const process = { from: 'node:192.168.0.2', to: '10.7.0.1:53', protocol: 'udp' };
    expect(tell(analysis, process).narrative.headline).toBe(
      'Dropped by the policy of OUTPUT (table filter): the process is told "operation not permitted" at once.',
    );
  });

  it('publish a port as Docker does', () => {
    const docker = rulesOnly(readFileSync('test/dumps/docker/iptables-save.txt', 'utf8'), {
      'ip-addr.json': JSON.stringify(dockerAddresses),
      'ip-route.json': JSON.stringify(dockerRoutes),
      'sysctl.txt': 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n',
    });
    expect(sentences(docker, { from: 'external:198.51.100.7', to: '192.168.0.2:8080' })).toEqual([
      'Forwarded to 172.17.0.2:80 out of docker0, translated by rule 4 of DOCKER.',
      "The receiver sees the client's own address, 198.51.100.7.",
      'Replies come back through this node, which makes 192.168.0.2:8080 their source again.',
    ]);
  });
});

describe('the path of an outcome', () => {
  const { narrative } = tell(new36, { from: client, to: 'shop/three:http' });
  const [first] = narrative.groups[0]?.outcomes ?? [];

  it('is a tree of hooks, rules and the chains they lead into, with the gaps between', () => {
    expect(pathText(first?.path ?? [])).toBe(
      `conntrack: NEW
PREROUTING · mangle
  policy ACCEPT
PREROUTING · nat
  1 → KUBE-SERVICES
    24 rules did not match
    25 -d 10.106.89.61/32 -p tcp --dport 80 → shop/three:http · KUBE-SVC-SV6Z2RSVTP52NI55
      1 rule did not match
      2 --mode random --probability 0.333 → 10.244.1.14:8080 · KUBE-SEP-ACJUXK4V72DURFW4 (1 of 3)
        1 rule did not match
        2 -p tcp DNAT → 10.244.1.14:8080
routing: out by cni0
FORWARD · mangle
  policy ACCEPT
FORWARD · filter
  1 --ctstate NEW → KUBE-PROXY-FIREWALL
    4 rules did not match
  2 → KUBE-FORWARD
    3 rules did not match
  3 --ctstate NEW → KUBE-SERVICES
    12 rules did not match
  4 --ctstate NEW → KUBE-EXTERNAL-SERVICES
    12 rules did not match
  policy ACCEPT
POSTROUTING · mangle
  policy ACCEPT
POSTROUTING · nat
  1 → KUBE-POSTROUTING
    1 ! --mark 0x4000/0x4000 RETURN
  policy ACCEPT
leaves by cni0`,
    );
  });

  it('has one stop in the strip for each table, routing and the end, with what happened there', () => {
    const strip = first?.stages.map(({ hook, table, word }) => `${hook} ${table ?? ''} ${word}`.trim());
    expect(strip).toEqual([
      'PREROUTING mangle',
      'PREROUTING nat DNAT',
      'routing  → cni0',
      'FORWARD mangle',
      'FORWARD filter',
      'POSTROUTING mangle',
      'POSTROUTING nat',
      'end  → cni0',
    ]);
  });

  it('gives every step an id of its own, and every stop of the strip leads to one', () => {
    const ids: string[] = [];
    const gather = (steps: NonNullable<typeof first>['path']): void => {
      for (const step of steps) {
        ids.push(step.id);
        gather(step.children);
      }
    };
    gather(first?.path ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { stepId } of first?.stages ?? []) expect(ids).toContain(stepId);
  });

  it('says what changed, and where the rule stands that changed it', () => {
    expect(first?.destinationChange).toEqual({
      field: 'destination',
      was: '10.106.89.61:80',
      is: '10.244.1.14:8080',
    });
    expect(first?.sourceChange).toBeNull();
    const text = new36.rulesets[4]?.text.split('\n') ?? [];
    const rules = (steps: NonNullable<typeof first>['path']): readonly string[] =>
      steps.flatMap(({ place, location, children }) => [
        ...(place !== null && location ? [`${place} ${text[location.line]}`] : []),
        ...rules(children),
      ]);
    for (const line of rules(first?.path ?? [])) {
      const [, chain, start] = /^\w+\/(\S+)\/\d+ -A (\S+)/.exec(line) ?? [];
      expect(start, line).toBe(chain);
    }
  });
});

describe('marks', () => {
  it('go by the name of the rule that sets them', () => {
    const { narrative } = tell(new36, { from: outside, to: '10.110.133.129:80' });
    expect(narrative.groups[0]?.outcomes[0]?.marks).toEqual(['masquerade mark']);
  });

  it('of the old drop are named only where the rules have it', () => {
    const { narrative } = tell(old23, { from: outside, to: '203.0.113.16:80' });
    expect(narrative.groups[0]?.outcomes[0]?.marks).toContain('0x8000 (drop mark)');
    const plain = tell(new36, { from: outside, to: '10.244.1.14:8080', mark: '0x8000' });
    expect(plain.narrative.groups[0]?.outcomes[0]?.marks).toEqual(['0x8000']);
  });
});
