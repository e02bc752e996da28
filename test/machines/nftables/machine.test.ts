/** What the kernel was seen to do with native tables (NFT-KERNEL), each on a ruleset of its own. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/kernel/engine.ts';
import type { Flow, TcpFlag } from '../../../src/kernel/flow.ts';
import { outcomeResult } from '../../../src/kernel/flows.ts';
import { nftablesMachine } from '../../../src/machines/nftables/machine.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { labFiles, nodeOf } from '../../kernel/fixtures.ts';
import { forward, OUTSIDE, told, trace } from './told.ts';

const node = nodeOf(labFiles);

const tcp = (...tcpFlags: readonly TcpFlag[]): Flow => ({ ...OUTSIDE, packet: { tcpFlags } });

/** Rules that name a counter, a quota or a limit by a map. */
const byMap = (type: string, state: string, port: number): string =>
  forward(`${type} name tcp dport map { ${port} : "a" } drop`, `${type} a { ${state} }`);

const marked = (match: string): string => forward(`meta mark set 0x00012345\nmeta mark ${match} drop`);

const ofDevice = (name: string): string =>
  `table netdev d { chain i { type filter hook ingress device "${name}" priority 0; drop; }\n}\n${forward('counter')}`;

describe('native tables', () => {
  it('ends one base chain by accept, not the next', () => {
    const two =
      'table ip t { chain a { type filter hook forward priority 0; accept; }\nchain b { type filter hook forward priority 5; drop; }\n}';
    expect(told(two)).toEqual(['drop ip t/a/0 ip t/b/0']);
  });

  it('calls of equal priority the chain that was registered last first', () => {
    const two =
      'table ip t { chain a { type filter hook forward priority 0; counter; }\n}\ntable inet u { chain b { type filter hook forward priority 0; counter; }\n}';
    expect(told(two)).toEqual(['forward inet u/b/0 ip t/a/0']);
  });

  it('compares the leading bits of a mark, which nft lists as a prefix', () => {
    expect(told(marked('0x00010000/16'))).toEqual(['drop ip t/f/0 ip t/f/1']);
    expect(told(marked('!= 0x00010000/16'))).toEqual(['forward ip t/f/0']);
    expect(told(marked('{ 0x5, 0x00010000/15 }'))).toEqual(['drop ip t/f/0 ip t/f/1']);
    expect(told(marked('0x00020000/15'))).toEqual(['forward ip t/f/0']);
  });

  it('ends a rule that counts by a map which has no element for the packet', () => {
    expect(told(byMap('counter', 'packets 0 bytes 0', 80))).toEqual(['drop ip t/f/0']);
    expect(told(byMap('counter', 'packets 0 bytes 0', 81))).toEqual(['forward']);
  });

  it('asks the quota or the limit that a map names', () => {
    expect(told(byMap('quota', 'over 10 mbytes', 80))).toEqual(['forward']);
    expect(told(byMap('quota', '10 mbytes', 80))).toEqual(['drop ip t/f/0']);
    expect(told(byMap('limit', 'rate 5/second', 80))).toEqual(['drop ip t/f/0']);
  });

  it.each(['tcp option maxseg size set 1400', 'reset tcp option sack-perm'])(
    'leaves a packet that is none of TCP alone: %s',
    (statement) => {
      const { from, to } = OUTSIDE;
      expect(told(forward(`${statement} counter`), { family: 4, from, to, protocol: 'udp' })).toEqual([
        'forward',
      ]);
      expect(told(forward(`${statement} counter`))).toEqual(['forward ip t/f/0']);
    },
  );

  it('reads nothing but the state of a template, as a lone FIN has it behind “ct zone set”', () => {
    const rules = [
      'ct state invalid ct zone set 5 counter',
      ...['mark 0', 'mark & 0x3 == 0', 'zone 5', 'direction original'].map((match) => `ct ${match} counter`),
      'ct state new counter',
    ];
    const fin: Flow = { ...OUTSIDE, packet: { tcpFlags: ['FIN', 'ACK'] } };
    expect(told(forward(rules.join('\n')), fin)).toEqual(['forward ip t/f/0 ip t/f/5']);
  });

  it('knows of several queues whether nobody, or everybody, listens', () => {
    const queue = forward('queue flags bypass to 1-3');
    expect(told(queue, { ...OUTSIDE, queues: [5] })).toEqual(['forward ip t/f/0']);
    expect(told(queue, { ...OUTSIDE, queues: [1] })).toHaveLength(3);
    expect(told(queue, { ...OUTSIDE, queues: [1, 2, 3] })).toHaveLength(2);
  });

  it('calls nat at its own priority, whatever the chain says', () => {
    const early =
      'table ip t { chain n { type nat hook prerouting priority -300; dnat to 10.244.1.9; }\nchain f { type filter hook prerouting priority -120; ip daddr 10.244.1.5 counter; }\n}';
    expect(told(early)).toEqual(['forward ip t/f/0 ip t/n/0']);
  });

  it.each([
    ['a map without the element ends the rule', 'tcp dport vmap { 22 : drop }', []],
    ['a map of values without the element sets nothing', 'meta mark set tcp dport map { 22 : 0x1 }', []],
    ['continue matches and goes on', 'tcp dport vmap { 80 : continue }', ['ip t/f/0']],
    ['a missing interface compares as empty', 'iifname != "docker0" oifname "c*"', ['ip t/f/0']],
    ['a range within a concatenation', 'ip saddr . tcp dport { 198.51.100.0/24 . 1-1023 }', ['ip t/f/0']],
    ['negation needs the protocol', 'udp dport != 53', []],
    ['bits of flags', 'tcp flags & (syn | ack) == syn', ['ip t/f/0']],
    ['a mask', 'ip saddr & 0.0.0.255 == 0.0.0.7', ['ip t/f/0']],
    ['bytes at a place', '@nh,128,32 0xaf40105', ['ip t/f/0']],
    ['a user of a packet that the node did not make', 'meta skuid != 0', []],
    ['the other family', 'meta nfproto ipv6', []],
    ['the route back', 'fib saddr oif exists', ['ip t/f/0']],
  ])('%s', (_, rule, path) => {
    expect(told(forward(rule))).toEqual([['forward', ...path].join(' ')]);
  });

  it('asks for the user of a socket that the packet was handed to', () => {
    const rules = `table ip t {
chain n { type filter hook prerouting priority -150; tproxy to :8443; }
chain f { type filter hook prerouting priority 0; meta skuid 0 counter; }
}`;
    const listeners = [{ protocol: 'tcp', address: null, port: 8443, transparent: true }] as const;
    const paths = told(rules, { ...OUTSIDE, listeners }).map((path) => path.includes('ip t/f/0'));
    expect(new Set(paths)).toEqual(new Set([true, false]));
  });

  it('names the rules of an anonymous chain after the rule that jumps there', () => {
    expect(told(forward('jump {\ntcp dport 22 drop\ncounter\n}\ncounter'))).toEqual([
      'forward ip t/f/0 ip t/f/0/1 ip t/f/1',
    ]);
  });

  it('leaves a base chain by goto', () => {
    expect(told(forward('goto u\ndrop', 'chain u { counter; }'))).toEqual(['forward ip t/f/0 ip t/u/0']);
  });

  it('shares what numgen draws', () => {
    const two = forward('numgen random mod 4 vmap { 0 : drop, 1-2 : accept }');
    expect(told(two)).toEqual(['drop ip t/f/0 0.25', 'forward ip t/f/0 0.50', 'forward 0.25']);
  });

  it('asks for a hash whose seed no listing has, and works out one that has one', () => {
    const open = told(forward('jhash ip saddr mod 2 vmap { 0 : drop, 1 : accept }'));
    expect(open).toEqual(['drop ip t/f/0 0.50', 'forward ip t/f/0 0.50']);
    expect(told(forward('jhash ip saddr mod 2 seed 0x1 vmap { 0 : drop, 1 : accept }'))).toHaveLength(1);
  });

  it('has a hash of its own in each rule without a seed', () => {
    const rule = 'jhash ip saddr mod 2 0 counter';
    expect(told(forward(`${rule}\n${rule}`))).toHaveLength(4);
    expect(told(forward(`${rule.replace('mod 2', 'mod 2 seed 0x1')}\n`.repeat(2)))).toHaveLength(1);
  });

  it('remembers what a rule put into a set', () => {
    const rules = forward(
      'ip saddr @seen drop\nadd @seen { ip saddr }',
      'set seen { type ipv4_addr; flags dynamic; }',
    );
    expect(told(rules)).toEqual(['forward ip t/f/1']);
    expect(told(rules, { ...OUTSIDE, after: [OUTSIDE] })).toEqual(['drop ip t/f/0']);
  });

  it('sets a field of a header that the packet has, and ends the rule where it has none', () => {
    expect(told(forward('udp dport set 53 counter\ntcp dport set 443 counter\ntcp dport 443 drop'))).toEqual([
      'drop ip t/f/1 ip t/f/2',
    ]);
    const both =
      'table inet t { chain f { type filter hook forward priority 0;\nip6 hoplimit set 3\nip ttl set 3\n}\n}';
    expect(told(both)).toEqual(['forward inet t/f/1']);
  });

  it('adds nothing to a set that is full', () => {
    const full = 'set seen { type ipv4_addr; size 1; flags dynamic; elements = { 10.9.9.9 } }';
    expect(told(forward('add @seen { ip saddr } drop', full))).toEqual(['forward']);
  });

  it('uses up a limit of packets that come back slowly', () => {
    const rules = forward('limit rate 1/hour burst 1 packets accept\ndrop');
    expect(told(rules)).toEqual(['forward ip t/f/0']);
    expect(told(rules, { ...OUTSIDE, after: [OUTSIDE] })).toEqual(['drop ip t/f/1']);
  });

  it('does not count a connection that it meets when that is assured', () => {
    const answer: Flow = {
      ...tcp('SYN', 'ACK'),
      from: { kind: 'pod', address: '10.244.1.5', port: 80, interface: 'cni0' },
      to: { address: '198.51.100.7', port: 40000 },
    };
    const rules = forward('ct state new accept\ntcp flags == syn|ack accept\nct count over 0 counter');
    expect(told(rules, { ...tcp('ACK'), after: [tcp('SYN'), answer] })).toEqual(['forward']);
    expect(told(rules, tcp('ACK'))).toEqual(['forward ip t/f/0']);
    expect(told(forward('ct count over 0 counter'))).toEqual(['forward ip t/f/0']);
  });

  it('leaves both ways open behind a statement that nobody knows', () => {
    const ruleset = parseRuleset(forward('tcp dport 80 frobnicate the packet\ncounter'));
    const { outcomes, assumptions } = createEngine([nftablesMachine(ruleset, 4, node)], 4, node).trace(
      OUTSIDE,
    );
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['forward', 'unknown']);
    expect(assumptions.map(({ code }) => code)).toContain('target-unknown');
  });

  it('ends as not known in a chain that is not in the text', () => {
    expect(told(forward('jump elsewhere'))).toEqual(['unknown ip t/f/0']);
  });

  it('meets a device’s ingress before everything, and no other device’s', () => {
    expect(told(ofDevice('eth0'))).toEqual(['drop netdev d/i/0']);
    expect(told(ofDevice('eth1'))).toEqual(['forward ip t/f/0']);
  });

  it('answers a rejected packet by its family and protocol', () => {
    expect(trace(forward('reject')).outcomes[0]?.rejectWith).toBe('icmp-port-unreachable');
    expect(trace(forward('reject with tcp reset')).outcomes[0]?.rejectWith).toBe('tcp-reset');
    expect(told(forward('reject with tcp reset'), { ...OUTSIDE, protocol: 'udp' })).toEqual(['forward']);
  });

  it('asks no nat without a rule that needs conntrack', () => {
    const plain = 'table ip t { chain n { type nat hook prerouting priority -100; counter; }\n}';
    expect(told(plain)).toEqual(['forward']);
    expect(told(`${plain}\n${forward('ct state new counter').replace('table ip t', 'table ip u')}`)).toEqual([
      'forward ip t/n/0 ip u/f/0',
    ]);
  });

  it('tells the number of a zone, whatever direction that counts for', () => {
    const zone = 'chain z { type filter hook prerouting priority -310; ct reply zone set 5; }';
    const rules = forward('ct zone 5 counter\nct original zone 0 counter\nct reply zone 5 counter', zone);
    expect(told(rules)).toEqual(['forward ip t/z/0 ip t/f/0 ip t/f/1 ip t/f/2']);
  });

  it('calls a frame the same by each of its names', () => {
    const rules =
      'table ip t { chain i { type filter hook input priority 0; meta pkttype host counter; meta pkttype unicast counter; meta pkttype broadcast counter; }\n}';
    const toAll: Flow = { ...OUTSIDE, to: { address: '192.168.0.255', port: 80 }, protocol: 'udp' };
    expect(told(rules, toAll)).toEqual(['local ip t/i/0 ip t/i/1']);
  });

  it('looks up a route by the packet’s protocol, too', () => {
    const files = {
      ...labFiles,
      'ip-rule.json': (labFiles['ip-rule.json'] ?? '').replace(
        /\]$/,
        ',{"priority":100,"src":"all","ipproto":"tcp","table":"200"}]',
      ),
      'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
        /\]$/,
        ',{"dst":"10.244.0.0/16","dev":"eth0","gateway":"192.168.0.9","table":"200","flags":[]}]',
      ),
    };
    const ruled = nodeOf(files);
    const text =
      'table ip t { chain p { type filter hook prerouting priority 0; fib daddr oifname "cni0" counter; }\n}';
    const pathOf = (protocol: string): readonly string[] =>
      createEngine([nftablesMachine(parseRuleset(text), 4, ruled)], 4, ruled)
        .trace({ ...OUTSIDE, protocol })
        .outcomes.flatMap((outcome) => outcomeResult(outcome).path);
    expect(pathOf('udp')).toEqual(['ip t/p/0']);
    expect(pathOf('tcp')).toEqual([]);
  });

  it('sends no error to an address that stands for any router of a network', () => {
    const text = 'table ip6 t { chain p { type filter hook prerouting priority 0; reject; }\n}';
    const answered = (address: string, statement = 'reject'): boolean => {
      const ruleset = parseRuleset(text.replace('reject', statement));
      const from = { ...OUTSIDE.from, address };
      const flow: Flow = { ...OUTSIDE, family: 6, from, to: { address: 'fd00:10:244:1::5', port: 80 } };
      const [outcome] = createEngine([nftablesMachine(ruleset, 6, node)], 6, node).trace(flow).outcomes;
      return (
        outcome?.steps.some(
          (step) => step.kind === 'rule' && step.effect.kind === 'reject' && step.effect.answered,
        ) === true
      );
    };
    expect(answered('fd00:192:168::9')).toBe(true);
    expect(answered('fd00:192:168::')).toBe(false);
    expect(answered('fd00:192:168::', 'reject with tcp reset')).toBe(true);
  });
});

it.each([
  ['ip protocol set 17', 2],
  ['tcp checksum set 0', 2],
  ['@th,0,8 set 1', 2],
  ['tcp sequence set 1', 1],
  ['ip id set 0', 1],
  ['udp checksum set 0', 1],
  ['icmp sequence set 1', 1],
])('a write that is not followed leaves the end open: %s', (rule, ends) => {
  expect(trace(forward(rule)).outcomes).toHaveLength(ends);
});
