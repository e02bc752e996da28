import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import type { Trace } from '../../src/kernel/trace.ts';
import { dump, ending, engineOf, flow, labFiles, results, send } from './fixtures.ts';

function byRule(rule: string, port: number): Trace {
  return engineOf(dump({ nat: [`-A PREROUTING -p tcp -j ${rule}`] }), {}).trace(
    flow(`client > 10.96.0.5:${port} tcp`),
  );
}

function codes(rule: string, port: number): readonly string[] {
  return byRule(rule, port).assumptions.map(({ code }) => code);
}

/** A rule that counts packets from these ports. */
function asked(range: string): string {
  return `-A PREROUTING -i lo -p udp -m udp --sport ${range}`;
}

describe('address translation', () => {
  test('DNAT in OUTPUT routes again, but filter OUTPUT still sees the first interface, POSTROUTING the second', () => {
    const rules = dump({
      nat: [
        '-A OUTPUT -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.5:8080',
        '-A POSTROUTING -o cni0',
      ],
      filter: ['-A OUTPUT -o eth0', '-A OUTPUT -o cni0'],
    });
    const outcome = send(rules, flow('node > 10.96.0.10:80 tcp'));
    expect(ending(outcome)).toBe('forward 192.168.0.2:40000 > 10.244.1.5:8080 cni0');
    expect(outcome.path).toEqual(['nat/OUTPUT/0', 'filter/OUTPUT/0', 'nat/POSTROUTING/0']);
  });

  test('MASQUERADE takes the address of the output interface and keeps a free port', () => {
    const rules = dump({ nat: ['-A POSTROUTING -j MASQUERADE'] });
    expect(ending(send(rules, flow('node > 10.244.1.5:80 tcp')))).toBe(
      'forward 10.244.1.1:40000 > 10.244.1.5:80 cni0',
    );
    expect(ending(send(rules, flow('pod > 203.0.113.9:80 tcp')))).toBe(
      'forward 192.168.0.2:40000 > 203.0.113.9:80 eth0',
    );
  });

  test('MASQUERADE of IPv6 goes by the destination, whatever the next hop is', () => {
    const rules = dump({ nat: ['-A POSTROUTING -j MASQUERADE'] }).replaceAll(
      'iptables-save',
      'ip6tables-save',
    );
    const own = ['fd00:172:6::1', 'fd00:172:5::2'].map((local) => ({
      family: 'inet6',
      local,
      prefixlen: 64,
      scope: 'global',
    }));
    const files = {
      ...labFiles,
      'ip-addr.json': JSON.stringify([{ ifindex: 2, ifname: 'eth0', flags: ['UP'], addr_info: own }]),
      'ip6-route.json': JSON.stringify([
        { dst: 'default', gateway: 'fd00:172:5::1', dev: 'eth0', flags: [] },
      ]),
    };
    const packet: Flow = {
      family: 6,
      from: { kind: 'pod', address: 'fd00:10:244:1::5', port: 40000, interface: 'cni0' },
      to: { address: 'fd00:172:9::9', port: 80 },
      protocol: 'tcp',
    };
    const [outcome] = results(engineOf(rules, files, 6).trace(packet), packet);
    expect(outcome?.source).toBe('[fd00:172:6::1]:40000');
  });

  test('MASQUERADE out of lo takes a global address, never 127.0.0.1', () => {
    const rules = dump({ nat: ['-A POSTROUTING -j MASQUERADE'] });
    expect(ending(send(rules, flow('loopback > 127.0.0.1:80 tcp')))).toBe(
      'local 192.168.0.2:40000 > 127.0.0.1:80 lo',
    );
  });

  test('--random-fully gives any port, and so does a port that is taken', () => {
    const fully = dump({ nat: ['-A POSTROUTING -j MASQUERADE --random-fully'] });
    expect(send(fully, flow('pod > 203.0.113.9:80 tcp')).source).toBe('192.168.0.2:*');
    const plain = dump({ nat: ['-A POSTROUTING -j MASQUERADE'] });
    const other = flow('pod > 203.0.113.9:80 tcp', { from: { address: '10.244.1.7' } });
    expect(send(plain, { ...flow('pod > 203.0.113.9:80 tcp'), after: [other] }).source).toBe('192.168.0.2:*');
  });

  test('REDIRECT: the first address of the input interface, in OUTPUT the loopback address', () => {
    const rules = dump({
      nat: [
        '-A PREROUTING -p tcp -j REDIRECT --to-ports 8080',
        '-A OUTPUT -p tcp -j REDIRECT --to-ports 8080',
      ],
    });
    expect(send(rules, flow('pod > 203.0.113.9:80 tcp')).destination).toBe('10.244.1.1:8080');
    expect(ending(send(rules, flow('node > 203.0.113.9:80 tcp')))).toBe(
      'local 192.168.0.2:40000 > 127.0.0.1:8080 lo',
    );
  });

  test('NETMAP keeps the host part', () => {
    const rules = dump({ nat: ['-A PREROUTING -d 10.96.0.0/24 -j NETMAP --to 10.244.1.0/24'] });
    expect(send(rules, flow('client > 10.96.0.5:80 tcp')).destination).toBe('10.244.1.5:80');
  });

  test('of a range the kernel picks one address by a hash without a seed', () => {
    const rules = dump({ nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.244.1.5-10.244.1.7'] });
    const packet = flow('client > 10.96.0.5:80 tcp');
    expect(
      results(engineOf(rules).trace(packet), packet).map(({ destination, probability }) => [
        destination,
        probability.toFixed(3),
      ]),
    ).toEqual([['10.244.1.6:80', '1.000']]);
    const second = flow('client > 10.96.0.5:80 tcp', { from: { address: '198.51.100.8' } });
    expect(send(rules, second).destination).toBe('10.244.1.5:80');
  });

  test('of a range each address is shown where the source, which the kernel hashes, is not known', () => {
    const rules = dump({ nat: ['-A OUTPUT -p tcp -j DNAT --to-destination 10.244.1.5-10.244.1.7'] });
    const packet: Flow = {
      family: 4,
      from: { kind: 'node', address: null, port: 40000 },
      to: { address: '10.96.0.5', port: 80 },
      protocol: 'tcp',
    };
    const trace = engineOf(rules, {}).trace(packet);
    expect(trace.outcomes.map(({ destination }) => destination?.address)).toEqual([
      '10.244.1.5',
      '10.244.1.6',
      '10.244.1.7',
    ]);
    expect(trace.assumptions.map(({ code }) => code)).toContain('nat-address-unknown');
  });

  test('of a range of ports the first is taken, which not every kernel does', () => {
    const rule = 'DNAT --to-destination 10.244.1.5:8080-8090';
    expect(byRule(rule, 80).outcomes.map(({ destination }) => destination?.port)).toEqual([8080]);
    expect(codes(rule, 80)).toContain('nat-port-assumed');
    expect(codes(rule, 8085)).not.toContain('nat-port-assumed');
    expect(codes(`${rule} --random`, 80)).not.toContain('nat-port-assumed');
    expect(codes('DNAT --to-destination 10.244.1.5:8080', 80)).not.toContain('nat-port-assumed');
  });

  // As Linux 6.18 does; test/realKernel/handMadePackets.test.ts asks the kernel at hand.
  test.each([
    [80, 8000],
    [83, 8003],
    [90, 8010],
    [91, 8000],
    [102, 8000],
    [65535, 8005],
    [79, 8008],
    [75, 8004],
    [1, 8007],
  ])('a shifted range of ports takes port %i to %i', (port, to) => {
    const rules = dump({ nat: ['-A PREROUTING -p udp -j DNAT --to-destination 10.244.1.9:8000-8010/80'] });
    expect(send(rules, flow(`client > 10.96.0.5:${port} udp`)).destination).toBe(`10.244.1.9:${to}`);
  });

  // Seen of eight ports on Linux 6.18; without the first connection each went to an address of the range with its own port.
  test('a source that is mapped already gets the same address and port towards others', () => {
    const rules = dump({
      nat: [
        '-A POSTROUTING -d 203.0.113.8/32 -p udp -j SNAT --to-source 192.0.2.3:5005',
        '-A POSTROUTING -p udp -j SNAT --to-source 192.0.2.1-192.0.2.4',
        '-A POSTROUTING -p tcp -j SNAT --to-source 192.0.2.1-192.0.2.2',
      ],
    });
    const first = flow('pod > 203.0.113.8:53 udp');
    expect(send(rules, { ...flow('pod > 203.0.113.9:53 udp'), after: [first] }).source).toBe(
      '192.0.2.3:5005',
    );
    // Not one of another protocol, nor one from another port, nor where the address is not in the range.
    const others = [
      flow('pod > 203.0.113.9:53 tcp', { after: [first] }),
      flow('pod > 203.0.113.9:53 udp', { from: { port: 40001 }, after: [first] }),
    ];
    for (const other of others) {
      const sources = results(engineOf(rules).trace(other), other).map(({ source }) => source);
      expect(sources.filter((source) => source === '192.0.2.3:5005')).toEqual([]);
      expect(sources).toHaveLength(1);
    }
  });

  // Seen of 2,500 connections of each of these ports on Linux 6.18, SNAT with `--random`.
  test.each([
    [1, 1, 511],
    [511, 1, 511],
    [512, 600, 1023],
    [599, 600, 1023],
    [1023, 600, 1023],
    [1024, 1024, 65535],
    [5000, 1024, 65535],
  ])('a source port %i that has to change becomes one of %i to %i', (port, from, to) => {
    const outside = [...(from > 1 ? [`1:${from - 1}`] : []), ...(to < 65535 ? [`${to + 1}:65535`] : [])];
    const rules = dump({
      raw: [asked(`${from}:${to}`), ...outside.map(asked)],
      nat: ['-A POSTROUTING -o lo -p udp -j SNAT --to-source 10.244.1.1 --random'],
    });
    const outcome = send(rules, flow('node > 192.168.0.2:53 udp', { from: { port } }));
    expect(outcome.path.filter((place) => place.startsWith('raw'))).toEqual(['raw/PREROUTING/0']);
    const narrower = dump({
      raw: [asked(`${from + 1}:${to}`), asked(`${from}:${to - 1}`)],
      nat: ['-A POSTROUTING -o lo -p udp -j SNAT --to-source 10.244.1.1 --random'],
    });
    const odd = flow('node > 192.168.0.2:53 udp', { from: { port } });
    expect(results(engineOf(narrower).trace(odd), odd).length).toBeGreaterThan(1);
  });

  test('an answer is translated back', () => {
    const rules = dump({
      nat: [
        '-A PREROUTING -d 10.96.0.10/32 -p udp -j DNAT --to-destination 10.244.1.9:53',
        '-A POSTROUTING -j MASQUERADE',
      ],
    });
    const query = flow('client > 10.96.0.10:53 udp');
    const answer: Flow = {
      ...query,
      from: { kind: 'pod', address: '10.244.1.9', port: 53, interface: 'cni0' },
      to: { address: '10.244.1.1', port: 40000 },
      after: [query],
    };
    expect(ending(send(rules, answer))).toBe('forward 10.96.0.10:53 > 198.51.100.7:40000 eth0');
  });

  test('an answer comes to the port that the kernel picked, whichever that is', () => {
    const rules = dump({ nat: ['-A POSTROUTING -p udp -j MASQUERADE --random-fully'] });
    const query = flow('pod > 203.0.113.9:53 udp');
    const answer: Flow = {
      ...query,
      from: { kind: 'external', address: '203.0.113.9', port: 53, interface: 'eth0' },
      to: { address: '192.168.0.2', port: 51234 },
      after: [query],
    };
    expect(ending(send(rules, answer))).toBe('forward 203.0.113.9:53 > 10.244.1.5:40000 cni0');
    const stray: Flow = { ...answer, from: { ...answer.from, port: 54 } };
    expect(ending(send(rules, stray))).toBe('local 203.0.113.9:54 > 192.168.0.2:51234 eth0');
  });

  test('the connection keeps both tuples', () => {
    const rules = dump({
      nat: ['-A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.9:53'],
    });
    const [outcome] = engineOf(rules).trace(flow('client > 10.96.0.10:80 tcp')).outcomes;
    expect(outcome?.conntrack?.originalDestination).toEqual({ address: '10.96.0.10', port: 80 });
    expect(outcome?.conntrack?.replySource).toEqual({ address: '10.244.1.9', port: 53 });
  });

  test('untracked packets are not translated', () => {
    const rules = dump({
      raw: ['-A PREROUTING -j CT --notrack'],
      nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.244.1.9'],
    });
    expect(send(rules, flow('client > 203.0.113.9:80 tcp')).destination).toBe('203.0.113.9:80');
  });
});
