import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { flowResult } from '../../src/kernel/flows.ts';
import type { Reply } from '../../src/kernel/replies.ts';
import { dump, ending, engineOf, flow, labFiles } from './fixtures.ts';

type Files = typeof labFiles;

/** What becomes of the answers to a packet: `past eth0`, `forward 10.96.0.50:80 > 10.244.1.5:40000 cni0`. */
function replies(rules: string, packet: Flow, files: Files = labFiles): readonly string[] {
  const engine = engineOf(rules, files, packet.family);
  return engine.replies(packet, engine.trace(packet)).byOutcome.flat().map(words);
}

function words({ way, outcome, share }: Reply): string {
  const end = outcome === null ? '' : endOf(outcome);
  const by = way.kind === 'past' && way.by !== null ? ` ${way.by}` : '';
  const what = way.kind === 'through' ? end : `${way.kind}${by}`;
  return share < 1 ? `${what} (${share})` : what;
}

function endOf(outcome: NonNullable<Reply['outcome']>): string {
  const result = flowResult(flow('pod > 10.96.0.50:80'), { outcomes: [outcome], assumptions: [] });
  const [told] = 'outcomes' in result ? result.outcomes : [];
  return told === undefined ? '' : `${ending(told)}${told.by === 'kernel' ? `: ${told.reason}` : ''}`;
}

function sysctl(...lines: readonly string[]): Files {
  return { ...labFiles, 'sysctl.txt': `${labFiles['sysctl.txt']}${lines.join('\n')}\n` };
}

/** A bridge of two ports without hairpin mode: test/realKernel/clients has one. */
const withoutHairpin: Files = {
  ...labFiles,
  'bridge-link.txt': ['vethpods', 'vethmore']
    .map(
      (name) =>
        `4: ${name}: <UP> mtu 1500 master cni0 state forwarding priority 32 cost 2\n    hairpin off guard off\n`,
    )
    .join(''),
};

const pod = (target: string) => `-A PREROUTING -d 10.96.0.50 -p tcp -j DNAT --to-destination ${target}`;
const own = (target: string) => `-A OUTPUT -d 10.96.0.50 -p tcp -j DNAT --to-destination ${target}`;
const masquerade = '-A POSTROUTING -j MASQUERADE';

describe('the answer to a packet', () => {
  it.each<[string, string, Flow, readonly string[], Files?]>([
    [
      'gets the source back that the client asked',
      dump({ nat: [pod('10.244.1.9:8080')] }),
      flow('client > 10.96.0.50:80'),
      ['forward 10.96.0.50:80 > 198.51.100.7:40000 eth0'],
    ],
    [
      'comes back over the bridge that both are on, if bridges ask the rules',
      dump({ nat: [pod('10.244.1.9:8080')] }),
      flow('pod > 10.96.0.50:80'),
      ['forward 10.96.0.50:80 > 10.244.1.5:40000 cni0'],
    ],
    [
      'comes back from one pod to another where no port hands frames back',
      dump({ nat: [pod('10.244.1.9:8080')] }),
      flow('pod > 10.96.0.50:80'),
      ['forward 10.96.0.50:80 > 10.244.1.5:40000 cni0'],
      withoutHairpin,
    ],
    [
      'comes from a stranger where they do not',
      dump({ nat: [pod('10.244.1.9:8080')] }),
      flow('pod > 10.96.0.50:80'),
      ['forward 10.244.1.9:8080 > 10.244.1.5:40000 cni0'],
      sysctl('net.bridge.bridge-nf-call-iptables = 0'),
    ],
    [
      'goes past this node where both are on a network that is no bridge of its',
      dump({ nat: [pod('192.168.0.3:8080')] }),
      flow('client > 10.96.0.50:80', { from: { address: '192.168.0.9' } }),
      ['past eth0'],
    ],
    [
      'comes back to this node where it masqueraded',
      dump({ nat: [pod('192.168.0.3:8080'), masquerade] }),
      flow('client > 10.96.0.50:80', { from: { address: '192.168.0.9' } }),
      ['forward 10.96.0.50:80 > 192.168.0.9:40000 eth0'],
    ],
    [
      'never comes to 127.0.0.1, which every receiver takes for itself',
      dump({ nat: [own('10.244.1.9:8080')] }),
      flow('loopback > 10.96.0.50:80'),
      ['itself'],
      sysctl('net.ipv4.conf.all.route_localnet = 1'),
    ],
    [
      'comes to 127.0.0.1 where it was masqueraded, and loopback addresses are routed',
      dump({ nat: [own('10.244.1.9:8080'), masquerade] }),
      flow('loopback > 10.96.0.50:80'),
      ['local 10.96.0.50:80 > 127.0.0.1:40000 cni0'],
      sysctl('net.ipv4.conf.all.route_localnet = 1'),
    ],
    [
      'is not translated back where a rule keeps it from being tracked',
      dump({
        raw: ['-A OUTPUT -p tcp --sport 8080 -j NOTRACK'],
        nat: [pod('192.168.0.2:8080')],
      }),
      flow('client > 10.96.0.50:80'),
      ['forward 192.168.0.2:8080 > 198.51.100.7:40000 eth0'],
    ],
    [
      'may come in by the interface that has the address, and be dropped there',
      dump({}),
      flow('node > 10.244.2.9:80'),
      [
        'drop kernel: reverse path filter (rp_filter) of eth0: an answer would leave by tun0, not eth0 (0.5)',
        'local 10.244.2.9:80 > 192.168.0.2:40000 tun0 (0.5)',
      ],
      {
        ...sysctl('net.ipv4.conf.all.rp_filter = 1'),
        'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
          '[',
          '[{"dst":"10.244.2.0/24","gateway":"10.244.2.0","dev":"tun0","flags":["onlink"]},',
        ),
      },
    ],
    [
      'may be dropped by a rule that its request passed',
      dump({ filter: ['-A FORWARD -i cni0 -j DROP'] }),
      flow('client > 10.244.1.9:80'),
      ['drop filter/FORWARD/0'],
    ],
    [
      'is not awaited by a reset',
      dump({}),
      flow('client > 192.168.0.2:80', { packet: { tcpFlags: ['RST'] } }),
      ['not-awaited'],
    ],
    [
      'is an echo reply to a ping',
      dump({ filter: ['-A OUTPUT -p icmp --icmp-type echo-reply -j DROP'] }),
      flow('client > 192.168.0.2 icmp'),
      ['drop filter/OUTPUT/0'],
    ],
    [
      'is one of each endpoint',
      dump({
        nat: [
          '-A PREROUTING -d 10.96.0.50 -m statistic --mode random --probability 0.5 -p tcp -j DNAT --to-destination 10.244.1.9:8080',
          pod('10.244.2.9:8080'),
        ],
      }),
      flow('client > 10.96.0.50:80'),
      ['forward 10.96.0.50:80 > 198.51.100.7:40000 eth0', 'past'],
    ],
    [
      'may end in several ways',
      dump({
        raw: ['-A PREROUTING -i cni0 -m statistic --mode random --probability 0.25 -j DROP'],
        nat: [pod('10.244.1.9:8080')],
      }),
      flow('client > 10.96.0.50:80'),
      ['forward 10.96.0.50:80 > 198.51.100.7:40000 eth0 (0.75)', 'drop raw/PREROUTING/0 (0.25)'],
    ],
  ])('%s', (_, rules, packet, expected, files) => {
    expect(replies(rules, packet, files)).toEqual(expected);
  });

  it('never finds ::1 by another interface than lo, though it was masqueraded', () => {
    const target = own('[fd00:10:244:1::9]:8080').replace('10.96.0.50', 'fd00:10:96::50');
    const rules = dump({ nat: [target, masquerade] }).replaceAll(' iptables-save', ' ip6tables-save');
    const packet: Flow = {
      family: 6,
      from: { kind: 'node', address: '::1', port: 40000, interface: null },
      to: { address: 'fd00:10:96::50', port: 80 },
      protocol: 'tcp',
    };
    expect(replies(rules, packet)).toEqual(['drop kernel: ::1 is only valid within one machine']);
  });
});
