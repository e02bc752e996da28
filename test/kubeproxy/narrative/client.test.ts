/** The headline is about the client: whether it gets an answer, and from whom. */
import { describe, expect, it } from 'vitest';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { labFiles } from '../../kernel/fixtures.ts';
import { type Files, said, service, sysctl, table, told } from './clientRules.ts';
import { rulesOnly, snapshot, tell } from './support.ts';

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
      'a source outside the ranges that is marked to be dropped, and is forwarded',
      table(
        'nat',
        [
          'PREROUTING',
          'KUBE-SERVICES',
          'KUBE-FW-CARTCARTCARTCART',
          'KUBE-SVC-CARTCARTCARTCART',
          'KUBE-SEP-AAAAAAAAAAAAAAAA',
          'KUBE-MARK-DROP',
        ],
        [
          '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
          '-A KUBE-SERVICES -d 203.0.113.80/32 -p tcp -m comment --comment "shop/cart:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-CARTCARTCARTCART',
          '-A KUBE-FW-CARTCARTCARTCART -s 192.0.2.0/24 -m comment --comment "shop/cart:http loadbalancer IP" -j KUBE-SVC-CARTCARTCARTCART',
          '-A KUBE-FW-CARTCARTCARTCART -m comment --comment "shop/cart:http loadbalancer IP" -j KUBE-MARK-DROP',
          '-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http" -j KUBE-SEP-AAAAAAAAAAAAAAAA',
          '-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080',
          '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000',
        ],
      ),
      { from: outside, to: '203.0.113.80:80' },
      [
        'unanswered',
        'Nobody answers there by these rules: 198.51.100.7 is not in the load-balancer source ranges of shop/cart:http, and nothing on its way drops what is marked for that; the client hangs until it times out.',
      ],
      labFiles,
    ],
    [
      'a source outside the ranges of a Service that has no endpoint here either',
      table(
        'nat',
        [
          'PREROUTING',
          'KUBE-SERVICES',
          'KUBE-FW-CARTCARTCARTCART',
          'KUBE-XLB-CARTCARTCARTCART',
          'KUBE-SVC-CARTCARTCARTCART',
          'KUBE-SEP-AAAAAAAAAAAAAAAA',
          'KUBE-MARK-DROP',
        ],
        [
          '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
          '-A KUBE-SERVICES -d 203.0.113.80/32 -p tcp -m comment --comment "shop/cart:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-CARTCARTCARTCART',
          '-A KUBE-FW-CARTCARTCARTCART -s 192.0.2.0/24 -m comment --comment "shop/cart:http loadbalancer IP" -j KUBE-XLB-CARTCARTCARTCART',
          '-A KUBE-FW-CARTCARTCARTCART -m comment --comment "shop/cart:http loadbalancer IP" -j KUBE-MARK-DROP',
          '-A KUBE-XLB-CARTCARTCARTCART -s 10.244.0.0/16 -j KUBE-SVC-CARTCARTCARTCART',
          '-A KUBE-XLB-CARTCARTCARTCART -m comment --comment "shop/cart:http has no local endpoints" -j KUBE-MARK-DROP',
          '-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http" -j KUBE-SEP-AAAAAAAAAAAAAAAA',
          '-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080',
          '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000',
        ],
      ),
      { from: outside, to: '203.0.113.80:80' },
      [
        'unanswered',
        'Nobody answers there by these rules: 198.51.100.7 is not in the load-balancer source ranges of shop/cart:http, and nothing on its way drops what is marked for that; the client hangs until it times out.',
      ],
      labFiles,
    ],
    [
      'a packet that a rule keeps from conntrack, and so from nat',
      [
        ...table('raw', ['PREROUTING'], ['-A PREROUTING -d 10.96.7.7/32 -p tcp -j CT --notrack']),
        ...service(['10.244.1.5:8080']),
      ],
      { from: pod, to: 'shop/cart:http' },
      [
        'unanswered',
        'Nobody answers there: rule 1 of PREROUTING keeps it from being tracked, so that no rule hands it to an endpoint of shop/cart:http; the client hangs until it times out.',
      ],
      labFiles,
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
      'a closed node port whose reset a rule drops',
      [
        ...service(['10.244.1.5:8080']),
        ...table('filter', ['OUTPUT'], ['-A OUTPUT -d 10.244.0.0/16 -p tcp -j DROP']),
      ],
      { from: pod, to: '10.244.1.1:31080' },
      [
        'unanswered',
        'Delivered to this node itself, at 10.244.1.1:31080, where most likely nothing listens: the rules serve node port 31080 of shop/cart:http only at 192.168.0.2; the refusal is dropped by rule 1 of OUTPUT, and the client hangs until it times out.',
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
        'Sent to 10.244.1.5:8080, the only endpoint of shop/cart:http in these rules, but no answer can come back: the receiver takes 127.0.0.1 for itself.',
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
      'several endpoints on other nodes',
      service(['10.244.2.4:8080', '10.244.2.5:8080']),
      { from: outside, to: '10.96.7.7:80' },
      [
        'mixed',
        'Forwarded to one of 2 endpoints of shop/cart:http, but the answer may bypass this node: the client then gets it from another address, which it never asked, and hangs.',
        "The endpoint sees the client's own address, 198.51.100.7.",
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
      'where some were masqueraded, and some not',
      table(
        'nat',
        ['POSTROUTING'],
        [
          '-A POSTROUTING -m statistic --mode random --probability 0.5 -j ACCEPT',
          '-A POSTROUTING -o eth0 -j MASQUERADE',
        ],
      ),
      { from: pod, to: '198.51.100.7:80' },
      [
        'forward',
        'Forwarded to 198.51.100.7:80 out of eth0, unchanged (50.0 %) or forwarded to 198.51.100.7:80 out of eth0, as 192.168.0.2 (masqueraded) (50.0 %).',
        "In 50.0 % of cases the source becomes 192.168.0.2, an address of this node (masqueraded); else the receiver sees the client's own address.",
        'Replies come back untranslated. (50.0 %)',
        'Replies come back through this node, which hands them to 10.244.1.9. (50.0 %)',
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

describe('the last step of the way', () => {
  it('is marked as its outcome is', () => {
    const { narrative } = tell(rulesOnly(`${service(['10.244.1.5:8080']).join('\n')}\n`, labFiles), {
      from: pod,
      to: '10.96.7.7:81',
    });
    const [outcome] = narrative.groups.flatMap(({ outcomes }) => outcomes);
    expect(outcome).toMatchObject({ verdict: 'forward', mark: 'unanswered', subtitle: 'not answered' });
    expect(outcome?.path.at(-1)).toMatchObject({
      kind: 'end',
      verdict: 'unanswered',
      detail: 'not answered',
    });
  });
});

it('says of a source of 127.0.0.1 that is masqueraded now and then how often that is', () => {
  const rules = table(
    'nat',
    ['POSTROUTING'],
    [
      '-A POSTROUTING -m statistic --mode random --probability 0.5 -j ACCEPT',
      '-A POSTROUTING -o eth0 -j MASQUERADE',
    ],
  );
  const form = { from: 'node:127.0.0.1', to: '198.51.100.7:80' };
  const details = told(rules, form, sysctl('net.ipv4.conf.all.route_localnet = 1')).slice(2);
  expect(details[0]).toBe(
    "In 50.0 % of cases the source becomes 192.168.0.2, an address of this node (masqueraded); else the packet leaves this node with the process's own address.",
  );
});
