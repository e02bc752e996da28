import { describe, expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../../src/values/address.ts';
import type { AddressType, Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import {
  addressType,
  hasAddressType,
  lookupRoute,
  routeInput,
  routeOutput,
} from '../../../src/kernel/node/routing.ts';
import { masqueradeSource } from '../../../src/kernel/node/sourceAddress.ts';
import { labFiles, nodeOf } from '../fixtures.ts';
import { recordedFiles, recordedNode } from './recordedNode.ts';

function address(text: string): Address {
  const read = parseAddress(text);
  if (read === null) throw new Error(text);
  return read;
}

/** Asks as `ip route get ADDRESS [from A] [oif I] [mark M] [tos T]`, and answers in its words. */
function get(node: Node, command: string): string {
  const [to = '', ...words] = command.split(' ');
  const option = (name: string): string | null =>
    words.includes(name) ? (words[words.indexOf(name) + 1] ?? null) : null;
  const destination = address(to);
  const from = option('from');
  const source = from === null ? null : address(from);
  const [mark, tos] = [Number(option('mark') ?? 0), Number(option('tos') ?? 0)];
  const inputInterface = option('iif');
  if (inputInterface !== null && source !== null) {
    const answer = routeInput(node, destination.family, { source, destination, inputInterface, mark, tos });
    if (answer.kind === 'local') return `${answer.type.toLowerCase()} dev lo`;
    return answer.kind === 'forward' ? `dev ${answer.interface}` : answer.kind;
  }
  const answer = routeOutput(node, destination.family, {
    source,
    destination,
    outputInterface: option('oif'),
    mark,
    tos,
  });
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind === 'error') return answer.errno;
  return [
    answer.type === 'UNICAST' ? '' : `${answer.type.toLowerCase()} `,
    answer.gateway === null ? '' : `via ${formatAddress(answer.gateway)} `,
    `dev ${answer.interface}`,
    source === null && answer.source !== null ? ` src ${formatAddress(answer.source)}` : '',
  ].join('');
}

describe('what `ip route get` said on the recorded node', () => {
  const node = recordedNode();

  test.each([
    ['10.1.0.7', 'dev eth0 src 10.1.0.1'],
    ['10.1.0.9', 'local dev lo src 10.1.0.1'],
    ['10.1.0.255', 'broadcast dev eth0 src 10.1.0.1'],
    ['8.8.8.8', 'via 10.1.0.254 dev eth0 src 10.1.0.1'],
    ['10.9.1.1', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    ['10.9.9.1', 'EHOSTUNREACH'],
    ['10.9.8.1', 'EINVAL'],
    ['10.9.7.1', 'EACCES'],
    ['10.9.6.1', 'ENETUNREACH'],
    ['10.4.0.1', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    ['10.4.0.1 tos 0x10', 'via 10.1.0.253 dev eth0 src 10.1.0.1'],
    ['10.5.0.1', 'local dev lo src 10.5.0.1'],
    ['10.5.1.1', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    ['127.0.0.5', 'local dev lo src 127.0.0.1'],
    ['255.255.255.255', 'broadcast dev eth0 src 10.1.0.1'],
    ['8.8.8.8 oif eth1', 'dev eth1 src 10.2.0.1'],
    ['8.8.8.8 from 10.2.0.1', 'via 10.1.0.254 dev eth0'],
    ['8.8.8.8 from 127.0.0.1', 'EINVAL'],
    ['8.8.8.8 from 1.2.3.4', 'ENETUNREACH'],
    ['fd00:1::5', 'dev eth0 src fd00:1::1'],
    ['fd00:2::1', 'local dev lo src fd00:2::1'],
    ['2001:db8:5::1', 'via fd00:2::254 dev eth1 src fd00:2::1'],
    ['2001:db8:6::1', 'EHOSTUNREACH'],
    ['2a00::1', 'via fd00:1::254 dev eth0 src fd00:1::1'],
    ['::1', 'local dev lo src ::1'],
    ['ff02::1', 'multicast dev eth0 src fd00:1::1'],
    ['fd00:1::', 'anycast dev lo src fd00:1::1'],
    ['fe80::7 oif eth1', 'dev eth1 src fd00:2::1'],
    ['2001:db8::7', 'dev eth1 src fd00:2::1'],
  ])('%s → %s', (command, answer) => {
    // fe80::7 and ff02::1: the link-local addresses of this node were still tentative when it was asked.
    const asked = { ...node, interfaces: withoutLinkLocal(node) };
    expect(get(asked, command)).toBe(answer);
  });

  test.each([
    ['10.2.0.7 from 10.1.0.77 iif eth0', 'dev eth1'],
    ['10.2.0.7 from 10.2.0.8 iif eth0', 'dev eth1'],
    ['10.1.0.1 from 10.2.0.1 iif eth0', 'drop'],
    ['10.2.0.1 from 127.0.0.1 iif eth0', 'drop'],
    ['127.0.0.1 from 10.1.0.7 iif eth0', 'drop'],
    ['10.1.0.1 from 0.0.0.0 iif eth0', 'drop'],
    ['255.255.255.255 from 10.1.0.4 iif eth0', 'broadcast dev lo'],
    ['10.2.0.7 from 224.0.0.9 iif eth0', 'drop'],
    ['10.2.0.7 from 10.1.0.255 iif eth0', 'drop'],
    ['10.2.0.255 from 10.1.0.4 iif eth0', 'broadcast dev lo'],
  ])('%s → %s', (command, answer) => {
    expect(get(node, command)).toBe(answer);
  });

  const rules = [
    { priority: 0, src: 'all', table: 'local' },
    { priority: 100, src: 'all', fwmark: '0x1', table: 'main' },
    { priority: 300, src: 'all', iif: 'eth1', action: 'prohibit' },
    {
      priority: 400,
      not: null,
      src: 'all',
      dst: '10.0.0.0',
      dstlen: 8,
      fwmark: '0x2',
      fwmask: '0x2',
      action: 'unreachable',
    },
    { priority: 32766, src: 'all', table: 'main' },
    { priority: 32767, src: 'all', table: 'default' },
  ];

  test.each([
    ['8.8.8.8 mark 1', 'via 10.1.0.254 dev eth0 src 10.1.0.1'],
    ['8.8.8.8 from 10.2.0.7 iif eth1', 'drop'],
    ['8.8.8.8 mark 2', 'ENETUNREACH'],
    ['10.9.0.1 mark 2', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    ['10.5.1.1 mark 1', 'local dev lo src 10.5.1.1'],
  ])('with policy rules: %s → %s', (command, answer) => {
    expect(get(recordedNode([], rules), command)).toBe(answer);
  });

  test.each([
    [0, '8.8.8.8', 'ENETUNREACH'],
    [0, '10.9.1.1', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    [15, '10.9.1.1', 'via 10.2.0.254 dev eth1 src 10.2.0.1'],
    [16, '10.9.1.1', 'ENETUNREACH'],
    [23, '10.1.0.7', 'dev eth0 src 10.1.0.1'],
    [24, '10.1.0.7', 'ENETUNREACH'],
    [24, '10.1.0.1', 'local dev lo src 10.1.0.1'],
  ])('without routes of prefix %i or less: %s → %s', (length, command, answer) => {
    const without = [
      { priority: 0, src: 'all', table: 'local' },
      { priority: 100, src: 'all', table: 'main', suppress_prefixlen: length },
      { priority: 200, src: 'all', action: 'unreachable' },
    ];
    expect(get(recordedNode([], without), command)).toBe(answer);
  });
});

/** While addresses are tentative the kernel does not choose them. */
function withoutLinkLocal(node: Node): Node['interfaces'] {
  const entries = [...(node.interfaces ?? [])].map(([name, of]) => {
    const addresses = of.addresses.filter((at) => at.scope !== 'link');
    return [name, { ...of, addresses }] as const;
  });
  return new Map(entries);
}

describe('a route with several next hops', () => {
  test('is unknown, and names them', () => {
    const query = {
      destination: address('10.3.0.1'),
      source: null,
      inputInterface: null,
      outputInterface: null,
      mark: 0,
      tos: 0,
    };
    expect(lookupRoute(recordedNode(), 4, query)).toMatchObject({
      kind: 'unknown',
      reason: 'the route has several next hops: eth0 or eth1',
      candidates: [{ interface: 'eth0' }, { interface: 'eth1' }],
    });
  });
});

describe('routes in a table that only policy rules lead to', () => {
  test('leave every way out open while the rules are not known', () => {
    const files = new Map(recordedFiles());
    files.delete('ip-rule.json');
    const node = readNode(files);
    const query = { source: null, destination: address('8.8.8.8'), outputInterface: null, mark: 0, tos: 0 };
    expect(routeOutput(node, 4, query)).toMatchObject({
      kind: 'unknown',
      reason: 'the policy rules are not known, and there are routes in table 100',
    });
    expect(routeOutput(node, 4, { ...query, destination: address('10.1.0.1') }).kind).toBe('send');
  });
});

describe('reverse path filtering', () => {
  const query = {
    source: address('10.2.0.8'),
    destination: address('10.1.0.7'),
    inputInterface: 'eth0',
    mark: 0,
    tos: 0,
  };

  test.each([
    ['eth0.rp_filter = 1', 'drop'],
    ['all.rp_filter = 1', 'drop'],
    ['eth0.rp_filter = 2', 'forward'],
    ['eth0.rp_filter = 0', 'forward'],
  ])('%s: %s', (sysctl, kind) => {
    expect(routeInput(recordedNode([`net.ipv4.conf.${sysctl}`]), 4, query).kind).toBe(kind);
  });

  test('that is not known leaves the answer open only where it would matter', () => {
    const node = readNode(recordedFiles());
    expect(routeInput(node, 4, query)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('rp_filter'),
    });
    const fromItsOwnSide = { ...query, source: address('10.1.0.8'), destination: address('10.2.0.7') };
    expect(routeInput(node, 4, fromItsOwnSide)).toMatchObject({
      kind: 'forward',
      assuming: ['IPv4 forwarding is on for eth0'],
    });
  });
});

describe('sysctls that decide over a packet', () => {
  const toLoopback = {
    source: address('10.1.0.8'),
    destination: address('127.0.0.1'),
    inputInterface: 'eth0',
    mark: 0,
    tos: 0,
  };
  const through = { ...toLoopback, destination: address('10.2.0.7') };

  test('route_localnet on the interface or on all lets 127/8 in', () => {
    for (const name of ['eth0', 'all']) {
      const node = recordedNode([`net.ipv4.conf.${name}.route_localnet = 1`]);
      expect(routeInput(node, 4, toLoopback).kind).toBe('local');
    }
    expect(routeInput(recordedNode(['net.ipv4.conf.eth1.route_localnet = 1']), 4, toLoopback).kind).toBe(
      'drop',
    );
  });

  test('forwarding is asked of the incoming interface alone', () => {
    expect(routeInput(recordedNode(['net.ipv4.conf.eth0.forwarding = 0']), 4, through)).toMatchObject({
      kind: 'drop',
      reason: 'forwarding is off for eth0',
    });
    expect(routeInput(recordedNode(['net.ipv4.conf.eth1.forwarding = 0']), 4, through).kind).toBe('forward');
  });

  test('accept_local lets an own address come in', () => {
    const own = { ...toLoopback, source: address('10.2.0.1'), destination: address('10.1.0.1') };
    expect(routeInput(recordedNode(), 4, own)).toMatchObject({
      kind: 'drop',
      reason: expect.stringContaining('10.2.0.1'),
    });
    expect(routeInput(recordedNode(['net.ipv4.conf.eth0.accept_local = 1']), 4, own).kind).toBe('local');
  });

  test('a TTL of 1 is enough for the node itself, not to go on', () => {
    expect(routeInput(recordedNode(), 4, { ...through, ttl: 1 }).kind).toBe('drop');
    expect(routeInput(recordedNode(), 4, { ...through, destination: address('10.1.0.1'), ttl: 1 }).kind).toBe(
      'local',
    );
  });
});

describe('IPv6 packets that are not forwarded', () => {
  test.each([
    ['fe80::9', 'fd00:2::7'],
    ['::', 'fd00:2::7'],
    ['ff02::5', 'fd00:2::7'],
    ['::1', 'fd00:2::7'],
    ['fd00:1::9', '::1'],
    ['fd00:1::9', 'ff02::abcd'],
  ])('from %s to %s', (source, destination) => {
    const query = {
      source: address(source),
      destination: address(destination),
      inputInterface: 'eth0',
      mark: 0,
      tos: 0,
    };
    expect(routeInput(recordedNode(), 6, query).kind).toBe('drop');
  });
});

test('a link-local source may go back to its own link, as the kernel was seen to do', () => {
  const query = {
    source: address('fe80::9'),
    destination: address('2a00::1'),
    inputInterface: 'eth0',
    mark: 0,
    tos: 0,
  };
  expect(routeInput(recordedNode(), 6, query)).toMatchObject({ kind: 'forward', interface: 'eth0' });
});

describe('the type of an address', () => {
  const types: readonly (readonly [string, AddressType])[] = [
    ['10.1.0.1', 'LOCAL'],
    ['10.1.0.255', 'BROADCAST'],
    ['10.5.0.1', 'LOCAL'],
    ['10.9.9.1', 'UNICAST'],
    ['127.3.2.1', 'LOCAL'],
    ['0.0.0.0', 'BROADCAST'],
    ['255.255.255.255', 'BROADCAST'],
    ['224.0.0.5', 'MULTICAST'],
    ['fd00:1::1', 'LOCAL'],
    ['fd00:1::', 'ANYCAST'],
    ['2001:db8:6::1', 'UNREACHABLE'],
    ['::1', 'LOCAL'],
    ['ff02::1', 'MULTICAST'],
    ['::ffff:192.0.2.1', 'UNSPEC'],
  ];

  test.each(types)('%s is %s', (text, type) => {
    expect(addressType(recordedNode(), address(text))).toBe(type);
  });

  test('limited to an interface, an address of another one is not local', () => {
    expect(addressType(recordedNode(), address('10.1.0.1'), 'eth1')).toBe('UNICAST');
    expect(addressType(recordedNode(), address('10.1.0.1'), 'eth0')).toBe('LOCAL');
  });

  // Kernel: nothing for one host (ipv6_addr_type), so neither `fib saddr type unicast` nor `--src-type UNICAST` takes it.
  test('an IPv4 address in one of IPv6 is not unicast', () => {
    expect(hasAddressType(recordedNode(), address('::ffff:192.0.2.1'), new Set(['UNICAST']))).toBe(false);
    expect(hasAddressType(recordedNode(), address('::fffe:192.0.2.1'), new Set(['UNICAST']))).toBe(true);
  });

  test('in IPv6 a local address is unicast too', () => {
    const own = address('fd00:1::1');
    expect(hasAddressType(recordedNode(), own, new Set(['UNICAST']))).toBe(true);
    expect(hasAddressType(recordedNode(), own, new Set(['LOCAL']))).toBe(true);
    expect(hasAddressType(recordedNode(), address('10.1.0.1'), new Set(['UNICAST']))).toBe(false);
  });

  test('without any file only what holds on every node is known', () => {
    const node = readNode(new Map());
    expect(addressType(node, address('10.1.0.1'))).toBeNull();
    expect(addressType(node, address('fd00::1'))).toBeNull();
    expect(addressType(node, address('127.0.0.1'))).toBe('LOCAL');
    expect(addressType(node, address('::1'))).toBe('LOCAL');
    expect(addressType(node, address('239.1.1.1'))).toBe('MULTICAST');
  });

  test('the addresses alone tell local and broadcast ones', () => {
    const node = readNode(new Map([['ip-addr.json', recordedFiles().get('ip-addr.json') ?? '']]));
    expect(addressType(node, address('10.1.0.9'))).toBe('LOCAL');
    expect(addressType(node, address('10.2.0.255'))).toBe('BROADCAST');
    expect(addressType(node, address('10.9.0.1'))).toBe('UNICAST');
    expect(addressType(node, address('fd00:2::1'))).toBe('LOCAL');
  });
});

describe('the source that MASQUERADE takes', () => {
  test('is of the output interface, rather in the subnet of the next hop', () => {
    expect(masqueradeSource(recordedNode(), 'eth1', address('10.2.0.254'))).toEqual(address('10.2.0.1'));
    expect(masqueradeSource(recordedNode(), 'eth0', address('10.9.9.9'))).toEqual(address('10.1.0.1'));
  });

  test('out of lo is a global address of another interface', () => {
    expect(masqueradeSource(recordedNode(), 'lo', address('10.1.0.1'))).toEqual(address('10.1.0.1'));
  });
});

describe('an IPv6 route with several next hops', () => {
  const node = nodeOf({
    ...labFiles,
    'ip6-route.json': JSON.stringify([
      {
        dst: 'fd00:3::/64',
        metric: 1024,
        flags: [],
        nexthops: [
          { dev: 'eth0', gateway: 'fd00:192:168::1', weight: 1, flags: [] },
          { dev: 'cni0', gateway: 'fd00:10:244:1::9', weight: 1, flags: [] },
        ],
      },
    ]),
  });

  test('may send a packet by any of them, even where it came in by one', () => {
    expect(get(node, 'fd00:3::1 from fd00:9::1 iif eth0')).toBe('unknown');
  });
});
