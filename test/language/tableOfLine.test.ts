/** Which table a place of a document is in. */
import { describe, expect, it } from 'vitest';
import { RulesDocument } from '../../src/language/rulesDocument.ts';

/** The table of each line of `text`, at its first and its last character. */
function tablesOf(text: string): readonly string[] {
  const document = new RulesDocument({ uri: 'file:///rules.sh', version: 1, text });
  const read = document.ruleset.text;
  const names: string[] = [];
  for (const { 0: line, index } of read.matchAll(/.+/g)) {
    const [first, last] = [index, index + line.length].map((at) => {
      const table = document.tableAt(at);
      return table === null ? '-' : `${table.name}${table.family ?? ''}`;
    });
    names.push(first === last ? String(first) : `${first} ${last}`);
  }
  return names;
}

describe('the table of a line', () => {
  it('of a script is the one that its command names, however they alternate', () => {
    const script = [
      'iptables -t nat -N EDGE',
      'iptables -A INPUT -s 10.0.0.1 -j ACCEPT',
      'iptables -t nat -A EDGE -d 10.0.0.1 -j RETURN',
      'ip6tables -A INPUT -s fd00::1 -j ACCEPT',
      'iptables -D INPUT -s 10.0.0.1 -j ACCEPT',
      'iptables -t nat -A POSTROUTING -j MASQUERADE',
      'ip6tables -P FORWARD DROP',
    ];
    expect(tablesOf(`${script.join('\n')}\n`)).toEqual([
      'nat4',
      'filter4',
      'nat4',
      'filter6',
      'filter4',
      'nat4',
      'filter6',
    ]);
  });

  it('of a grep over several tables is the one that its rule can be of', () => {
    const lines = [
      '-A OUTPUT -o lxc+ -j CT --notrack',
      '-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE',
      '-A FORWARD -s 10.0.0.0/8 -j REJECT',
      '-A POSTROUTING -j MASQUERADE',
    ];
    expect(tablesOf(`${lines.join('\n')}\n`).map((name) => name.replace(/\d/, ''))).toEqual([
      'raw',
      'nat',
      'filter',
      'nat',
    ]);
  });

  it('of a dump is its section, and none between two', () => {
    const text = '# a\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n# b\n*filter\n-A INPUT -j DROP\nCOMMIT\n# c\n';
    expect(tablesOf(text)).toEqual(['-', 'nat', 'nat', 'nat', '-', 'filter', 'filter', 'filter', '-']);
  });
});
