/** Packets and policy rules: which selectors a packet meets where it is routed, again, and checked (seen on Linux 6.18). */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { readPolicyLab } from './policyLab.ts';
import { dump, ending, engineOf, flow, labFiles, results, send } from './fixtures.ts';

const POST = dump({ nat: ['-A POSTROUTING -o eth+ -j MASQUERADE'] });

describe('policy rules', () => {
  test('of a user apply to what the node makes, and of user 0 to what it forwards', () => {
    const files = readPolicyLab({ uid_start: 0, uid_end: 0 });
    const of = (uid: number): string =>
      ending(send('', flow('node > 203.0.113.9:80 tcp', { from: { uid, gid: uid } }), files));
    expect(of(0)).toBe('forward 192.168.0.2:40000 > 203.0.113.9:80 eth1');
    expect(of(1500)).toBe('forward 192.168.0.2:40000 > 203.0.113.9:80 eth0');
    expect(send('', flow('pod > 203.0.113.9:80 tcp'), files).interface).toBe('eth1');
  });

  test('of a user that is not known are explored both ways, with the answer of -m owner', () => {
    const rules = dump({ filter: ['-A OUTPUT -m owner --uid-owner 1500 -j ACCEPT', '-A OUTPUT -j ACCEPT'] });
    const packet = flow('node > 203.0.113.9:80 tcp');
    const trace = engineOf(rules, readPolicyLab({ uid_start: 1500, uid_end: 1500 })).trace(packet);
    expect(results(trace, packet).map(({ interface: name, path }) => [name, path])).toEqual([
      ['eth1', ['filter/OUTPUT/0']],
      ['eth0', ['filter/OUTPUT/1']],
    ]);
    expect(trace.assumptions.filter(({ branched }) => branched).map(({ claim }) => claim)).toEqual([
      'the sending process runs as user 1500',
    ]);
  });

  test('of ports and protocol decide where a packet leaves and which source it gets', () => {
    const files = readPolicyLab({ ipproto: 'tcp', dport: 8443 });
    const to = (text: string): string => ending(send(POST, flow(`pod > 203.0.113.9:${text}`), files));
    expect(to('8443 tcp')).toBe('forward 172.16.5.2:40000 > 203.0.113.9:8443 eth1');
    expect(to('8443 udp')).toBe('forward 192.168.0.2:40000 > 203.0.113.9:8443 eth0');
    expect(to('80 tcp')).toBe('forward 192.168.0.2:40000 > 203.0.113.9:80 eth0');
  });

  test('look at the ports after PREROUTING', () => {
    const rules = dump({
      nat: ['-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 203.0.113.9:8443'],
    });
    const files = readPolicyLab({ ipproto: 'tcp', dport: 8443 });
    expect(send(rules, flow('pod > 198.51.100.1:80 tcp'), files).interface).toBe('eth1');
  });

  test('meet an IPv4 packet that is routed again as one of user 0', () => {
    const rules = dump({ mangle: ['-A OUTPUT -j MARK --set-xmark 0x1/0x1'] });
    const through = (uid: number, files: ReturnType<typeof readPolicyLab>): string | null =>
      send(rules, flow('node > 203.0.113.9:80 tcp', { from: { uid, gid: uid } }), files).interface;
    const ofUser = readPolicyLab({ uid_start: 1500, uid_end: 1500 });
    const ofRoot = readPolicyLab({ uid_start: 0, uid_end: 0 });
    expect([through(1500, ofUser), through(0, ofUser)]).toEqual(['eth0', 'eth0']);
    expect([through(1500, ofRoot), through(0, ofRoot)]).toEqual(['eth1', 'eth1']);
  });

  test('of ports turn round for the check of the source (rp_filter)', () => {
    const files = readPolicyLab({ sport: 8443 }, ['net.ipv4.conf.eth1.rp_filter = 1']);
    const at = (port: number): string =>
      send('', flow(`client > 10.244.1.5:${port} tcp`, { from: { interface: 'eth1' } }), files).verdict;
    expect([at(8443), at(80)]).toEqual(['forward', 'drop']);
  });

  test('of protocol and ports never meet -m rpfilter of IPv4, which does not look at either', () => {
    const rules = dump({ raw: ['-A PREROUTING -m rpfilter --invert -j DROP'] });
    const files = readPolicyLab({ ipproto: 'tcp' });
    const packet = flow('client > 10.244.1.5:80 tcp', { from: { interface: 'eth1' } });
    expect(send(rules, packet, files).verdict).toBe('drop');
    expect(send(rules, packet, readPolicyLab({ iif: 'lo' })).verdict).toBe('forward');
  });

  test('of a tunnel key are open for what comes in', () => {
    const packet = flow('client > 10.244.2.5:80 tcp');
    const trace = engineOf('', readPolicyLab({ tun_id: 7 })).trace(packet);
    expect(results(trace, packet).map(({ interface: name }) => name)).toEqual(['eth1', 'eth0']);
    expect(trace.assumptions.find(({ branched }) => branched)?.claim).toBe(
      'the packet came out of a tunnel with the key 7',
    );
  });

  test('that are not understood are explored both ways and named', () => {
    const packet = flow('pod > 203.0.113.9:80 tcp');
    const trace = engineOf('', readPolicyLab({ flowlabel: '0x1' })).trace(packet);
    expect(results(trace, packet).map(({ interface: name }) => name)).toEqual(['eth1', 'eth0']);
    expect(trace.assumptions.find(({ branched }) => branched)).toMatchObject({
      code: 'policy-rule-unknown',
      claim: 'the policy rule of priority 10 applies to the packet (flowlabel)',
    });
  });
});

const checking = (options: string): string => dump({ raw: [`-A PREROUTING -m rpfilter ${options} -j DROP`] });
const coming = (address: string, name: string): Flow =>
  flow('client > 10.244.1.5:80 udp', { from: { address, interface: name } });

describe('-m rpfilter', () => {
  const files = readPolicyLab(null, ['net.ipv4.conf.all.accept_local = 1']);

  test.each([
    ['--accept-local --invert', '192.168.0.2', 'eth1', 'drop'],
    ['--accept-local --invert', '192.168.0.2', 'eth0', 'forward'],
    ['--accept-local --loose --invert', '192.168.0.2', 'eth1', 'forward'],
    ['--loose --invert', '192.168.0.2', 'eth0', 'drop'],
    ['--invert', '198.51.100.7', 'eth1', 'drop'],
    ['--loose --invert', '198.51.100.7', 'eth1', 'forward'],
  ])('%s of %s by %s: %s', (options, address, name, verdict) => {
    expect(send(checking(options), coming(address, name), files).verdict).toBe(verdict);
  });

  test('holds for the node’s own broadcast, heard again', () => {
    const outcome = send(
      dump({ raw: ['-A PREROUTING -m rpfilter --invert -j DROP'], mangle: ['-A INPUT'] }),
      flow('node > 192.168.0.255:80 udp'),
      files,
    );
    expect(outcome.path).toEqual(['mangle/INPUT/0']);
  });

  test.each([
    ['0.0.0.0', '224.0.0.9', true],
    ['0.0.0.0', '239.1.1.1', false],
    ['0.0.0.0', '255.255.255.255', true],
  ])('from %s to %s: %s', (source, destination, holds) => {
    const packet = flow(`client > ${destination}:80 udp`, { from: { address: source } });
    const { path } = send(dump({ raw: ['-A PREROUTING -m rpfilter'] }), packet, files);
    expect(path).toEqual(holds ? ['raw/PREROUTING/0'] : []);
  });

  test.each(['ff02::9', 'ff05::9'])(
    'holds for a source of many in IPv6 (%s), which a bridge shows',
    (address) => {
      const routes: unknown[] = JSON.parse(labFiles['ip6-route.json'] ?? '[]');
      const many = ['eth0', 'cni0'].map((dev) => ({
        dst: 'ff00::/8',
        dev,
        type: 'multicast',
        table: 'local',
        flags: [],
      }));
      const packet: Flow = {
        family: 6,
        from: { kind: 'pod', address, port: 53, interface: 'cni0' },
        to: { address: '2001:db8:2::10', port: 80 },
        protocol: 'tcp',
      };
      const mine = { ...labFiles, 'ip6-route.json': JSON.stringify([...routes, ...many]) };
      const checks = ['-A PREROUTING -m rpfilter', '-A PREROUTING -m rpfilter --loose'];
      const rules = dump({ raw: checks }).replaceAll('iptables', 'ip6tables');
      const [outcome] = results(engineOf(rules, mine, 6).trace(packet), packet);
      expect(outcome?.path).toEqual(['raw/PREROUTING/0', 'raw/PREROUTING/1']);
    },
  );
});

describe('the interface that a packet comes in by', () => {
  test('is found by the rules that an answer would meet', () => {
    const files = readPolicyLab({ ipproto: 'tcp', sport: 8443 });
    const ruleset = dump({ filter: ['-A FORWARD -i eth1 -j ACCEPT', '-A FORWARD -i eth0 -j ACCEPT'] });
    const { interface: unknown, ...client } = flow('client > 10.244.1.5:80 tcp').from;
    const path = (port: number): readonly string[] =>
      send(ruleset, { ...flow(`client > 10.244.1.5:${port} tcp`), from: client }, files).path;
    expect(unknown).toBe('eth0');
    expect([path(8443), path(80)]).toEqual([['filter/FORWARD/0'], ['filter/FORWARD/1']]);
  });
});

describe('subnet-router anycast', () => {
  const packet = {
    ...flow('node > fd00:172:5:::80 udp'),
    family: 6 as const,
    from: { kind: 'node' as const, address: 'fd00:192:168::2', port: 40000, interface: null },
    to: { address: 'fd00:172:5::', port: 80 },
  };

  test('of an own prefix stays on the node', () => {
    const rules = dump({ filter: ['-A INPUT -m addrtype --dst-type ANYCAST', '-A INPUT -i lo -j DROP'] });
    const [outcome] = results(
      engineOf(rules.replaceAll('iptables-save', 'ip6tables-save'), readPolicyLab(null), 6).trace(packet),
      packet,
    );
    expect(outcome).toMatchObject({ verdict: 'drop', path: ['filter/INPUT/0', 'filter/INPUT/1'] });
  });

  test('refuse the answer of a REJECT, which the node then does not send', () => {
    const lab = readPolicyLab({ ipproto: 'icmp' });
    const files = {
      ...lab,
      'ip-rule.json': (lab['ip-rule.json'] ?? '').replace('"table":"102"', '"action":"prohibit"'),
    };
    const rejected = (how: string): string => {
      const rules = dump({ filter: [`-A FORWARD -p tcp -j REJECT --reject-with ${how}`] });
      return send(rules, flow('client > 10.244.1.5:80 tcp'), files).verdict;
    };
    expect(rejected('icmp-port-unreachable')).toBe('drop');
    expect(rejected('tcp-reset')).toBe('reject');
  });
});
