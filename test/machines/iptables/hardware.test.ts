import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles, results } from '../../kernel/fixtures.ts';

const NEGATED = dump({ filter: ['-A INPUT -m mac ! --mac-source 02:00:00:00:00:01 -j DROP'] });

function verdicts(rules: string, packet: Flow, files = labFiles): readonly string[] {
  return results(engineOf(rules, files).trace(packet), packet).map(({ verdict }) => verdict);
}

/** The node's file with another type of link for eth0. */
function withLink(type: string): typeof labFiles {
  const addresses = labFiles['ip-addr.json'] ?? '';
  return { ...labFiles, 'ip-addr.json': addresses.replace('"link_type":"ether"', `"link_type":"${type}"`) };
}

describe('a rule that excludes a hardware address', () => {
  test('never matches what the node says to itself', () => {
    expect(verdicts(NEGATED, flow('loopback > 127.0.0.1:80 tcp'))).toEqual(['local']);
  });

  test.each(['none', 'ppp', 'ipip'])('never matches what comes in by a link of type %s', (type) => {
    const packet = flow('client > 192.168.0.2:80 tcp', { sourceMac: '02:00:00:00:00:02' });
    expect(verdicts(NEGATED, packet, withLink(type))).toEqual(['local']);
  });

  test('is an open question where the flow does not say the sender', () => {
    expect(verdicts(NEGATED, flow('client > 192.168.0.2:80 tcp')).toSorted()).toEqual(['drop', 'local']);
  });
});

describe('what loaded two excluded ports is not known', () => {
  const rules = '-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp ! --sport 40000 ! --dport 81 -j DROP\n';

  test('which is said where it would make a difference', () => {
    const { assumptions } = engineOf(rules).trace(flow('client > 192.168.0.2:80 tcp'));
    expect(assumptions.map(({ code }) => code)).toContain('iptables-version-unknown');
  });

  test('and only there', () => {
    const { assumptions } = engineOf(rules).trace(
      flow('client > 192.168.0.2:81 tcp', { from: { port: 50 } }),
    );
    const other = engineOf(rules).trace(flow('client > 192.168.0.2:80 tcp', { from: { port: 50 } }));
    expect(other.assumptions.map(({ code }) => code)).not.toContain('iptables-version-unknown');
    expect(assumptions.map(({ code }) => code)).toContain('iptables-version-unknown');
  });
});
