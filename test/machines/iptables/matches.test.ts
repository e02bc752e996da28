import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, send } from '../../kernel/fixtures.ts';

/** The options of a rule, a packet, and whether the rule counts it. The rule stands in mangle PREROUTING. */
type Row = readonly [options: string, packet: Flow, matches: boolean];

const client = (more: Parameters<typeof flow>[1] = {}, target = '10.244.1.5:80 tcp'): Flow =>
  flow(`client > ${target}`, more);
const udp = client({}, '10.244.1.5:53 udp');
const ping = client({}, '10.244.1.5 icmp');

const rows: readonly Row[] = [
  ['-s 198.51.100.0/24', client(), true],
  ['! -s 198.51.100.0/24', client(), false],
  ['-d 10.244.1.5/32', client(), true],
  ['-d 10.0.1.5/255.0.255.255', client(), true],
  ['-d 10.244.1.0/31', client(), false],
  ['-i eth+', client(), true],
  ['-i eth0', client(), true],
  ['-i eth', client(), false],
  ['! -i cni0', client(), true],
  ['-p tcp', client(), true],
  ['-p 6', client(), true],
  ['! -p tcp', client(), false],
  ['-p tcp -m tcp --dport 80', client(), true],
  ['-p tcp -m tcp --dport 79:81', client(), true],
  ['-p tcp -m tcp ! --dport 80', client(), false],
  ['-p tcp -m tcp --sport :39999', client(), false],
  ['-p tcp -m tcp --sport 1024:', client(), true],
  ['-p udp -m udp --dport 53', udp, true],
  ['-p udp -m udp --dport 53', client(), false],
  ['-p sctp -m sctp --dport 9', client({}, '10.244.1.5:9 sctp'), true],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', client(), true],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', client({ packet: { tcpFlags: ['SYN', 'ACK'] } }), false],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE', client({ packet: { tcpFlags: [] } }), true],
  ['-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK', client({ packet: { tcpFlags: ['SYN', 'ACK'] } }), true],
  ['-p icmp -m icmp --icmp-type 8', ping, true],
  ['-p icmp -m icmp --icmp-type any', ping, true],
  [
    '-p icmp -m icmp --icmp-type 3/1',
    client({ packet: { icmpType: 3, icmpCode: 1 } }, '10.244.1.5 icmp'),
    true,
  ],
  [
    '-p icmp -m icmp --icmp-type 3/1',
    client({ packet: { icmpType: 3, icmpCode: 3 } }, '10.244.1.5 icmp'),
    false,
  ],
  ['-p tcp -m multiport --dports 22,80,443', client(), true],
  ['-p tcp -m multiport --dports 22,70:90', client(), true],
  ['-p tcp -m multiport ! --dports 22,70:90', client(), false],
  ['-p tcp -m multiport --sports 80', client(), false],
  ['-p tcp -m multiport --ports 40000', client(), true],
  ['-m addrtype --dst-type LOCAL', client({}, '192.168.0.2:80 tcp'), true],
  ['-m addrtype --dst-type LOCAL', client(), false],
  ['-m addrtype ! --src-type LOCAL --dst-type UNICAST', client(), true],
  ['-m addrtype --dst-type BROADCAST', client({}, '192.168.0.255:80 udp'), true],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', client({}, '10.244.1.1:80 tcp'), false],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', client({}, '192.168.0.2:80 tcp'), true],
  ['-m conntrack --ctstate NEW', client(), true],
  ['-m conntrack ! --ctstate NEW', client(), false],
  ['-m conntrack --ctstate INVALID', client({ packet: { tcpFlags: ['RST'] } }), true],
  ['-m conntrack --ctstate RELATED,ESTABLISHED', client({ state: 'established' }), true],
  ['-m conntrack --ctstate UNTRACKED', client({ state: 'untracked' }), true],
  ['-m conntrack --ctorigdst 10.244.1.5', client(), true],
  ['-m conntrack --ctorigdstport 80 --ctdir ORIGINAL', client(), true],
  ['-m conntrack --ctdir REPLY', client(), false],
  ['-m conntrack --ctproto 6', client(), true],
  ['-m conntrack --ctstatus NONE', client(), false],
  ['-m conntrack ! --ctstatus ASSURED', client(), true],
  // Without a connection a rule that asks for a state is asked nothing else; one that does not never matches.
  ['-m conntrack --ctstate INVALID --ctorigdst 1.2.3.4', client({ state: 'invalid' }), true],
  ['-m conntrack ! --ctorigdst 1.2.3.4', client({ state: 'invalid' }), false],
  ['-m state --state NEW', client(), true],
  ['-m mark --mark 0x4000/0x4000', client({ mark: 0x4001 }), true],
  ['-m mark --mark 0x4000', client({ mark: 0x4001 }), false],
  ['-m mark ! --mark 0x4000/0x4000', client(), true],
  ['-m connmark --mark 0x0', client(), true],
  ['-m connmark ! --mark 0x1', client({ state: 'invalid' }), false],
  ['-m ttl --ttl-eq 64', client(), true],
  ['-m ttl --ttl-lt 64', client(), false],
  ['-m ttl --ttl-gt 10', client(), true],
  ['-m dscp --dscp 0x2e', client({ packet: { tos: 0xb8 } }), true],
  ['-m dscp --dscp-class EF', client({ packet: { tos: 0xb9 } }), true],
  ['-m tos --tos 0x10/0x3f', client({ packet: { tos: 0x10 } }), true],
  ['-m length --length 0:60', client({ packet: { length: 60 } }), true],
  ['-m length --length 100:500', client({ packet: { length: 60 } }), false],
  ['-m length --length 40', client(), true],
  ['-p udp -m length --length 28', flow('client > 10.244.1.5:80 udp'), true],
  // An INIT chunk of 20 bytes behind the header, as the packets of test/realKernel have it.
  ['-p sctp -m length --length 52', flow('client > 10.244.1.5:80 sctp'), true],
  // A REQUEST: five words.
  ['-p dccp -m length --length 40', flow('client > 10.244.1.5:80 33'), true],
  ['-m pkttype --pkt-type unicast', client(), true],
  ['-m pkttype --pkt-type broadcast', client(), false],
  ['-m iprange --src-range 198.51.100.1-198.51.100.7', client(), true],
  ['-m iprange ! --dst-range 10.244.1.6-10.244.1.9', client(), true],
  ['-m comment --comment "it\\"s -m tcp --dport 1"', client(), true],
  ['-m nfacct --nfacct-name  x', client(), true],
  ['-m limit --limit 5/min', client(), true],
  ['-m statistic --mode random --probability 1.00000000000', client(), true],
  ['-m recent --rcheck --name L --rsource', client(), false],
  ['-m recent ! --rcheck --name L --rsource', client(), true],
  ['-m recent --set --name L --rsource', client(), true],
  ['-m rpfilter', client(), true],
  ['-m rpfilter --invert', client(), false],
  ['-m rpfilter', client({ from: { address: '10.244.1.9' } }), false],
  ['-m rpfilter --loose', client({ from: { address: '10.244.1.9' } }), true],
  ['-m rpfilter --loose', client({ from: { address: '192.168.0.2' } }), false],
  ['-p tcp -m tcp ! --sport 40000 ! --dport 81', client(), true],
  ['-p tcp -m tcp ! --sport 40000 ! --dport 80', client(), false],
  ['-p tcp -m tcp ! --sport 1:5 ! --dport 80', client(), false],
  ['-m ecn --ecn-ip-ect 2', client({ packet: { tos: 0x2a } }), true],
  ['-m ecn ! --ecn-ip-ect 2', client({ packet: { tos: 0x2a } }), false],
  ['-p tcp -m ecn --ecn-tcp-ece ! --ecn-tcp-cwr', client({ packet: { tcpFlags: ['SYN', 'ECE'] } }), true],
  ['-m mac --mac-source 02:00:00:00:00:AA', client({ sourceMac: '02:00:00:00:00:aa' }), true],
  ['-m mac ! --mac-source 02:00:00:00:00:aa', client({ sourceMac: '02:00:00:00:00:aa' }), false],
  ['-m mac ! --mac-source 02:00:00:00:00:ab', client({ sourceMac: '02:00:00:00:00:aa' }), true],
  ['-p esp -m esp --espspi 5', client(), false],
  ['-p ah -m ah', client({}, '10.244.1.5 51'), true],
  [
    '-m length --length 68',
    client(
      { packet: { icmpType: 3, icmpCode: 1, quote: flow('pod > 198.51.100.7:80 tcp') } },
      '192.168.0.2 icmp',
    ),
    true,
  ],
  ['-p tcp -m tcp ! --tcp-option 8', client({ packet: { length: 40 } }), true],
  ['-p tcp -m tcpmss ! --mss 1:500', client({ packet: { length: 40 } }), false],
  ['-p tcp -m osf --genre Linux', client({ packet: { tcpFlags: ['RST'] } }), false],
  ['-m devgroup --src-group 5', client(), true],
  ['-m devgroup --src-group 0xf5/0xf', client(), true],
  ['-m devgroup ! --src-group default', client(), true],
  ['-m physdev --physdev-out vethpods', flow('pod > 198.51.100.7:80 tcp'), false],
  ['-m physdev ! --physdev-out vethpods', flow('pod > 198.51.100.7:80 tcp'), false],
  ['-m physdev ! --physdev-out vethpods', client(), true],
  ['-m physdev --physdev-is-in', client(), false],
  ['-m physdev ! --physdev-is-in', client(), true],
  ['-m physdev --physdev-in vethpods', flow('pod > 10.244.1.9:80 tcp'), true],
  ['-m physdev --physdev-in veth+ --physdev-is-in', flow('pod > 10.244.1.9:80 tcp'), true],
];

describe('a rule matches', () => {
  test.each(rows)('%s', (options, packet, matches) => {
    const rules = dump({
      mangle: [`-A PREROUTING ${options}`],
      filter: ['-A INPUT -m conntrack --ctstate NEW'],
    });
    expect(send(rules, packet).path.includes('mangle/PREROUTING/0')).toBe(matches);
  });
});

describe('a rule in OUTPUT matches', () => {
  const node = flow('node > 10.244.1.5:80 tcp', { from: { uid: 1000, gid: 1000 } });
  test.each([
    ['-o cni0', node, true],
    ['! -o cni0', node, false],
    ['-m owner --uid-owner 1000', node, true],
    ['-m owner --uid-owner 0-999', node, false],
    ['-m owner ! --gid-owner 0', node, true],
    ['-m owner --socket-exists', node, true],
  ] as const)('%s', (options, packet, matches) => {
    const rules = dump({ filter: [`-A OUTPUT ${options}`] });
    expect(send(rules, packet).path.includes('filter/OUTPUT/0')).toBe(matches);
  });
});

describe('a rule that failed says why', () => {
  test.each([
    ['-d 10.96.0.10/32 -j DROP', 'the packet goes to 10.244.1.5, not 10.96.0.10'],
    ['! -d 10.244.0.0/16 -j DROP', 'the packet goes to 10.244.1.5, and the rule excludes 10.244.0.0/16'],
    ['-p udp -j DROP', 'the packet is tcp, not udp'],
    ['-p tcp -m tcp --dport 443 -j DROP', 'the packet’s destination port is 80, not 443'],
    ['-i cni0 -j DROP', 'the packet came in by eth0, not cni0'],
    ['-m mark --mark 0x4000/0x4000 -j DROP', 'the packet’s mark is 0x0, not 0x4000/0x4000'],
    ['-m addrtype --dst-type LOCAL -j DROP', '10.244.1.5 is of type UNICAST, not LOCAL'],
    [
      '-m conntrack --ctstate RELATED,ESTABLISHED -j DROP',
      'the packet’s state is NEW, not RELATED or ESTABLISHED',
    ],
  ])('%s', (options, reason) => {
    const rules = dump({ filter: [`-A FORWARD ${options}`] });
    expect(reasonsOf(rules)).toEqual([reason]);
  });
});

function reasonsOf(rules: string): readonly string[] {
  const [outcome] = engineOf(rules).trace(client(), { considered: true }).outcomes;
  return (outcome?.steps ?? []).flatMap((step) => (step.kind === 'considered' ? [step.failure.reason] : []));
}
