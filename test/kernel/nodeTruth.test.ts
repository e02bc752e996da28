/** What the node's files say of it: addresses of links that are down, routes without the table local, where REDIRECT leads. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import type { Hints } from '../../src/kernel/hints.ts';
import { dump, ending, engineOf, flow, labFiles, results, send } from './fixtures.ts';

type Files = typeof labFiles;
type Rows = readonly Readonly<Record<string, unknown>>[];

const rows = (files: Files, name: keyof Files): Rows => JSON.parse(files[name] ?? '[]');

/** The lab with a link that is never up, as those of nodelocaldns and IPVS are. */
function withDownLink(...names: readonly (keyof Files)[]): Files {
  const link = {
    ifindex: 9,
    ifname: 'nodelocaldns',
    flags: ['BROADCAST', 'NOARP'],
    operstate: 'DOWN',
    addr_info: [
      { family: 'inet', local: '169.254.20.10', prefixlen: 32, scope: 'global' },
      { family: 'inet', local: '10.5.0.1', prefixlen: 24, broadcast: '10.5.0.255', scope: 'global' },
      { family: 'inet6', local: 'fd00:96::a', prefixlen: 128, scope: 'global' },
    ],
  };
  const all: Files = {
    ...labFiles,
    'ip-addr.json': JSON.stringify([...rows(labFiles, 'ip-addr.json'), link]),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.some((each) => each === name)));
}

describe('an address of a link that is down', () => {
  const rules = dump({ filter: ['-A INPUT -d 169.254.20.10/32 -p udp --dport 53 -j DROP'] });

  test.each(['pod', 'node'])('is the node’s in IPv4, also to packets of the %s', (who) => {
    const files = withDownLink('ip-route.json', 'ip6-route.json');
    const outcome = send(rules, flow(`${who} > 169.254.20.10:53 udp`), files);
    expect(ending(outcome)).toBe('drop filter/INPUT/0');
  });

  test('is the node’s where the routes lack the table local', () => {
    const main = rows(labFiles, 'ip-route.json').filter(({ table }) => table !== 'local');
    const files = { ...withDownLink(), 'ip-route.json': JSON.stringify(main) };
    expect(ending(send(rules, flow('pod > 169.254.20.10:53 udp'), files))).toBe('drop filter/INPUT/0');
    // Its broadcast address is not: fib_add_ifaddr adds that when the link comes up.
    const outcome = send(dump({ filter: ['-A FORWARD -j DROP'] }), flow('pod > 10.5.0.255:53 udp'), files);
    expect(ending(outcome)).toBe('drop filter/FORWARD/0');
  });

  test('is open in IPv6, where that hangs on what came first', () => {
    const packet = {
      ...flow('pod > fd00:96::a:53 udp'),
      family: 6 as const,
      from: { kind: 'pod' as const, address: 'fd00:10:244:1::5', port: 40000, interface: 'cni0' },
      to: { address: 'fd00:96::a', port: 53 },
    };
    const files = withDownLink('ip-route.json', 'ip6-route.json');
    const verdicts = results(engineOf('', files, 6).trace(packet), packet).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['local', 'forward']);
  });

  test('may be the source of a packet that leaves by a link without one', () => {
    const bare = { ifindex: 10, ifname: 'wg0', flags: ['NOARP', 'UP'], addr_info: [] };
    const eth0 = rows(labFiles, 'ip-addr.json').filter(({ ifname }) => ifname === 'lo');
    const files: Files = {
      ...labFiles,
      'ip-addr.json': JSON.stringify([...eth0, rows(withDownLink(), 'ip-addr.json').at(-1), bare]),
      'ip-route.json': JSON.stringify([
        ...rows(labFiles, 'ip-route.json').filter(({ dst }) => dst === '127.0.0.0/8'),
        { dst: 'default', dev: 'wg0', scope: 'link', flags: [] },
      ]),
    };
    const outcome = send('', flow('node > 203.0.113.9:80 tcp', { from: { address: null } }), files);
    expect(outcome.source).toBe('169.254.20.10:40000');
  });
});

describe('a file of the table main alone', () => {
  const main = rows(labFiles, 'ip-route.json').filter(({ table }) => table !== 'local');
  const files: Files = { ...labFiles, 'ip-route.json': JSON.stringify(main) };
  const rules = dump(
    {
      nat: [
        '-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 31080 -j DNAT --to-destination 10.244.1.5:8080',
      ],
    },
    { 'filter/INPUT': 'DROP' },
  );

  test('leaves the node its addresses, and every answer names that', () => {
    const trace = engineOf(rules, files).trace(flow('client > 192.168.0.2:31080 tcp'));
    expect(trace.outcomes.map(({ verdict, destination }) => [verdict, destination?.address])).toEqual([
      ['forward', '10.244.1.5'],
    ]);
    expect(trace.assumptions.map(({ message }) => message).join()).toContain(
      'the node’s own addresses are those of ip-addr.json, as ip-route.json lacks the table local',
    );
    expect(send('', flow('client > 192.168.0.2:22 tcp'), files).verdict).toBe('local');
  });

  test('without the addresses, what may be the node’s is explored both ways', () => {
    const packet = flow('client > 10.244.1.77:22 tcp');
    const { 'ip-addr.json': _, ...alone } = files;
    const trace = engineOf('', alone).trace(packet);
    expect(results(trace, packet).map(ending)).toEqual([
      'local 198.51.100.7:40000 > 10.244.1.77:22 eth0',
      'forward 198.51.100.7:40000 > 10.244.1.77:22 cni0',
    ]);
    expect(send('', flow('client > 192.168.0.2:22 tcp'), alone).verdict).toBe('local');
  });
});

describe('REDIRECT in PREROUTING', () => {
  const rules = dump({
    nat: ['-A PREROUTING -p tcp -j REDIRECT --to-ports 15006'],
    filter: ['-A INPUT -d 127.0.0.0/8 -j DROP', '-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT'],
  });
  const { interface: _, ...client } = flow('client > 192.0.2.10:8080').from;

  test('leads to the first address of the interface, secondary or not', () => {
    const links = rows(labFiles, 'ip-addr.json').map((link) =>
      link['ifname'] === 'eth0'
        ? {
            ...link,
            addr_info: [
              { family: 'inet', local: '192.168.0.9', prefixlen: 24, scope: 'link' },
              { family: 'inet', local: '192.168.0.2', prefixlen: 24, scope: 'global', secondary: true },
            ],
          }
        : link,
    );
    const files = { ...labFiles, 'ip-addr.json': JSON.stringify(links) };
    expect(send(rules, flow('client > 192.0.2.10:8080 tcp'), files).destination).toBe('192.168.0.9:15006');
  });

  test('leads to the only address that the table local has of the interface', () => {
    const { 'ip-addr.json': _addresses, ...files } = labFiles;
    expect(send(rules, flow('client > 192.0.2.10:8080 tcp'), files).destination).toBe('192.168.0.2:15006');
  });

  test('leads to the node, whatever is not known; its rules are then asked about the address', () => {
    const packet = { ...flow('client > 192.0.2.10:8080 tcp'), from: client };
    const trace = engineOf(rules, {}).trace(packet);
    expect(
      results(trace, packet).map(({ verdict, destination, path }) => [verdict, destination, path]),
    ).toEqual([
      ['drop', null, ['nat/PREROUTING/0', 'filter/INPUT/0']],
      ['local', '192.0.2.10:15006', ['nat/PREROUTING/0', 'filter/INPUT/1']],
    ]);
    expect(trace.assumptions.map(({ code }) => code)).toContain('redirect-address-unknown');
    expect(trace.assumptions.map(({ code }) => code)).not.toContain('route-localnet-unknown');
  });

  test('shows an address of the node where some are known', () => {
    const packet = { ...flow('client > 198.18.0.1:8080 tcp'), from: client };
    const files = { 'ip-addr.json': labFiles['ip-addr.json'] ?? '' };
    const shown = results(engineOf(rules, files).trace(packet), packet).map(({ destination }) => destination);
    expect(shown).toContain('192.168.0.2:15006');
  });
});

describe('a destination that a rule chose and that may be the node’s', () => {
  const nat = ['-A PREROUTING -p tcp -m tcp --dport 443 -j DNAT --to-destination 192.0.2.10:6443'];
  const packet = flow('pod > 10.96.0.1:443 tcp');
  const endings = (rules: string, hints?: Hints): readonly string[] =>
    results(engineOf(rules, {}).trace(packet, hints === undefined ? {} : { hints }), packet).map(ending);
  const forwarded = 'forward 10.244.1.5:40000 > 192.0.2.10:6443 null';

  test('is explored both ways where INPUT would not deliver it', () => {
    const rules = dump(
      { nat, filter: ['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'] },
      { 'filter/INPUT': 'DROP' },
    );
    expect(endings(rules)).toEqual(['drop filter/INPUT/policy', forwarded]);
  });

  test('is taken for a pod or another machine, aloud, where INPUT would', () => {
    const rules = dump({ nat, filter: ['-A INPUT -p udp -j DROP'] });
    expect(endings(rules)).toEqual([forwarded]);
    expect(
      engineOf(rules, {})
        .trace(packet)
        .assumptions.map(({ message }) => message),
    ).toContain(
      '192.0.2.10 is taken to be a pod or another machine; whether it is this node’s own address is not known.',
    );
  });

  test('is what a hint says', () => {
    const rules = dump({ nat }, { 'filter/INPUT': 'DROP' });
    const hints: Hints = {
      addressHint: () => null,
      targetHint: () => ({ type: 'UNICAST', because: 'it is a test' }),
      interfaceHint: () => null,
      isPodNetwork: () => false,
    };
    expect(endings(rules, hints)).toEqual([forwarded]);
  });

  test('gives the rules that were considered on each of its ways', () => {
    const filter = Array.from(
      { length: 40 },
      (_, index) => `-A INPUT -p tcp -m tcp --dport ${index + 1} -j ACCEPT`,
    );
    const engine = engineOf(dump({ nat, filter }, { 'filter/INPUT': 'DROP' }), {});
    const slice = { source: 'iptables', table: 'filter', chain: 'INPUT', from: 0, to: 40 };
    const counts = engine.trace(packet).ways.map((way) => engine.considered(packet, way, slice).length);
    expect(counts).toEqual([40, 0]);
  });
});

/** As `bridge -d link` prints it. */
function port(name: string, hairpin: string): string {
  return `4: ${name}: <UP> mtu 1500 master cni0 state forwarding priority 32 cost 2\n    hairpin ${hairpin} guard off\n`;
}

describe('a pod that reaches itself through a Service', () => {
  const rules = dump({
    nat: ['-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.5:8080'],
  });
  const packet = flow('pod > 10.96.7.7:80 tcp');
  const trace = (files: Files): ReturnType<ReturnType<typeof engineOf>['trace']> =>
    engineOf(rules, files).trace(packet);
  const verdicts = (files: Files): readonly string[] => trace(files).outcomes.map(({ verdict }) => verdict);
  const said = (files: Files): string =>
    trace(files)
      .assumptions.map(({ code }) => code)
      .filter((code) => code.startsWith('hairpin'))
      .join();

  test.each([
    ['on', port('vethpods', 'on'), ['forward'], ''],
    ['off', port('vethpods', 'off'), ['drop'], ''],
    ['mixed', port('vethpods', 'on') + port('veth1', 'off'), ['forward', 'drop'], 'hairpin-unknown'],
  ])('is handed back by a port with hairpin mode: %s', (_, text, expected, code) => {
    const files = { ...labFiles, 'bridge-link.txt': text };
    expect(verdicts(files)).toEqual(expected);
    expect(said(files)).toBe(code);
  });

  test('is taken to be handed back, aloud, where no file tells of the ports, or the bridge is promiscuous', () => {
    const { 'bridge-link.txt': _, ...without } = labFiles;
    const { 'ip-addr.json': _addresses, ...alone } = without;
    const links = rows(labFiles, 'ip-addr.json').map((link) =>
      link['ifname'] === 'cni0' ? { ...link, flags: ['PROMISC', 'UP'] } : link,
    );
    const promiscuous: Files = {
      ...labFiles,
      'ip-addr.json': JSON.stringify(links),
      'bridge-link.txt': port('vethpods', 'off'),
    };
    for (const files of [without, alone, promiscuous]) {
      expect(verdicts(files)).toEqual(['forward']);
      expect(said(files)).toBe('hairpin-assumed');
    }
  });
});

function inIPv6(address: string): Flow {
  return {
    ...flow('pod > fd00:192:168::2:80 udp'),
    family: 6,
    from: { kind: 'pod', address: 'fd00:10:244:1::5', port: 40000, interface: 'cni0' },
    to: { address, port: 80 },
  };
}

describe('what is known without the rest', () => {
  test('IPv6 addresses without IPv6 routes: the node’s own are', () => {
    const { 'ip6-route.json': _, ...files } = labFiles;
    const ends = (address: string): readonly (readonly [string, number])[] =>
      engineOf('', files, 6)
        .trace(inIPv6(address))
        .outcomes.map(({ verdict, assuming }) => [verdict, assuming.length]);
    expect(ends('fd00:192:168::2')).toEqual([['local', 0]]);
    expect(ends('2001:db8::9')).toEqual([
      ['local', 1],
      ['forward', 1],
    ]);
  });

  test('routes without the way in: the way out is', () => {
    const routes = rows(labFiles, 'ip-route.json').filter(({ dst }) => dst !== 'default');
    const files = { ...labFiles, 'ip-route.json': JSON.stringify(routes) };
    const { interface: _, ...from } = flow('client > 10.244.1.5:80').from;
    const rules = dump({ nat: ['-A POSTROUTING -o cni0 -j MASQUERADE'] });
    expect(ending(send(rules, { ...flow('client > 10.244.1.5:80 tcp'), from }, files))).toBe(
      'forward 10.244.1.1:40000 > 10.244.1.5:80 cni0',
    );
  });
});

describe('the group of all nodes', () => {
  const rules = dump({ mangle: ['-A INPUT', '-A POSTROUTING'] });

  test('hears what the node sends to it', () => {
    expect(send(rules, flow('node > 224.0.0.1:80 udp')).path).toEqual([
      'mangle/POSTROUTING/0',
      'mangle/INPUT/0',
      'mangle/POSTROUTING/0',
    ]);
    expect(send(rules, flow('node > 224.0.0.2:80 udp')).path).toEqual(['mangle/POSTROUTING/0']);
  });

  // Seen on Linux 6.18, with forwarding on.
  test.each([
    ['ff02::1', true],
    ['ff02::2', true],
    ['ff02::1:ff00:2', true],
    ['ff02::1:ff00:3', false],
    ['ff02::9', false],
  ])('and other groups that IPv6 joins of itself: %s: %s', (address, isHeard) => {
    const packet: Flow = {
      ...flow('node > 224.0.0.1:80 udp'),
      family: 6,
      from: { kind: 'node', address: 'fd00:192:168::2', port: 40000, interface: null },
      to: { address, port: 80 },
    };
    const routes = [
      ...rows(labFiles, 'ip6-route.json'),
      { type: 'multicast', dst: 'ff00::/8', dev: 'eth0', table: 'local', protocol: 'kernel', flags: [] },
    ];
    const files = { ...labFiles, 'ip6-route.json': JSON.stringify(routes) };
    const ruleset = rules.replaceAll('iptables-save', 'ip6tables-save');
    const [outcome] = results(engineOf(ruleset, files, 6).trace(packet), packet);
    expect(outcome?.path.includes('mangle/INPUT/0')).toBe(isHeard);
  });
});

/** The verdicts of a packet from outside to an address that nothing is known of. */
function endsWith(sysctls: string): readonly string[] {
  const from = { kind: 'external', address: '203.0.113.9', port: 40000 } as const;
  const packet: Flow = { ...flow('pod > 10.1.2.3:80'), from };
  const trace = engineOf(dump({ filter: [] }), { 'sysctl.txt': sysctls }).trace(packet);
  return results(trace, packet).map(({ verdict }) => verdict);
}

describe('a node that forwards nothing, its routes not known', () => {
  test.each([
    ['net.ipv4.ip_forward = 0', ['local', 'drop']],
    ['net.ipv4.ip_forward = 0\nnet.ipv4.conf.eth0.forwarding = 0', ['local', 'drop']],
    ['net.ipv4.ip_forward = 0\nnet.ipv4.conf.eth0.forwarding = 1', ['local', 'forward']],
    ['net.ipv4.ip_forward = 1', ['local', 'forward']],
    ['', ['local', 'forward']],
  ])('%s', (sysctls, verdicts) => {
    expect(endsWith(sysctls)).toEqual(verdicts);
  });
});
