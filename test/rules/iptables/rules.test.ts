/** What each form of a rule means. The forms were tried on iptables-restore 1.8.9; judge.test.ts does so again. */
import { describe, expect, it } from 'vitest';
import { describeRule, ruleOf } from './describe.ts';

const readings: readonly (readonly [line: string, reading: string])[] = [
  ['-A X', ''],
  ['-A X -s 10.0.0.0/8 -j ACCEPT', '[-s=10.0.0.0/8] jump ACCEPT'],
  ['-A X ! -s 10.0.0.0/8 -j ACCEPT', '[! -s=10.0.0.0/8] jump ACCEPT'],
  ['-A X -s ! 10.0.0.0/8 -j ACCEPT', '[! -s=10.0.0.0/8] jump ACCEPT'],
  ['-A X --source 10.0.0.0/8 --jump ACCEPT', '[-s=10.0.0.0/8] jump ACCEPT'],
  ['-A X -p tcp --dport=80 -j ACCEPT', '[-p=tcp] *tcp(--dport=80) jump ACCEPT'],
  ['-A X -p tcp --destination-po 80', '[-p=tcp] *tcp(--dport=80)'],
  ['-A X -p 6 --dport 80', '[-p=6] *tcp(--dport=80)'],
  ['-A X -p TCP --syn', '[-p=TCP] *tcp(--syn)'],
  ['-A X -p ipv6-icmp --icmpv6-type 128', '[-p=ipv6-icmp] *icmp6(--icmpv6-type=128)'],
  ['-A X -p tcp -m tcp ! --dport 80', '[-p=tcp] tcp(! --dport=80)'],
  ['-A X -j ACCEPT -p tcp --dport 80', '[-p=tcp] *tcp(--dport=80) jump ACCEPT'],
  ['-A X --dport 80 -p tcp', '[-p=tcp] ?[--dport=80]'],
  ['-A X -p tcp --tcp-flags SYN,ACK SYN -j DROP', '[-p=tcp] *tcp(--tcp-flags=SYN,ACK SYN) jump DROP'],
  ['-A X -m comment --comment "a b" -j ACCEPT', 'comment(--comment=a b) jump ACCEPT'],
  ['-A X -m comment --comment a"b c" -j ACCEPT', 'comment(--comment=ab c) jump ACCEPT'],
  ['-A X -m comment --comment "a"b -j ACCEPT', 'comment(--comment=a) jump ACCEPT ?[b]'],
  [
    '-A X -m comment --comment "it\\\'s \\\\ \\"q\\"" -j ACCEPT',
    'comment(--comment=it\'s \\ "q") jump ACCEPT',
  ],
  ["-A X -m comment --comment it\\'s -j ACCEPT", "comment(--comment=it\\'s) jump ACCEPT"],
  ['-A X -m comment --comment "" -j ACCEPT', 'comment(--comment) jump ACCEPT'],
  ['-A X -m comment --comment -j -j ACCEPT', 'comment(--comment=-j) jump ACCEPT'],
  ['-A X -m comment --comment "!" -j ACCEPT', 'comment(--comment=!) jump ACCEPT'],
  ['-A\tX\t-p\ttcp', '[-p=tcp]'],
  ['-A X -g OTHER', 'goto OTHER'],
  [
    '-A X -j DNAT --to-destination 10.0.0.1:80 --persistent',
    'jump DNAT(--to-destination=10.0.0.1:80 --persistent)',
  ],
  ['-A X -j DNAT --to 10.0.0.1', 'jump DNAT(--to-destination=10.0.0.1)'],
  ['-A X -m recent --set --name A -m tcp', 'recent(--set --name=A) tcp()'],
  ['-A X -m set ! --match-set KUBE src,dst -j DROP', 'set(! --match-set=KUBE src,dst) jump DROP'],
  ['-A X -j SET --add-set A src --exist', 'jump SET(--add-set=A src --exist)'],
  ['-A X -m connmark --mark 1 -m mark --mark 2', 'connmark(--mark=1) mark(--mark=2)'],
  [
    '-A X -j LOG -m limit --limit 3/min --log-prefix "a: "',
    'limit(--limit=3/min) jump LOG(--log-prefix=a: )',
  ],
  ['-A X -m weird --foo 1 2 --bar ! --baz q -j ACCEPT', 'weird(--foo=1 2 --bar ! --baz=q) jump ACCEPT'],
  ['-A X -p tcp -m weird --foo 1 -m tcp --dport 80', '[-p=tcp] weird(--foo=1) tcp(--dport=80)'],
  ['-A X -j FULLCONE --to-ports 1-2 --random', 'jump FULLCONE(--to-ports=1-2 --random)'],
  [
    '-A X -m rateest --rateest1 a --rateest-bps1 --rateest-lt',
    'rateest(--rateest1=a --rateest-bps1 --rateest-lt)',
  ],
  ['-A X -j ACCEPT -j DROP', 'jump ACCEPT ?[-j=DROP]'],
  ['-A X ! ! -s 1.2.3.4', '[! -s=1.2.3.4] ?[!]'],
  ['-A X -j', '?[-j]'],
  ['-A X -s -j ACCEPT', '[-s] jump ACCEPT'],
  ['-A X !', '?[!]'],
  ['-4 -A X -s10.0.0.1 -f', '[-4 -s=10.0.0.1 -f]'],
  ['-A X -c 5 60 -j DROP', '[-c=5 60] jump DROP'],
  ['[5:60] -A X -j DROP', 'jump DROP'],
  ['[5:60]-AX -j DROP', 'jump DROP'],
];

describe('reads', () => {
  it.each(readings)('%s', (line, reading) => {
    expect(describeRule(ruleOf(line))).toBe(reading);
    expect(ruleOf(line).chain.text).toBe('X');
  });
});

const faults: readonly (readonly [line: string, problem: string])[] = [
  ['-A X -s -j ACCEPT', 'missing-value -s'],
  ['-A X -m comment --comment', 'missing-value --comment'],
  ['-A X -p tcp --tcp-flags SYN', 'missing-value --tcp-flags'],
  ['-A X -j', 'missing-value -j'],
  ['-A X --dport 80', 'unknown-option --dport'],
  ['-A X -p tcp --dports 80', 'unknown-option --dports'],
  ['-A X -m conntrack --state NEW', 'unknown-option --state'],
  ['-A X foo', 'unknown-option foo'],
  ['-A X -m comment --comment "open -j ACCEPT', 'unterminated-quote open -j ACCEPT'],
];

describe('finds fault with', () => {
  it.each(faults)('%s', (line, problem) => {
    expect(ruleOf(line).problems.map(({ code, detail }) => `${code} ${detail}`)).toEqual([problem]);
  });
});

it('reads the counters of a rule, in front or as an option', () => {
  expect(ruleOf('[12:3456] -A X -j DROP').counters).toMatchObject({
    packets: 12,
    bytes: 3456,
    start: 8,
    end: 17,
  });
  expect(ruleOf('-A X -c 12 3456 -j DROP').counters).toMatchObject({ packets: 12, bytes: 3456 });
  expect(ruleOf('-A X -j DROP').counters).toBeNull();
});

it('gives every word the span of what is written, quotes included', () => {
  const line = '-A X ! -s 10.0.0.1 -m comment --comment "a \\"b" -j DROP';
  const rule = ruleOf(line);
  const source = `*filter\n${line}`;
  const slices = [...rule.general, ...rule.matches.flatMap((match) => match.options)].map((option) =>
    source.slice(option.start, option.end),
  );
  expect(slices).toEqual(['! -s 10.0.0.1', '--comment "a \\"b"']);
  expect(source.slice(rule.start, rule.end)).toBe(line);
});
