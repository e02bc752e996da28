/** The headline is about the client: whether it gets an answer, from whom, and what it notices where it gets none. */
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { labFiles } from '../../kernel/fixtures.ts';
import { rulesOnly, snapshot, tell } from './support.ts';

type Files = Readonly<Partial<Record<SnapshotFileName, string>>>;

/** The mark's word and all that is told. */
function told(rules: readonly string[], form: Partial<FlowForm>, files: Files = {}): readonly string[] {
  return said(tell(rulesOnly(`${rules.join('\n')}\n`, files), form));
}

function said({ narrative }: ReturnType<typeof tell>): readonly string[] {
  return [narrative.verdict, narrative.headline, ...narrative.details];
}

function table(name: string, chains: readonly string[], rules: readonly string[]): readonly string[] {
  const builtIn = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);
  return [
    `*${name}`,
    ...chains.map((chain) => `:${chain} ${builtIn.has(chain) ? 'ACCEPT' : '-'} [0:0]`),
    ...rules,
    'COMMIT',
  ];
}

const sep = (suffix: string): string => `KUBE-SEP-${suffix.repeat(16)}`;

/** shop/cart:http at 10.96.7.7:80 and node port 31080, with these endpoints, and rules behind them. */
function service(endpoints: readonly string[], more: readonly string[] = []): readonly string[] {
  const svc = 'KUBE-SVC-CARTCARTCARTCART';
  const balance = endpoints.map((_, at) =>
    at === endpoints.length - 1
      ? `-A ${svc} -j ${sep('AB'[at] ?? 'C')}`
      : `-A ${svc} -m statistic --mode random --probability 0.5 -j ${sep('AB'[at] ?? 'C')}`,
  );
  const chains = ['KUBE-SERVICES', 'KUBE-NODEPORTS', svc, ...endpoints.map((_, at) => sep('AB'[at] ?? 'C'))];
  return table(
    'nat',
    ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING', ...chains],
    [
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      `-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j ${svc}`,
      '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -d 192.168.0.2/32 -j KUBE-NODEPORTS',
      `-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 31080 -j ${svc}`,
      ...balance,
      ...endpoints.map(
        (endpoint, at) =>
          `-A ${sep('AB'[at] ?? 'C')} -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination ${endpoint}`,
      ),
      ...more,
    ],
  );
}

const sysctl = (...lines: readonly string[]): Files => ({
  ...labFiles,
  'sysctl.txt': `${labFiles['sysctl.txt']}${lines.join('\n')}\n`,
});

const pod = 'pod:10.244.1.9';
const outside = 'external:198.51.100.7';

describe('a packet that nobody answers', () => {
  it.each<[string, readonly string[], Partial<FlowForm>, readonly string[], Files?]>([
    [
      'a ping of a ClusterIP',
      service(['10.244.1.5:8080']),
      { from: pod, to: '10.96.7.7', protocol: 'icmp' },
      [
        'unanswered',
        'Nobody answers there: 10.96.7.7 is the ClusterIP of shop/cart, which has 80/TCP there and answers no pings; the client gets no answer.',
      ],
      labFiles,
    ],
    [
      'another port of a ClusterIP',
      service(['10.244.1.5:8080']),
      { from: pod, to: '10.96.7.7:8080' },
      [
        'unanswered',
        'Nobody answers there: 10.96.7.7 is the ClusterIP of shop/cart, which has 80/TCP there, not 8080/TCP; the client hangs until it times out.',
      ],
      labFiles,
    ],
    [
      'an ACCEPT before the REJECT',
      table(
        'filter',
        ['INPUT', 'FORWARD', 'OUTPUT', 'FLANNEL-FWD', 'KUBE-SERVICES'],
        [
          '-A FORWARD -j FLANNEL-FWD',
          '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
          '-A FLANNEL-FWD -s 10.244.0.0/16 -j ACCEPT',
          '-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
        ],
      ),
      { from: pod, to: 'shop/cart:http' },
      [
        'unanswered',
        'Nobody answers there: shop/cart:http has no endpoints, and rule 1 of FLANNEL-FWD accepts the packet before it would be rejected; the client hangs until it times out.',
      ],
    ],
    [
      'a node port at an address that is not served',
      service(['10.244.1.5:8080']),
      { from: pod, to: '10.244.1.1:31080' },
      [
        'unanswered',
        'Delivered to this node itself, at 10.244.1.1:31080, where most likely nothing listens: the rules serve node port 31080 of shop/cart:http only at 192.168.0.2; the client sees "connection refused" at once.',
      ],
      labFiles,
    ],
    [
      'a node port in another protocol',
      service(['10.244.1.5:8080']),
      { from: outside, to: '192.168.0.2:31080', protocol: 'udp' },
      [
        'unanswered',
        'Delivered to this node itself, at 192.168.0.2:31080, where most likely nothing listens: the rules serve node port 31080 of shop/cart:http for TCP, not UDP; the client sees "connection refused".',
      ],
      labFiles,
    ],
    [
      'a source of 127.0.0.1 that leaves the node',
      service(['10.244.1.5:8080']),
      { from: 'node:127.0.0.1', to: '192.168.0.2:31080' },
      [
        'unanswered',
        'Sent to 10.244.1.5:8080, the only endpoint of shop/cart:http in these rules, but no answer can come back: the receiver takes 127.0.0.1 for itself; the process hangs until it times out.',
      ],
      sysctl('net.ipv4.conf.all.route_localnet = 1'),
    ],
    [
      'a pod that meets itself without masquerade',
      service(['10.244.1.9:8080']),
      { from: pod, to: '10.96.7.7:80' },
      [
        'unanswered',
        'Forwarded to 10.244.1.9:8080, the only endpoint of shop/cart:http in these rules, but the pod would get a packet from its own address and drop it: nothing masquerades its way back to itself (hairpin); the client hangs until it times out.',
        "The endpoint sees the client's own address, 10.244.1.9.",
      ],
      labFiles,
    ],
    [
      'a reply that a rule keeps from being tracked',
      [
        ...table(
          'raw',
          ['PREROUTING', 'OUTPUT'],
          ['-A OUTPUT -s 169.254.20.10/32 -p udp --sport 53 -j NOTRACK'],
        ),
        ...table(
          'nat',
          ['PREROUTING', 'OUTPUT'],
          ['-A PREROUTING -d 10.96.3.45/32 -p udp --dport 53 -j DNAT --to-destination 169.254.20.10:53'],
        ),
      ],
      { from: pod, to: '10.96.3.45:53', protocol: 'udp' },
      [
        'unanswered',
        'Delivered to this node itself, at 169.254.20.10:53, translated by rule 1 of PREROUTING, but the client gets the answer from 169.254.20.10:53, which it never asked: rule 1 of OUTPUT keeps it from being tracked.',
        'Whether something listens there, the rules do not tell.',
      ],
      {
        'ip-addr.json': JSON.stringify([
          {
            ifname: 'nodelocaldns',
            flags: ['UP'],
            addr_info: [{ family: 'inet', local: '169.254.20.10', prefixlen: 32, scope: 'global' }],
          },
        ]),
      },
    ],
    [
      'a reply that a rule drops',
      [
        ...service(['10.244.1.5:8080']),
        ...table('filter', ['FORWARD'], ['-A FORWARD -i cni0 -p tcp --sport 8080 -j DROP']),
      ],
      { from: outside, to: '10.96.7.7:80' },
      [
        'unanswered',
        'Forwarded to 10.244.1.5:8080, the only endpoint of shop/cart:http in these rules, but the answer is dropped by rule 1 of FORWARD; the client hangs until it times out.',
        "The endpoint sees the client's own address, 198.51.100.7.",
      ],
      labFiles,
    ],
    [
      'a node that answers no pings',
      service(['10.244.1.5:8080']),
      { from: outside, to: '192.168.0.2', protocol: 'icmp' },
      [
        'unanswered',
        'Delivered to this node itself, at 192.168.0.2, but this node answers no pings: icmp_echo_ignore_all is 1; the client gets no answer.',
      ],
      sysctl('net.ipv4.icmp_echo_ignore_all = 1'),
    ],
  ])('is amber, and told why: %s', (_, rules, form, expected, files = {}) => {
    expect(told(rules, form, files)).toEqual(expected);
  });
});

describe('a packet that some, or perhaps nobody, answers', () => {
  it.each<[string, readonly string[], Partial<FlowForm>, readonly string[]]>([
    [
      'an endpoint on another node, whose replies go past this one',
      service(['10.244.1.5:8080', '10.244.2.5:8080']),
      { from: outside, to: '10.96.7.7:80' },
      [
        'mixed',
        'Forwarded to one of 2 endpoints of shop/cart:http, but in 50.0 % of cases the answer may bypass this node: the client then gets it from 10.244.2.5:8080, which it never asked, and hangs.',
        "The endpoint sees the client's own address, 198.51.100.7.",
        'Replies come back through this node, which makes 10.96.7.7:80 their source again. (50.0 %)',
      ],
    ],
    [
      'both ends on a network that is no bridge of this node',
      service(['192.168.0.9:8080']),
      { from: 'external:192.168.0.6', to: '10.96.7.7:80' },
      [
        'mixed',
        'Forwarded to 192.168.0.9:8080, the only endpoint of shop/cart:http in these rules, but the answer may bypass this node: the client then gets it from 192.168.0.9:8080, which it never asked, and hangs.',
        "The endpoint sees the client's own address, 192.168.0.6.",
      ],
    ],
  ])('is amber, with the share: %s', (_, rules, form, expected) => {
    expect(told(rules, form, labFiles)).toEqual(expected);
  });

  it('is amber where the answer may come in by another interface, which drops it', () => {
    const files: Files = {
      ...sysctl('net.ipv4.conf.all.rp_filter = 1'),
      'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
        '[',
        '[{"dst":"10.244.2.0/24","gateway":"10.244.2.0","dev":"tun0","flags":["onlink"]},',
      ),
    };
    expect(
      told(service(['10.244.2.5:8080']), { from: 'node:192.168.0.2', to: '10.96.7.7:80' }, files),
    ).toEqual([
      'mixed',
      'Sent to 10.244.2.5:8080, the only endpoint of shop/cart:http in these rules, but the answer may be dropped by the kernel: reverse path filter (rp_filter) of eth0: an answer would leave by tun0, not eth0.',
      "The endpoint sees this node's address, 192.168.0.2.",
      'Replies have to come back through this node, which alone can make 10.96.7.7:80 their source again.',
    ]);
  });

  it('is amber at a load balancer that the rules leave alone', () => {
    const node = snapshot('media/samples/kube-proxy-1.36');
    expect(said(tell(node, { from: outside, to: '203.0.113.22:80' }))).toEqual([
      'mixed',
      'Forwarded to 203.0.113.22:80 out of eth0, unchanged, but whether the load balancer of edge/lb-ipmode-proxy answers there, the rules do not tell: they leave its address to it (ipMode Proxy).',
      "The receiver sees the client's own address, 198.51.100.7.",
    ]);
  });
});

describe('a packet that is answered', () => {
  it.each<[string, readonly string[], Partial<FlowForm>, readonly string[]]>([
    [
      'by an endpoint here or elsewhere alike',
      service(['192.168.0.2:8080', '10.244.2.5:8080']),
      { from: pod, to: '10.96.7.7:80' },
      [
        'forward',
        'Sent to one of 2 endpoints of shop/cart:http.',
        "The endpoint sees the client's own address, 10.244.1.9.",
        'The client gets its replies from 10.96.7.7:80 either way.',
      ],
    ],
    [
      'by the kernel, a ping of the node',
      service(['10.244.1.5:8080']),
      { from: outside, to: '192.168.0.2', protocol: 'icmp' },
      [
        'local',
        'Delivered to this node itself, at 192.168.0.2.',
        'The kernel of this node answers pings itself.',
      ],
    ],
    [
      'where only the source was masqueraded',
      service(['10.244.1.5:8080'], ['-A POSTROUTING -s 10.244.1.0/24 -o eth0 -j MASQUERADE']),
      { from: pod, to: '198.51.100.7:80' },
      [
        'forward',
        'Forwarded to 198.51.100.7:80 out of eth0, as 192.168.0.2 (masqueraded).',
        "The receiver sees 192.168.0.2, an address of this node (masqueraded), not the client's.",
        'Replies come back through this node, which hands them to 10.244.1.9.',
      ],
    ],
    [
      'where only the port was translated',
      table('nat', ['PREROUTING'], ['-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 15006']),
      { from: outside, to: '192.168.0.2:80' },
      [
        'local',
        'Delivered to this node itself, at 192.168.0.2:15006, translated by rule 1 of PREROUTING.',
        'Replies leave this node with 192.168.0.2:80 as their source again.',
        'Whether something listens there, the rules do not tell.',
      ],
    ],
  ])('is green: %s', (_, rules, form, expected) => {
    expect(told(rules, form, labFiles)).toEqual(expected);
  });
});

describe('what the client notices', () => {
  const drop = table(
    'filter',
    ['INPUT', 'FORWARD', 'OUTPUT'],
    [
      '-A FORWARD -j DROP',
      '-A INPUT -p udp -j REJECT --reject-with icmp-host-unreachable',
      '-A INPUT -p tcp -j REJECT --reject-with icmp-host-unreachable',
      '-A INPUT -p sctp -j REJECT',
    ],
  );

  it.each<[string, Partial<FlowForm>, string]>([
    [
      'of a reset, nothing',
      { from: outside, to: '10.244.1.5:80', tcpFlags: 'RST' },
      'Dropped by rule 1 of FORWARD.',
    ],
    [
      'of a SYN, that it hangs',
      { from: outside, to: '10.244.1.5:80' },
      'Dropped by rule 1 of FORWARD: the client hangs until it times out.',
    ],
    [
      'of a soft error over UDP, nothing',
      { from: outside, to: '192.168.0.2:53', protocol: 'udp' },
      'Rejected by rule 1 of INPUT: the client gets no answer.',
    ],
    [
      'of a soft error over TCP, the error',
      { from: outside, to: '192.168.0.2:53' },
      'Rejected by rule 2 of INPUT: the client sees "no route to host" at once.',
    ],
    [
      'of an error over SCTP, nothing',
      { from: outside, to: '192.168.0.2:53', protocol: 'sctp' },
      'Rejected by rule 3 of INPUT: the client gets no answer.',
    ],
    [
      'of 127.0.0.1 that may not leave, the error at once',
      { from: 'node:127.0.0.1', to: '10.96.0.50:80' },
      'Dropped by the kernel: 127.0.0.1 cannot leave by eth0: route_localnet is off; the process is told "invalid argument" at once.',
    ],
  ])('%s', (_, form, headline) => {
    expect(told(drop, form, labFiles)[1]).toBe(headline);
  });

  it.each([
    ['tcp', 'the process hangs until it times out'],
    ['udp', 'the process is told "invalid argument" at once'],
  ])('of 127.0.0.1 that a rule sent elsewhere over %s: %s', (protocol, notice) => {
    const rules = table(
      'nat',
      ['OUTPUT'],
      [`-A OUTPUT -d 192.168.0.2/32 -p ${protocol} --dport 31080 -j DNAT --to-destination 10.244.1.5:8080`],
    );
    expect(told(rules, { from: 'node:127.0.0.1', to: '192.168.0.2:31080', protocol }, labFiles)).toEqual([
      'drop',
      `Dropped by the kernel: 127.0.0.1 cannot leave by cni0: route_localnet is off; ${notice}.`,
    ]);
  });

  it('is said once where only the interface differs', () => {
    const rules = service(['10.244.1.5:8080', '10.244.2.5:8080']);
    expect(told(rules, { from: 'node:127.0.0.1', to: '192.168.0.2:31080' }, labFiles)[1]).toBe(
      'Dropped by the kernel: 127.0.0.1 cannot leave by cni0 or eth0: route_localnet is off; the process hangs until it times out.',
    );
  });

  it('depends on route_localnet where no file tells, before any rule rejects', () => {
    const rules = [
      ...service(['10.244.1.5:8080']),
      ...table(
        'filter',
        ['OUTPUT', 'KUBE-SERVICES'],
        [
          '-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES',
          '-A KUBE-SERVICES -d 10.96.0.70/32 -p tcp -m comment --comment "shop/none:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
        ],
      ),
    ];
    expect(told(rules, { from: 'node:127.0.0.1', to: '10.96.0.70:80' })[1]).toBe(
      'It depends: rejected: shop/none:http has no endpoints, if route_localnet is on for the interface that it leaves by; else dropped by the kernel: loopback addresses are not routed: route_localnet is off for the interface that it leaves by.',
    );
  });
});
