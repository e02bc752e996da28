/** Commands of iptables within files of other kinds: those that put rules in are read. */
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { cleanText } from '../../../../src/rules/iptables/paste/cleanText.ts';
import { printRule } from '../../../../src/rules/iptables/printer.ts';

function rulesOf(text: string): readonly string[] {
  return parseRuleset(text).tables.flatMap(({ name, chains }) =>
    [...chains.values()].flatMap((chain) => chain.rules.map((rule) => `${name} ${printRule(rule)}`)),
  );
}

const nat = 'nat -A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE';
const forward = 'filter -A FORWARD -m comment --comment "pods go" -j ACCEPT';
const toNat = 'iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -o cni0 -j MASQUERADE';
const toForward = 'iptables -A FORWARD -m comment --comment "pods go" -j ACCEPT';
const escaped = toForward.replaceAll('"', String.raw`\"`);

const files: readonly (readonly [name: string, lines: readonly string[]])[] = [
  [
    'a unit of systemd',
    [
      '[Service]',
      'Type=oneshot',
      `ExecStartPre=/sbin/${toNat}`,
      `ExecStart=-/usr/sbin/${toForward}`,
      `ExecStop=/sbin/${toNat.replace('-A', '-D')}`,
      '[Install]',
    ],
  ],
  [
    'a network of WireGuard',
    ['[Interface]', `PostUp = ${toNat}; ${toForward}`, `PostDown = ${toNat.replace('-A', '-D')}`],
  ],
  [
    '/etc/network/interfaces',
    ['iface eth0 inet dhcp', `    up ${toNat}`, `    post-up ${toForward}`, `    down ${toNat}`],
  ],
  ['tasks of Ansible', ['- name: pods', `  shell: ${toNat}`, `- command: "${escaped}"`, '  become: yes']],
  [
    'a class of Puppet',
    [
      "exec { 'nat':",
      `  command => '/sbin/${toNat}',`,
      `  unless => '/sbin/${toNat.replace('-A', '-C')}',`,
      '}',
      "exec { 'forward':",
      `  command => '${toForward}',`,
      '}',
    ],
  ],
  ['a list of Terraform', ['    inline = [', `      "sudo ${toNat}",`, `      "sudo ${escaped}"`, '    ]']],
  [
    'commands of cloud-init',
    [
      '#cloud-config',
      'runcmd:',
      '  - [ iptables, -t, nat, -A, POSTROUTING, -s, 10.244.0.0/16, "!", -o, cni0, -j, MASQUERADE ]',
      `  - ${toForward}`,
    ],
  ],
  [
    'a Pod',
    [
      '    command: ["iptables","-t","nat","-A","POSTROUTING","-s","10.244.0.0/16","!","-o","cni0","-j","MASQUERADE"]',
      `    command: ["sh", "-c", "${escaped}"]`,
    ],
  ],
  ['a Dockerfile', ['FROM debian', `RUN ${toNat}`, `RUN sh -c '${toForward}'`]],
  [
    'commands for another machine',
    [`kubectl exec -n kube-system ds/kube-proxy -- ${toNat}`, `$ ssh root@node-1 "sudo ${escaped}"`],
  ],
  ['commands for containers', [`docker exec kind-worker ${toNat}`, `sudo ip netns exec blue ${toForward}`]],
];

describe('commands are read out of', () => {
  test.each(files)('%s', (_name, lines) => {
    const text = `${lines.join('\n')}\n`;
    expect(new Set(rulesOf(text))).toEqual(new Set([nat, forward]));
    const { paste } = parseRuleset(text);
    expect(paste?.unread).toEqual([]);
    expect(new Set(rulesOf(paste === null ? '' : cleanText(paste)))).toEqual(new Set([nat, forward]));
  });
});

test.each([
  ['kept for the end', `ExecStop=/sbin/${toNat}`],
  ['asked for', `  unless => '${toNat.replace('-A', '-C')}',`],
])('a command that is %s puts no rule in', (_how, line) => {
  expect(rulesOf(`${toForward}\n${line}\n`)).toEqual([forward]);
});

test.each([
  ['in the value of a variable', `CMD="${escaped}"`],
  ['in a loop', `for x in 1 2; do ${toForward}; done`],
  ['quoted in words', `echo "${escaped}" is what I tried`],
])('a command %s is not run', (_where, line) => {
  expect(rulesOf(`${toNat}\n${line}\n`)).toEqual([nat]);
});
