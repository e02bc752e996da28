/**
 * The same rules as other releases list them. What differs from 1.8.9, which `printed.txt` is recorded of: 1.4 to 1.8.8, and
 * 1.8.11 on, print the names of protocols with -n, too (xshared.c: print_rule_details; 1.8.9 and 1.8.10 their numbers); 1.4 six
 * digits of a probability, no mask of `recent`, other quotes around a prefix, a blank behind the details, and 0.0.0.0/0 glued
 * to nothing. Examples are of rules as kube-proxy and plain firewalls have them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../../src/rules/iptables/printer.ts';
import type { Ruleset } from '../../../../src/rules/iptables/nodes.ts';

const HEADER = ' pkts bytes target     prot opt in     out     source               destination         ';

function rulesOf(ruleset: Ruleset): readonly string[] {
  return ruleset.tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap((chain) => chain.rules.map((rule) => printRule(rule))),
  );
}

const read = (row: string): readonly string[] =>
  rulesOf(parseRuleset(`Chain X (1 references)\n${HEADER}\n${row}\n`));

const listed = readFileSync(new URL('printed.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .filter((_, index) => index % 2 === 1);

/** `6    --` → `tcp  --`, in the column's width. */
const NAMES: Readonly<Record<string, string>> = {
  0: 'all',
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  58: 'ipv6-icmp',
  132: 'sctp',
  136: 'udplite',
};
const named = (row: string): string =>
  row.replace(/ (!?)(\d+) +(--|-f|!f)(?= )/, (whole, not: string, number: string, option: string) => {
    const name = NAMES[number];
    return name === undefined ? whole : ` ${not}${name.padEnd(4)} ${option}`;
  });

describe('every form with the names of protocols', () => {
  test('of 1.4 to 1.8.8, and of 1.8.11', () => {
    const renamed = listed.filter((row) => named(row) !== row);
    expect(renamed.length).toBeGreaterThan(listed.length * 0.9);
    for (const row of renamed) expect(read(named(row)), row).toEqual(read(row));
  });

  test('of 1.4 with a blank behind what a rule says', () => {
    for (const row of listed) expect(read(`${row} `), row).toEqual(read(row));
  });
});

const ANY = '  *      *       0.0.0.0/0            0.0.0.0/0           ';
const V6 = '      *      *       ::/0                 ::/0               ';

test.each([
  [
    '1.4: state',
    `   12   960 ACCEPT     all  --${ANY} state RELATED,ESTABLISHED `,
    '-m state --state RELATED,ESTABLISHED -j ACCEPT',
  ],
  [
    '1.4: ctstate',
    `    0     0 ACCEPT     all  --${ANY} ctstate RELATED,ESTABLISHED `,
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ],
  [
    '1.4: a probability',
    `    0     0 KUBE-SEP-A  all  --${ANY} statistic mode random probability 0.500000 `,
    '-m statistic --mode random --probability 0.500000 -j KUBE-SEP-A',
  ],
  [
    '1.4: recent',
    `    0     0 KUBE-SEP-A  all  --${ANY} recent: CHECK seconds: 10800 reap name: KUBE-SEP-A side: source `,
    '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --rsource -j KUBE-SEP-A',
  ],
  [
    '1.6: recent',
    `    0     0 KUBE-SEP-A  all  --${ANY} recent: CHECK seconds: 10800 reap name: KUBE-SEP-A side: source mask: 255.255.255.255`,
    '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A',
  ],
  [
    '1.4: LOG',
    `    0     0 LOG        all  --${ANY} limit: avg 5/min burst 5 LOG flags 0 level 7 prefix \`denied: ' `,
    '-m limit --limit 5/min -j LOG --log-prefix "denied: " --log-level 7',
  ],
  [
    '1.8: LOG',
    `    0     0 LOG        0    --${ANY} limit: avg 5/min burst 5 LOG flags 0 level 7 prefix "denied: "`,
    '-m limit --limit 5/min -j LOG --log-prefix "denied: " --log-level 7',
  ],
  ['1.4: MARK', `    0     0 MARK       all  --${ANY} MARK or 0x4000 `, '-j MARK --set-xmark 0x4000/0x4000'],
  [
    '1.4: icmp',
    `    0     0 ACCEPT     icmp --${ANY} icmp type 8 `,
    '-p icmp -m icmp --icmp-type 8 -j ACCEPT',
  ],
  [
    '1.8.10: icmp',
    `    0     0 ACCEPT     1    --${ANY} icmptype 8`,
    '-p icmp -m icmp --icmp-type 8 -j ACCEPT',
  ],
  ['1.8.11: a port', `    0     0 ACCEPT     tcp  --${ANY} tcp dpt:22`, '-p tcp -m tcp --dport 22 -j ACCEPT'],
  [
    '1.8.10: no mark',
    `    0     0 RETURN     0    --${ANY} mark match ! 0x4000/0x4000`,
    '-m mark ! --mark 0x4000/0x4000 -j RETURN',
  ],
  [
    '1.4: IPv6 has no column of options',
    `    0     0 ACCEPT     tcp ${V6} tcp dpt:443 `,
    '-p tcp -m tcp --dport 443 -j ACCEPT',
  ],
  [
    '1.8: IPv6 without -v',
    '    0     0 ACCEPT     6    --  *      *       ::/0                 ::/0                 tcp dpt:443',
    '-p tcp -m tcp --dport 443 -j ACCEPT',
  ],
])('%s', (_release, row, rule) => {
  expect(read(row).map((each) => each.replace(/^\[\d+:\d+\] /, ''))).toEqual([`-A X ${rule}`]);
});

describe('eui64 prints no blank before its name', () => {
  test.each([
    [
      '    0     0 ACCEPT     6    --  *      *       ::/0                 ::/0                eui64  tcp dpt:80',
      '-p tcp -m eui64 -m tcp --dport 80',
    ],
    [
      '    0     0 ACCEPT     0    --  *      *       ::/0                 2001:db8:1:2:3:4:5:0/112eui64  mark match 0x1',
      '-d 2001:db8:1:2:3:4:5:0/112 -m eui64 -m mark --mark 0x1',
    ],
    [
      '    0     0 ACCEPT     0    --  *      *       ::/0                 ::/0                 mark match 0xeeui64  ctstate NEW',
      '-m mark --mark 0xe -m eui64 -m conntrack --ctstate NEW',
    ],
    [
      '    0     0 ACCEPT     0    --  *      *       ::/0                 ::/0                 MAC 00:11:22:33:44:55eui64 ',
      '-m mac --mac-source 00:11:22:33:44:55 -m eui64',
    ],
    [
      '    0     0 ACCEPT     0    --  *      *       ::/0                 ::/0                 /* noeui64 here */',
      '-m comment --comment "noeui64 here"',
    ],
  ])('%s', (row, rule) => {
    expect(read(row).map((each) => each.replace(/^\[\d+:\d+\] /, ''))).toEqual([`-A X ${rule} -j ACCEPT`]);
  });
});
