/** Elements that rules add, and what each keeps for itself: seen in the kernel by `test/realKernel/nativePackets`. */
import { describe, expect, it } from 'vitest';
import type { Flow, TcpFlag } from '../../../src/kernel/flow.ts';
import { labFiles, nodeOf } from '../../kernel/fixtures.ts';
import { forward, OUTSIDE, told, trace } from './told.ts';

const dynamic = (statements = ''): string => `set s { type ipv4_addr; flags dynamic; ${statements} }`;

describe('elements of native sets', () => {
  it.each([
    ['limit rate over 9000/second', ['forward']],
    ['limit rate 9000/second', ['drop ip t/f/0']],
    ['quota over 10 mbytes', ['forward']],
    ['quota 10 mbytes', ['drop ip t/f/0']],
    ['counter packets 0 bytes 0', ['drop ip t/f/0']],
  ])('asks the element that a look-up finds: %s', (statement, outcomes) => {
    const set = `set s { type ipv4_addr; elements = { 198.51.100.7 ${statement} } }`;
    expect(told(forward('ip saddr @s drop', set))).toEqual(outcomes);
    expect(told(forward('ip saddr != @s drop', set))).toEqual(['forward']);
    const map = `map m { type ipv4_addr : verdict; elements = { 198.51.100.7 ${statement} : drop } }`;
    expect(told(forward('ip saddr vmap @m', map))).toEqual(outcomes);
  });

  it('gives an element what its set says that each has', () => {
    const set = 'set s { type ipv4_addr; quota over 10 mbytes; elements = { 198.51.100.7 } }';
    expect(told(forward('ip saddr @s drop', set))).toEqual(['forward']);
    expect(told(forward('add @s { ip saddr } drop', dynamic('quota over 10 mbytes;')))).toEqual(['forward']);
  });

  it('asks the element that is there, whatever the rule says that meets it', () => {
    const rules =
      'add @s { ip saddr quota over 10 mbytes } drop\nupdate @s { ip saddr quota 10 mbytes } drop';
    expect(told(forward(rules, dynamic()))).toEqual(['forward']);
    expect(told(forward(`${rules}\nip saddr @s drop\nip saddr != @s drop`, dynamic()))).toEqual(['forward']);
  });

  it('finds what is in one of several ranges that overlap', () => {
    const ranges = '198.0.0.0/8, 198.1.0.0/16, 198.2.0.0/16, 198.3.0.0/16';
    expect(told(forward(`ip saddr { ${ranges} } drop`, ''))).toEqual(['drop ip t/f/0']);
    const set = `set s { type ipv4_addr; flags interval; auto-merge; elements = { ${ranges} } }`;
    expect(told(forward('ip saddr @s drop', set))).toEqual(['drop ip t/f/0']);
  });

  it('adds an element again that was taken out', () => {
    const listed = dynamic('elements = { 198.51.100.7 quota over 10 mbytes }');
    expect(told(forward('delete @s { ip saddr }\nadd @s { ip saddr } drop', listed))).toEqual([
      'drop ip t/f/0 ip t/f/1',
    ]);
    expect(told(forward('add @s { ip saddr } drop', listed))).toEqual(['forward']);
  });

  it('gives back what a rule put into a map, the first of it', () => {
    const map = 'map m { type ipv4_addr : mark; flags dynamic; }';
    const rules = [
      'meta mark set 0x5',
      'add @m { ip saddr : meta mark }',
      'update @m { ip saddr : 0x7 }',
      'meta mark set 0x0',
      'meta mark set ip saddr map @m',
      'meta mark 0x5 drop',
    ];
    const path = rules.map((_, index) => `ip t/f/${index}`).join(' ');
    expect(told(forward(rules.join('\n'), map))).toEqual([`drop ${path}`]);
  });

  it('translates to an end that a rule put into a map', () => {
    const text = [
      'map m { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags dynamic; }',
      'chain a { type filter hook prerouting priority -150; add @m { ip daddr . tcp dport : 10.244.1.9 . 8080 }; }',
      'chain n { type nat hook prerouting priority -100; dnat to ip daddr . tcp dport map @m; }',
      'chain f { type filter hook forward priority 0; ip daddr 10.244.1.9 tcp dport 8080 drop; }',
    ];
    expect(told(`table ip t { ${text.join('\n')}\n}`)).toEqual(['drop ip t/a/0 ip t/n/0 ip t/f/0']);
  });
});

const SIXTH: Flow = {
  ...OUTSIDE,
  family: 6,
  from: { ...OUTSIDE.from, address: '2001:db8::7' },
  to: { address: 'fd00:10:244:1::5', port: 80 },
};

const both = (rule: string, hook = 'forward'): string =>
  `table inet t { chain f { type filter hook ${hook} priority 0;\n${rule} drop\n}\n}`;

const said = (isSo: boolean): string => (isSo ? 'drop inet t/f/0' : 'forward');

describe('what is not there', () => {
  it.each([
    ['ip option rr missing', true, false],
    ['ip option rr exists', false, false],
    ['exthdr frag missing', false, true],
    ['exthdr frag exists', false, false],
    ['sctp chunk init missing', true, true],
    ['sctp chunk init exists', false, false],
    ['sctp chunk data tsn 5', false, false],
    ['dccp option 1 missing', true, true],
  ])('%s', (rule, four, six) => {
    expect(told(both(rule))).toEqual([said(four)]);
    expect(told(both(rule), SIXTH)).toEqual([said(six)]);
  });

  it('has no route before it is routed', () => {
    expect(told(both('rt ipsec missing', 'prerouting'))).toEqual(['forward']);
    expect(told(both('rt ipsec missing'))).toEqual(['drop inet t/f/0']);
  });

  it('looks for what is of the link behind the interface that the packet came by', () => {
    const { from } = SIXTH;
    const toAll: Flow = {
      ...SIXTH,
      from: { ...from, kind: 'pod', address: 'fd00:10:244:1::5', interface: 'cni0' },
      to: { address: 'ff02::1', port: 80 },
      protocol: 'udp',
    };
    const multicast = ['eth0', 'cni0'].map((dev) => ({ dst: 'ff00::/8', dev, table: 'local', flags: [] }));
    const routes: readonly unknown[] = JSON.parse(labFiles['ip6-route.json'] ?? '');
    const node = nodeOf({ ...labFiles, 'ip6-route.json': JSON.stringify([...routes, ...multicast]) });
    expect(told(both('fib daddr oifname "cni0"', 'prerouting'), toAll, node)).toEqual(['drop inet t/f/0']);
  });
});

it('hashes a mark in the order of the machine, addresses in that of the network', () => {
  const chain = 'meta mark set 0x5\njhash meta mark mod 16 seed 0x3 < 8 drop';
  expect(told(forward(chain))).toEqual(['drop ip t/f/0 ip t/f/1']);
});

const early = (rule: string): string =>
  `table ip t { chain p { type filter hook prerouting priority 0; ${rule}; }\nchain f { type filter hook forward priority 0;\nct label 5 drop\nct label 6 drop\nct label != 0 drop\n}\n}`;

describe('what a statement leaves', () => {
  it('remembers labels of a connection, a bit for each number', () => {
    expect(told(early('ct label set 5'))).toEqual(['drop ip t/p/0 ip t/f/0']);
    expect(told(early('ct label set 6'))).toEqual(['drop ip t/p/0 ip t/f/1']);
    expect(told(early('ct label 5 drop'))).toEqual(['drop ip t/f/2']);
  });

  it('gives an expectation only to a connection that begins', () => {
    const more = 'ct expectation e { protocol tcp; dport 9876; timeout 2m; size 12; l3proto ip; }';
    const rules = forward('ct expectation set "e"', more);
    expect(told(rules)).toEqual(['forward ip t/f/0']);
    expect(told(rules, { ...OUTSIDE, after: [OUTSIDE] })).toEqual(['forward']);
  });

  it('takes what has SYN or ACK at synproxy', () => {
    const rules = forward('synproxy mss 1460 wscale 7\ncounter');
    const of = (...tcpFlags: readonly TcpFlag[]): readonly string[] =>
      told(rules, { ...OUTSIDE, packet: { tcpFlags } });
    for (const flags of [['SYN'], ['SYN', 'ACK'], ['FIN', 'ACK'], ['RST', 'ACK']] as const)
      expect(of(...flags)).toEqual(['drop ip t/f/0']);
    expect(of('RST')).toEqual(['forward ip t/f/0 ip t/f/1']);
  });

  it('writes a whole field of IP by its place', () => {
    expect(told(forward('@nh,64,8 set 30\nip ttl 30 drop'))).toEqual(['drop ip t/f/0 ip t/f/1']);
    expect(told(forward('@nh,128,32 set 0xaf40107\nip daddr 10.244.1.7 drop'))).toEqual([
      'drop ip t/f/0 ip t/f/1',
    ]);
    expect(told(forward('@nh,60,8 set 30'))).toHaveLength(2);
  });

  it('gives each value of a hash without a seed a way of its own', () => {
    expect(told(forward('meta mark set jhash ip saddr mod 2\nmeta mark 1 drop'))).toEqual([
      'forward ip t/f/0 0.50',
      'drop ip t/f/0 ip t/f/1 0.50',
    ]);
  });
});

const script = (...more: readonly string[]): string =>
  [
    'add table ip t',
    'add chain ip t f { type filter hook forward priority 0; }',
    'add rule ip t f counter',
    'insert rule ip t f tcp dport 80 drop',
    ...more,
    '',
  ].join('\n');

it('follows a script of commands, and says which it cannot follow', () => {
  expect(told(script())).toEqual(['drop ip t/f/0']);
  const { assumptions } = trace(script('delete rule ip t f handle 9'));
  expect(assumptions.map(({ message }) => message).join()).toContain(
    '“delete rule ip t f handle 9” is not followed',
  );
});
