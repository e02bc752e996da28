import { describe, expect, it } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { partOf } from '../../../../src/rules/iptables/parts/part.ts';

/** `nat: EDGE(2) X(1)` for each table, in order. */
function outline(text: string): readonly string[] {
  return parseRuleset(text).tables.map(
    ({ name, chains }) =>
      `${name}: ${[...chains.values()].map((chain) => `${chain.name}(${chain.rules.length})`).join(' ')}`,
  );
}

describe('the table of a part of a dump follows from', () => {
  it.each([
    ['a target', '-A X -j MASQUERADE', ['nat: X(1)']],
    ['a target of another chain that leads here', '-A X -j Y\n-A Y -j CT --notrack', ['raw: X(1) Y(1)']],
    ['a match', '-A X -m rpfilter --invert -j DROP\n-A X -j MARK --set-mark 1', ['mangle: X(2)']],
    ['a built-in chain', '-A POSTROUTING -j X\n-A X -j RETURN', ['nat: POSTROUTING(1) X(1)']],
    ['a chain of kube-proxy', '-A KUBE-SERVICES -j KUBE-SVC-AAAAAAAAAAAAAAAA', ['nat: KUBE-SERVICES(1)']],
    ['the other one', '-A KUBE-FORWARD -j ACCEPT', ['filter: KUBE-FORWARD(1)']],
    ['the command', '$ iptables -t mangle -S | grep X\n-A X -j ACCEPT', ['mangle: X(1)']],
    ['the command in a comment', '# sudo iptables-save -t raw | grep X\n-A X -j ACCEPT', ['raw: X(1)']],
    ['a command without a table', '$ iptables -S X\n-N X\n-A X -j ACCEPT', ['filter: X(1)']],
    ['nothing: filter', '-A X -j ACCEPT', ['filter: X(1)']],
    [
      'a declaration behind rules',
      ':A - [0:0]\n-A A -j CT --notrack\n:B - [0:0]\n-A B -j MASQUERADE\n:C - [0:0]\n-A C -j ACCEPT',
      ['raw: A(1)', 'nat: B(1)', 'filter: C(1)'],
    ],
    [
      'both tables of kube-proxy that have a chain of one name',
      '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.9/32 -j REJECT\n-A PREROUTING -j KUBE-SERVICES\n-A OUTPUT -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SVC-AAAAAAAAAAAAAAAA',
      ['filter: FORWARD(1) KUBE-SERVICES(1)', 'nat: PREROUTING(1) KUBE-SERVICES(1) OUTPUT(1)'],
    ],
    [
      'rules far away that the chains of a rule lead to',
      '-A PREROUTING -j A\n-A OUTPUT -j B\n-A A -j C\n-A B -j C\n-A C -p tcp -j REDIRECT --to-ports 15001',
      ['nat: PREROUTING(1) OUTPUT(1) A(1) B(1) C(1)'],
    ],
  ])('%s', (_name, text, tables) => {
    expect(outline(text).map((line) => line.split(' ').toSorted())).toEqual(
      tables.map((line) => line.split(' ').toSorted()),
    );
  });

  it('two commands of one table, whose output is put together', () => {
    const text =
      '$ iptables -t nat -S A\n-N A\n-A A -j B\n$ iptables -t nat -S B\n-N B\n-A B -j RETURN\n$ iptables -t nat -S | grep "A A"\n-A A -j B\n';
    expect(outline(text)).toEqual(['nat: A(1) B(1)']);
  });

  it('addresses, of which family it is', () => {
    const text = '-A X -s 10.0.0.1/32 -j Y\n-A X -s fd00::1/128 -j Y\n-A Y -d 10.0.0.2/32 -j DROP\n';
    expect(parseRuleset(text).tables.map(({ name, family }) => `${name} ${family}`)).toEqual([
      'filter 4',
      'filter 6',
    ]);
  });
});

describe('a part', () => {
  it.each([
    ['a grep', '-A X -j Y\n', ['Y'], ['X']],
    ['a chain that is declared and has no rules', '-N X\n-N Y\n-A X -j Y\n', ['Y'], ['X']],
    ['one with table lines alone', '*filter\n*nat\n-A X -j Y\n', ['Y'], ['X']],
    [
      'a grep of table lines and ends',
      '$ iptables-save | grep -E "^[*C]|X"\n*nat\n-A X -j Y\nCOMMIT\n',
      ['Y'],
      ['X'],
    ],
    ['a script', 'iptables -N X\niptables -A FORWARD -j X\niptables -A X -j DROP\n', [], []],
  ])('%s names what is absent, and where it begins', (_name, text, absent, begins) => {
    const part = partOf(parseRuleset(text));
    expect(part?.absent).toEqual(absent);
    const found = [...(part?.tables.values() ?? [])].flatMap((table) => table.begins.map(({ name }) => name));
    expect(found).toEqual(begins);
  });

  it.each([
    ['a dump', '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j X\nCOMMIT\n'],
    ['a dump that is cut off', '*filter\n:INPUT ACCEPT [0:0]\n:X - [0:0]\n-A INPUT -j X\n'],
    ['all of iptables -S', '-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-A INPUT -j ACCEPT\n'],
    ['nothing', ''],
  ])('is not %s', (_name, text) => {
    expect(partOf(parseRuleset(text))).toBeNull();
  });
});
