import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles, results } from '../../kernel/fixtures.ts';

const NEGATED = dump({ filter: ['-A INPUT -m mac ! --mac-source 02:00:00:00:00:01 -j DROP'] });

function verdicts(rules: string, packet: Flow, files = labFiles): readonly string[] {
  return results(engineOf(rules, files).trace(packet), packet).map(({ verdict }) => verdict);
}

/** The node's file with another type of link for eth0. */
function withLink(type: string, files = labFiles): typeof labFiles {
  const addresses = files['ip-addr.json'] ?? '';
  return { ...files, 'ip-addr.json': addresses.replace('"link_type":"ether"', `"link_type":"${type}"`) };
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

describe('eui64 and the node’s own multicast as it hears it', () => {
  const own: Flow = {
    family: 6,
    from: { kind: 'node', address: 'fd00:192:168::2', port: 40000, interface: null },
    to: { address: 'ff02::1', port: 53 },
    protocol: 'udp',
  };
  const group =
    ',{"type":"multicast","dst":"ff00::/8","dev":"eth0","table":"local","protocol":"kernel","metric":256,"flags":[]}]';
  const files = { ...labFiles, 'ip6-route.json': (labFiles['ip6-route.json'] ?? '').replace(/\]$/, group) };

  function path(rules: readonly string[], node: typeof labFiles = files): readonly string[] {
    const text = dump({ mangle: [...rules, '-A INPUT'] }).replace('iptables-save', 'ip6tables-save');
    const [only] = results(engineOf(text, node, 6).trace(own), own);
    return only?.path.filter((place) => place.startsWith('mangle/INPUT')) ?? [];
  }

  test('throws it away, whatever stands behind', () => {
    expect(path([])).toEqual(['mangle/INPUT/0']);
    expect(path(['-A INPUT -m eui64'])).toEqual([]);
    expect(path(['-A INPUT -p udp -m eui64 -m udp --dport 80'])).toEqual([]);
  });

  test('but only where what stands before it has matched', () => {
    expect(path(['-A INPUT -p udp -m udp --dport 80 -m eui64'])).toEqual(['mangle/INPUT/1']);
    expect(path(['-A INPUT -p udp -m quota ! --quota 100000 -m eui64'])).toEqual(['mangle/INPUT/1']);
  });

  test('in a long chain, too, whose rules are filed by their ports', () => {
    const others = Array.from({ length: 60 }, (_, port) => `-A INPUT -p udp -m udp --dport ${1000 + port}`);
    expect(path([...others, '-A INPUT -p udp -m eui64 -m udp --dport 80'])).toEqual([]);
  });

  test('goes on where the interface is no Ethernet', () => {
    expect(path(['-A INPUT -m eui64'], withLink('none', files))).toEqual(['mangle/INPUT/1']);
  });
});
