/** Answers to a connection whose source port the kernel picked at random: nobody knows to which port they come. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles } from '../fixtures.ts';

const rules = dump({
  nat: [
    '-A POSTROUTING -o eth0 -p udp -j MASQUERADE --to-ports 2000-2999 --random',
    '-A POSTROUTING -o eth0 -j MASQUERADE --random-fully',
  ],
  filter: ['-A INPUT -m conntrack --ctstate ESTABLISHED', '-A FORWARD -m conntrack --ctstate ESTABLISHED'],
});
const sent = (protocol: 'tcp' | 'udp'): Flow => ({
  ...flow(`client > 203.0.113.9:80 ${protocol}`),
  from: { kind: 'pod', address: '10.244.1.5', port: 40_001, interface: 'cni0' },
});
const answer = (protocol: 'tcp' | 'udp', port: number): Flow => ({
  family: 4,
  from: { kind: 'external', address: '203.0.113.9', port: 80, interface: 'eth0' },
  to: { address: '192.168.0.2', port },
  protocol,
  packet: protocol === 'tcp' ? { tcpFlags: ['SYN', 'ACK'] } : {},
  after: [sent(protocol)],
});
const traced = (packet: Flow) => engineOf(rules, labFiles).trace(packet);
const keysOf = ({ assumptions }: ReturnType<typeof traced>): readonly string[] =>
  assumptions.map(({ key }) => key);

describe('a packet behind one whose port the kernel picked', () => {
  test('is taken for an answer where it may be one, and says so', () => {
    const trace = traced(answer('udp', 2500));
    expect(trace.outcomes[0]?.destination).toEqual({ address: '10.244.1.5', port: 40_001 });
    expect(keysOf(trace)).toContain('picked-port:2500');
  });

  test('is none where nobody picks such a port', () => {
    const trace = traced(answer('udp', 3000));
    expect(trace.outcomes[0]).toMatchObject({
      verdict: 'local',
      source: { address: '203.0.113.9', port: 80 },
      destination: { address: '192.168.0.2', port: 3000 },
    });
    expect(keysOf(trace)).not.toContain('picked-port:3000');
    expect(traced(answer('tcp', 80)).outcomes[0]?.verdict).toBe('local');
  });

  test('is none where the caller says so', () => {
    const decisions = [{ key: 'picked-port:2500', value: false }];
    const trace = engineOf(rules, labFiles).trace(answer('udp', 2500), { decisions });
    expect(trace.outcomes[0]?.verdict).toBe('local');
  });

  test('of a ping, too: the identifier is drawn as well', () => {
    const query = { icmpCode: 0, icmpId: 7 };
    const ping: Flow = {
      ...flow('client > 203.0.113.9 icmp', { packet: { icmpType: 8, ...query } }),
      from: { kind: 'pod', address: '10.244.1.5', port: null, interface: 'cni0' },
    };
    const pong: Flow = {
      family: 4,
      from: { kind: 'external', address: '203.0.113.9', port: null, interface: 'eth0' },
      to: { address: '192.168.0.2', port: null },
      protocol: 'icmp',
      packet: { icmpType: 0, ...query },
      after: [ping],
    };
    expect(keysOf(traced(pong))).toContain('picked-id:7');
    expect(traced(pong).outcomes[0]?.destination?.address).toBe('10.244.1.5');
    const { outcomes } = engineOf(rules, labFiles).trace(pong, {
      decisions: [{ key: 'picked-id:7', value: false }],
    });
    expect(outcomes[0]?.destination?.address).toBe('192.168.0.2');
  });
});
