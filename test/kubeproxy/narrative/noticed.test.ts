/** What the client notices where its packet does not get through, as sockets see it. */
import { describe, expect, it } from 'vitest';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { labFiles } from '../../kernel/fixtures.ts';
import { type Files, service, table, told } from './clientRules.ts';

const outside = 'external:198.51.100.7';

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

  it.each([
    ['tcp', 'the client sees "no route to host" at once'],
    ['udp', 'the client gets no answer'],
    ['icmp', 'the client is told "time exceeded"'],
  ])('of a TTL that runs out over %s: %s', (protocol, notice) => {
    const to = protocol === 'icmp' ? '10.244.1.5' : '10.244.1.5:80';
    expect(told(drop, { from: outside, to, protocol, ttl: '1' }, labFiles)[1]).toBe(
      `Dropped by the kernel: the TTL ran out; ${notice}.`,
    );
  });

  it.each([
    ['unreachable', 'tcp', 'the client sees "no route to host" at once'],
    ['unreachable', 'udp', 'the client gets no answer'],
    ['prohibit', 'tcp', 'the client sees "no route to host" at once'],
    ['prohibit', 'udp', 'the client sees "no route to host"'],
    ['blackhole', 'tcp', 'the client hangs until it times out'],
  ])('of a route of type %s over %s: %s', (type, protocol, notice) => {
    const files: Files = {
      ...labFiles,
      'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
        '[',
        `[{"type":"${type}","dst":"10.1.0.0/16","dev":"lo","flags":[]},`,
      ),
    };
    expect(told(drop, { from: outside, to: '10.1.0.1:80', protocol }, files)[1]?.split('; ')[1]).toBe(
      `${notice}.`,
    );
  });

  // As the errors of a Linux 6.18 that forwards were seen by the client: 3/0, 3/13 and none.
  it.each([
    ['unreachable', 'the client sees "network is unreachable" at once'],
    ['prohibit', 'the client sees "no route to host" at once'],
    ['blackhole', 'the client hangs until it times out'],
  ])('of a policy rule that says %s: %s', (action, notice) => {
    const files: Files = {
      ...labFiles,
      'ip-rule.json': (labFiles['ip-rule.json'] ?? '').replace(
        '[',
        `[{"priority":9,"src":"all","dst":"10.1.0.0","dstlen":16,"action":"${action}"},`,
      ),
    };
    expect(told(drop, { from: outside, to: '10.1.0.1:80', protocol: 'tcp' }, files)[1]?.split('; ')[1]).toBe(
      `${notice}.`,
    );
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
      'Stopped either way: rejected: shop/none:http has no endpoints, if route_localnet is on for the interface that it leaves by; else dropped by the kernel: loopback addresses are not routed, as route_localnet is off for the interface that it leaves by.',
    );
  });
});
