import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../../src/values/address.ts';
import type { Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import { addressType, routeInput } from '../../../src/kernel/node/routing.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { recordedFiles } from './recordedNode.ts';

function nodeOf(name: SnapshotFileName, text: string): Node {
  return readNode(new Map([[name, text]]));
}

/** A snapshot with an empty conntrack.txt that says what it misses. */
function taken(missing: readonly object[]): Node {
  const files = [
    ['conntrack.txt', '\n'],
    ['snapshot.json', JSON.stringify({ missing })],
  ] as const;
  return readNode(new Map(files));
}

describe('files that a node wrote', () => {
  test('ip-addr.json: interfaces with their addresses', () => {
    const node = readNode(recordedFiles());
    const eth0 = node.interfaces?.get('eth0');
    expect(node.problems).toEqual([]);
    expect(eth0).toMatchObject({ index: 2, up: true, loopback: false, master: null });
    const addresses = eth0?.addresses.map((at) => [formatAddress(at.address), at.prefixLength, at.secondary]);
    expect(addresses?.slice(0, 3)).toEqual([
      ['10.1.0.1', 24, false],
      ['10.1.0.9', 24, true],
      ['fd00:1::1', 64, false],
    ]);
  });

  test('ip-route.json: IPv6 routes in it count when there is no file of their own', () => {
    const both = [recordedFiles().get('ip-route.json'), recordedFiles().get('ip6-route.json')].join('\n');
    const merged = JSON.stringify(
      both
        .split('\n')
        .filter((line) => line.startsWith('  '))
        .map((line) => JSON.parse(line.replace(/,$/, '')) as unknown),
    );
    const node = nodeOf('ip-route.json', merged);
    expect(node.routes[6]?.length).toBe(readNode(recordedFiles()).routes[6]?.length);
    expect(node.routes[4]?.length).toBe(readNode(recordedFiles()).routes[4]?.length);
  });

  test('ip-route.json: several next hops, another family as gateway, no table = main', () => {
    const text =
      '[{"dst":"10.9.0.0/16","flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"eth0","weight":1,"flags":[]},{"gateway":"10.5.0.2","dev":"p0","weight":1,"flags":["linkdown"]}]},' +
      '{"dst":"10.66.0.0/16","via":{"family":"inet6","host":"fe80::1"},"dev":"eth0","flags":[]}]';
    const routes = nodeOf('ip-route.json', text).routes[4];
    expect(routes?.[0]).toMatchObject({
      table: 'main',
      nexthops: [{ interface: 'eth0' }, { interface: 'p0', flags: ['linkdown'] }],
    });
    expect(routes?.[1]).toMatchObject({ interface: 'eth0', gateway: { family: 6 } });
  });

  test('ip-rule.json: marks, prefixes, negation, suppression, actions', () => {
    const text =
      '[{"priority":0,"src":"all","table":"local"},{"priority":99,"src":"all","nop":null},{"priority":32763,"src":"all","uid_start":0,"uid_end":100,"ipproto":"tcp","dport":80,"goto":32766},' +
      '{"priority":32764,"src":"10.0.0.0","srclen":8,"dst":"1.2.3.0","dstlen":24,"tos":"0x10","iif":"eth0","oif":"p0","action":"prohibit"},' +
      '{"priority":32765,"not":null,"src":"all","fwmark":"0x10","fwmask":"0xf0","table":"100","suppress_prefixlen":0},{"priority":32766,"src":"all","table":"main"}]';
    const node = nodeOf('ip-rule.json', text);
    expect(node.problems).toEqual([]);
    expect(node.rules?.[1]?.action).toEqual({ kind: 'nop' });
    expect(node.rules?.[2]).toMatchObject({
      selectors: [
        { kind: 'protocol', protocol: 6 },
        { kind: 'port', end: 'destination', from: 80, to: 80, mask: 0 },
        { kind: 'user', from: 0, to: 100 },
      ],
      action: { kind: 'goto', priority: 32766 },
    });
    expect(node.rules?.[3]).toMatchObject({
      tos: 16,
      inputInterface: 'eth0',
      outputInterface: 'p0',
      action: { kind: 'prohibit' },
    });
    expect(node.rules?.[4]).toMatchObject({ not: true, mark: 16, markMask: 240, suppressPrefixLength: 0 });
  });

  test('bridge-link.txt: ports and hairpin', () => {
    const text =
      '4: vethpods@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2 \n' +
      '    hairpin on guard off root_block off fastleave off learning on flood on \n' +
      '7: veth1: <BROADCAST,UP> mtu 1500 master docker0 state forwarding priority 32 cost 2\n    hairpin off guard off\n';
    expect(nodeOf('bridge-link.txt', text).bridgePorts).toEqual([
      { name: 'vethpods', bridge: 'cni0', hairpin: true },
      { name: 'veth1', bridge: 'docker0', hairpin: false },
    ]);
  });

  test('conntrack.txt: of `conntrack -L` and of /proc/net/nf_conntrack', () => {
    const rest =
      'src=10.244.1.7 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.2.3 dst=10.244.1.7 sport=53 dport=40000 mark=5 use=1';
    for (const text of [
      `udp      17 29 ${rest}\nconntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n`,
      `ipv4     2 udp      17 29 ${rest}\n`,
    ]) {
      const node = nodeOf('conntrack.txt', text);
      expect(node.problems).toEqual([]);
      expect(node.conntrack).toHaveLength(1);
      expect(node.conntrack?.[0]).toMatchObject({
        family: 4,
        protocol: 17,
        state: null,
        mark: 5,
        status: ['UNREPLIED'],
        original: { sourcePort: 40000, destinationPort: 53 },
        reply: { sourcePort: 53, destinationPort: 40000 },
      });
    }
  });

  // As `conntrack -I` and `-L` of 1.4.7 on Linux 6.18 make and print them.
  test('conntrack.txt: zones, ICMP queries, GRE, protocols without a name', () => {
    const text = [
      'udp      17 59 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1 zone-reply=9 [ASSURED] mark=0 use=1',
      'unknown  50 59 src=1.1.1.1 dst=2.2.2.2 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 mark=0 use=1',
      'icmpv6   58 59 src=fd00::1 dst=fd00::2 type=128 code=0 id=4242 [UNREPLIED] src=fd00::2 dst=fd00::1 type=129 code=0 id=4242 mark=0 use=1',
      'tcp      6 59 SYN_SENT2 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1 mark=3 zone=5 use=1',
      'icmp     1 59 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=4242 zone-orig=7 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 type=0 code=0 id=4242 mark=0 use=1',
      'ipv4     2 gre      47 59 timeout=0, stream_timeout=0 src=1.1.1.1 dst=2.2.2.2 srckey=0x5 dstkey=0x6 [UNREPLIED] src=2.2.2.2 dst=1.1.1.1 srckey=0x6 dstkey=0x5 mark=0 zone=0 use=2',
    ].join('\n');
    const node = nodeOf('conntrack.txt', text);
    expect(node.problems).toEqual([]);
    expect(node.conntrack).toMatchObject([
      { protocol: 17, zone: { id: 9, counts: 'reply' }, status: ['ASSURED'] },
      { protocol: 50, zone: { id: 0 }, original: { sourcePort: null, icmp: null, keys: null } },
      { family: 6, protocol: 58, reply: { icmp: { type: 129, code: 0, id: 4242 } } },
      { protocol: 6, state: 'SYN_SENT2', mark: 3, zone: { id: 5, counts: 'both' } },
      { protocol: 1, zone: { id: 7, counts: 'original' }, original: { icmp: { type: 8, id: 4242 } } },
      { protocol: 47, state: null, reply: { keys: { source: 6, destination: 5 } } },
    ]);
  });

  test('conntrack.txt: a TCP state, ICMP without ports', () => {
    const text =
      'tcp 6 431999 ESTABLISHED src=fd00::1 dst=fd00::2 sport=4 dport=443 src=fd00::2 dst=fd00::1 sport=443 dport=4 [ASSURED] mark=0 use=1\n' +
      'icmp 1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=7 mark=0 use=1\n';
    const entries = nodeOf('conntrack.txt', text).conntrack;
    expect(entries?.[0]).toMatchObject({ family: 6, state: 'ESTABLISHED', status: ['ASSURED'] });
    expect(entries?.[1]?.original.sourcePort).toBeNull();
  });

  test('conntrack.txt: of no entry: the node knows no connection, which is not the same as not knowing', () => {
    const none = 'conntrack v1.4.7 (conntrack-tools): 0 flow entries have been shown.\n';
    expect(nodeOf('conntrack.txt', none).conntrack).toEqual([]);
    expect(nodeOf('conntrack.txt', 'no such program\n').conntrack).toBeNull();
  });

  test('conntrack.txt: empty: no connection, if the snapshot says what it misses; else that is not known, and why', () => {
    expect(taken([]).conntrack).toEqual([]);
    expect(taken([{ file: 'conntrack.txt', reason: 'no rights' }]).conntrack).toBeNull();
    const alone = nodeOf('conntrack.txt', '');
    expect(alone.conntrack).toBeNull();
    expect(alone.info.missing.get('conntrack.txt')).toContain('is empty');
  });

  test('sysctl.txt: names with a dotted interface are kept as printed', () => {
    const node = nodeOf(
      'sysctl.txt',
      'net.ipv4.conf.eth0/100.rp_filter = 1\nnet.ipv4.ip_local_port_range = 32768\t60999\nkernel.x =\n',
    );
    expect(node.sysctls?.get('net.ipv4.conf.eth0/100.rp_filter')).toBe('1');
    expect(node.sysctls?.get('net.ipv4.ip_local_port_range')).toBe('32768\t60999');
  });
});

describe('what is not there or broken', () => {
  test('an empty snapshot knows nothing and has no problems', () => {
    const node = readNode(new Map());
    expect(node).toMatchObject({
      interfaces: null,
      routes: { 4: null, 6: null },
      rules: null,
      sysctls: null,
      ipsets: null,
      conntrack: null,
      problems: [],
    });
  });

  test.each(['ip-addr.json', 'ip-route.json', 'ip6-route.json', 'ip-rule.json'] as const)(
    '%s that is no JSON is named',
    (name) => {
      const node = nodeOf(name, '{"dst":');
      expect(node.problems).toEqual([expect.stringMatching(`^${name.replaceAll('.', '\\.')}: `)]);
      expect([node.interfaces, node.routes[4], node.routes[6], node.rules]).toEqual([null, null, null, null]);
    },
  );

  test.each(['ipset-save.txt', 'bridge-link.txt', 'conntrack.txt', 'sysctl.txt'] as const)(
    '%s with something else in it is named',
    (name) => {
      expect(nodeOf(name, 'command not found\n').problems).toHaveLength(1);
    },
  );

  test('one broken row does not hide the others', () => {
    const node = nodeOf(
      'ip-route.json',
      '[{"dst":"10.0.0.0/33","dev":"eth0"},{"dst":7},null,{"dst":"10.0.0.0/8","dev":"eth0"}]',
    );
    expect(node.routes[4]?.filter(({ table }) => table === 'main')).toHaveLength(1);
    expect(node.problems).toHaveLength(2);
  });

  test('JSON nested deeper than a stack is data', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(() => nodeOf('ip-addr.json', deep)).not.toThrow();
  });

  test('whatever a file holds, reading and routing do not throw', () => {
    const fields = [
      'dst',
      'dev',
      'gateway',
      'type',
      'table',
      'flags',
      'nexthops',
      'ifname',
      'addr_info',
      'local',
      'prefixlen',
      'src',
      'srclen',
      'fwmark',
      'priority',
      'goto',
      'metric',
      'via',
      'tos',
    ];
    const texts = fc.constantFrom(
      'default',
      '10.0.0.0/8',
      '10.0.0.1',
      'eth0',
      'local',
      'fd00::/64',
      '0x10',
      '/',
      '::/-1',
      '1/2/3',
    );
    const row = fc.dictionary(fc.constantFrom(...fields), fc.oneof(texts, fc.jsonValue({ maxDepth: 2 })), {
      maxKeys: 8,
    });
    const json = fc.array(row, { maxLength: 6 }).map((rows) => JSON.stringify(rows));
    const file = fc.tuple(fc.constantFrom(...snapshotFileNames), fc.oneof(json, fc.string()));
    fc.assert(
      fc.property(fc.array(file, { maxLength: 6 }), (files) => {
        const node = readNode(new Map(files));
        const source = { family: 4, value: 0x0a000001n } as const;
        const destination = { family: 4, value: 0x0a000002n } as const;
        routeInput(node, 4, { source, destination, inputInterface: 'eth0', mark: 0, tos: 0 });
        addressType(node, { family: 6, value: 0xfd00n << 112n });
      }),
      { numRuns: 500 },
    );
  });
});
