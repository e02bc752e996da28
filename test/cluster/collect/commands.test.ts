import { describe, expect, test } from 'vitest';
import { allowedCommands, commands } from '../../../src/cluster/collect/commands.ts';
import { backendOf, checkRules, countRules, saysAnything } from '../../../src/cluster/collect/ruleText.ts';
import { nftRules } from './support/fakeNode.ts';

function output(stdout: string, stderr = '', exitCode = 0) {
  return { stdout, stderr, exitCode };
}

describe('the table of commands', () => {
  test('holds each command line once', () => {
    const ids = allowedCommands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toMatchInlineSnapshot(`
      [
        "iptables-save -c",
        "ip6tables-save -c",
        "iptables-legacy-save -c",
        "ip6tables-legacy-save -c",
        "iptables-nft-save -c",
        "ip6tables-nft-save -c",
        "ipset save",
        "nft list tables",
        "nft list ruleset",
        "nft -j list ruleset",
        "ipvsadm -Sn",
        "ip -j addr",
        "ip -j route show table all",
        "ip -j -6 route show table all",
        "ip -j rule",
        "ip -j -6 rule",
        "bridge -d link",
        "sysctl -a",
        "grep -rs . /proc/sys/net",
        "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/accept_local /proc/sys/net/ipv4/conf/all/bc_forwarding /proc/sys/net/ipv4/conf/all/forwarding /proc/sys/net/ipv4/conf/all/route_localnet /proc/sys/net/ipv4/conf/all/rp_filter /proc/sys/net/ipv4/conf/all/send_redirects /proc/sys/net/ipv4/conf/all/src_valid_mark /proc/sys/net/ipv4/conf/default/accept_local /proc/sys/net/ipv4/conf/default/bc_forwarding /proc/sys/net/ipv4/conf/default/forwarding /proc/sys/net/ipv4/conf/default/route_localnet /proc/sys/net/ipv4/conf/default/rp_filter /proc/sys/net/ipv4/conf/default/send_redirects /proc/sys/net/ipv4/conf/default/src_valid_mark /proc/sys/net/ipv4/conf/lo/accept_local /proc/sys/net/ipv4/conf/lo/bc_forwarding /proc/sys/net/ipv4/conf/lo/forwarding /proc/sys/net/ipv4/conf/lo/route_localnet /proc/sys/net/ipv4/conf/lo/rp_filter /proc/sys/net/ipv4/conf/lo/send_redirects /proc/sys/net/ipv4/conf/lo/src_valid_mark /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/default/forwarding /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/bridge/bridge-nf-call-ip6tables /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max /proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal /proc/sys/net/netfilter/nf_conntrack_tcp_loose",
        "conntrack -L -f ipv4",
        "conntrack -L -f ipv6",
        "cat /proc/net/nf_conntrack",
        "cat /proc/net/fib_trie",
        "cat /proc/net/route",
        "cat /proc/net/if_inet6",
        "cat /proc/net/ipv6_route",
        "cat /proc/net/dev",
      ]
    `);
  });

  test('holds no word that a shell would read, and no shell', () => {
    const words = allowedCommands.flatMap(({ argv }) => argv);
    expect(words.filter((word) => !/^[A-Za-z0-9_./-]+$/.test(word))).toEqual([]);
    expect(words.filter((word) => /^(?:\S*\/)?(?:ba|da|a|z)?sh$/.test(word))).toEqual([]);
  });
});

describe('the output of', () => {
  const { rules, sysctls, greppedSysctls, catSysctls, addresses } = commands;

  test('iptables-save is taken as it is, with what it warned of', () => {
    const warning = '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them';
    expect(rules[4].parse(output(nftRules, `${warning}\nother words\n`))).toEqual({
      kind: 'text',
      text: `${nftRules}${warning}\n`,
    });
  });

  test('iptables-save that fails is none, with its own words', () => {
    expect(
      rules[4].parse(output('', '\niptables-save v1.8.9: Permission denied (you must be root)\n', 4)),
    ).toEqual({
      kind: 'unusable',
      reason: 'ended with code 4: iptables-save v1.8.9: Permission denied (you must be root)',
    });
  });

  test('ip of BusyBox, which knows no -j, is none', () => {
    expect(addresses.parse(output('', 'ip: unrecognized option: j\nBusyBox v1.36\n', 1))).toEqual({
      kind: 'unusable',
      reason: 'ended with code 1: ip: unrecognized option: j',
    });
    expect(addresses.parse(output('1: lo: <LOOPBACK>\n'))).toEqual({
      kind: 'unusable',
      reason: 'printed no JSON, but "1: lo: <LOOPBACK>"',
    });
  });

  test('ip with nothing to list is an empty list', () => {
    expect(addresses.parse(output(''))).toEqual({ kind: 'text', text: '[]\n' });
  });

  test('sysctl is cut to what concerns the network, whatever it could not read', () => {
    expect(
      sysctls.parse(output('kernel.hostname = x\nnet.ipv4.ip_forward = 1\n', 'permission denied', 255)),
    ).toEqual({
      kind: 'text',
      text: 'net.ipv4.ip_forward = 1\n',
    });
  });

  test("grep becomes sysctl's, dots of interfaces as slashes", () => {
    const lines = '/proc/sys/net/ipv4/conf/eth0.100/rp_filter:1\n/proc/sys/net/ipv4/ip_forward:0\n';
    expect(greppedSysctls.parse(output(lines, '', 2))).toEqual({
      kind: 'text',
      text: 'net.ipv4.conf.eth0/100.rp_filter = 1\nnet.ipv4.ip_forward = 0\n',
    });
  });

  test("cat becomes sysctl's, without the files that are not there", () => {
    const files = catSysctls.argv.slice(1);
    const values = files.slice(1).map((_, index) => String(index));
    const parsed = catSysctls.parse(
      output(`${values.join('\n')}\n`, `cat: ${files[0] ?? ''}: No such file or directory\n`, 1),
    );
    expect(parsed).toMatchObject({
      kind: 'text',
      text: expect.stringMatching(/^net\.ipv4\.conf\.all\.accept_local = 0\n/),
    });
    expect(catSysctls.parse(output('1\n'))).toMatchObject({ kind: 'unusable' });
  });
});

describe('a dump', () => {
  test.each([
    ['', { kind: 'rules', tables: [] }],
    ['# a comment alone\n', { kind: 'rules', tables: [] }],
    ['*nat\nCOMMIT\n*filter\nCOMMIT', { kind: 'rules', tables: ['nat', 'filter'] }],
    ['*nat\r\nCOMMIT\r\n', { kind: 'rules', tables: ['nat'] }],
    ['*nat\n*filter\nCOMMIT\n', { kind: 'broken', reason: 'broke off in the middle of table nat' }],
    ['*nat\n-A X', { kind: 'broken', reason: 'broke off in the middle of table nat' }],
    ['hello', { kind: 'broken', reason: 'printed something that is no rules, beginning with "hello"' }],
  ])('%j', (text, expected) => {
    expect(checkRules(text)).toEqual(expected);
  });

  test('has as many rules as lines that append one', () => {
    expect(countRules('*nat\n:X - [0:0]\n-A X -j Y\n[1:2] -A X\n# -A X\n[1:2]\n')).toBe(2);
  });

  test.each([
    [':PREROUTING ACCEPT [0:0]\nCOMMIT\n', false],
    [':FORWARD DROP [0:0]\n', true],
    [':KUBE-X - [0:0]\n', true],
    ['[0:0] -A X\n', true],
  ])('%j says anything: %s', (text, expected) => {
    expect(saysAnything(text)).toBe(expected);
  });

  test.each([
    ['# Generated by iptables-nft-save v1.8.9 (nf_tables) on Sat', 'nft'],
    ['# Generated by iptables-save v1.8.9 (nf_tables) on Sat', 'nft'],
    ['# Generated by xtables-save v1.8.2 on Sat', 'nft'],
    ['# Generated by iptables-save v1.8.9 on Sat', 'legacy'],
    ['# Generated by iptables-save v1.8.11 on Sat', 'legacy'],
    ['# Generated by iptables-save v1.8.4 on Sat', null],
    ['# Generated by iptables-save v1.4.21 on Sat', null],
    ['*nat', null],
  ])('%s is of the backend %s', (text, expected) => {
    expect(backendOf(text)).toBe(expected);
  });
});
