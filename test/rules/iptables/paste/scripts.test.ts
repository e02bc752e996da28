/** Commands of iptables as scripts write them: what they leave, in which table. */
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../../src/rules/iptables/printer.ts';

/** `nat FOO`, and each rule behind its table. */
function left(lines: readonly string[]): readonly string[] {
  return parseRuleset(`${lines.join('\n')}\n`).tables.flatMap(({ name, chains }) =>
    [...chains.values()].flatMap((chain) => [
      `${name} ${chain.name}`,
      ...chain.rules.map((rule) => `${name} ${printRule(rule)}`),
    ]),
  );
}

function problems(lines: readonly string[]): readonly string[] {
  return parseRuleset(`${lines.join('\n')}\n`).problems.map(({ code, detail }) => `${code} ${detail}`);
}

describe('a table is named', () => {
  test.each([
    'iptables -t nat -F',
    'iptables -F -t nat',
    'iptables -w 5 -t nat -F',
    'iptables -t nat --wait --flush',
    'iptables --table=nat -Z',
    'iptables -t nat -X',
    'iptables -X -t nat',
  ])('in %s', (line) => {
    const lines = ['iptables -t nat -N FOO', 'iptables -t nat -A FOO -j ACCEPT', line];
    const words = line.split(/[ =]/);
    const isFlushed = words.includes('-F') || words.includes('--flush');
    expect(left(lines)).toEqual(isFlushed ? ['nat FOO'] : ['nat FOO', 'nat -A FOO -j ACCEPT']);
    expect(problems(lines).filter((each) => !each.startsWith('table-option'))).toEqual([]);
  });

  test('where a chain begins, is called otherwise, or gets a policy', () => {
    const lines = [
      'iptables -t nat -N FOO',
      'iptables -N BAR -t nat',
      'iptables -t nat -E BAR BAZ',
      'iptables -t mangle -P PREROUTING DROP',
    ];
    expect(left(lines)).toEqual(['nat FOO', 'nat BAZ', 'mangle PREROUTING']);
    expect(problems(lines)).toEqual([]);
  });

  test('in a file for iptables-restore by its "*" line alone', () => {
    expect(problems(['*nat', '-F -t nat', '-t nat -F', 'COMMIT'])).not.toEqual([]);
  });
});

describe('a variable', () => {
  test.each([
    '"/usr/sbin/iptables -w 5"',
    '$(command -v iptables)',
    '`which iptables`',
    "'sudo iptables --wait'",
  ])('that stands for the program: IPT=%s', (value) => {
    expect(left([`IPT=${value}`, '$IPT -A INPUT -j DROP'])).toEqual([
      'filter INPUT',
      'filter -A INPUT -j DROP',
    ]);
  });

  test('that stands for the program and a table', () => {
    expect(left(['NAT="iptables -t nat"', '$NAT -A POSTROUTING -j ACCEPT'])).toEqual([
      'nat POSTROUTING',
      'nat -A POSTROUTING -j ACCEPT',
    ]);
  });

  test('that has one value stands for it, in words and in quotes', () => {
    const lines = [
      'LAN=10.0.0.0/8 # ours',
      "export PORT='6443'",
      'NEW="-m conntrack --ctstate NEW"',
      'WHY="for the API"',
      'iptables -A INPUT -s $LAN -p tcp --dport "${PORT}" $NEW -m comment --comment "$WHY" -j ACCEPT',
      'iptables -A INPUT -d "$LAN" -m comment --comment "port $PORT, too" -j ACCEPT',
    ];
    expect(left(lines)).toEqual([
      'filter INPUT',
      'filter -A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 6443 -m conntrack --ctstate NEW -m comment --comment "for the API" -j ACCEPT',
      'filter -A INPUT -d 10.0.0.0/8 -m comment --comment "port 6443, too" -j ACCEPT',
    ]);
  });

  test.each([
    ['set twice', ['P=1', 'P=2']],
    ['set in a condition', ['if [ -n "$X" ]; then', '  P=1', 'fi']],
    ['that a loop sets, too', ['P=1', 'for P in 2 3; do echo "$P"; done']],
    ['that is read', ['P=1', 'read -r P']],
    ['made of others', ['P=$OTHER']],
    ['with a default', ['P=${P:-1}']],
  ])('%s stands as it is written', (_how, lines) => {
    expect(left([...lines, 'iptables -A INPUT -p tcp --dport $P -j ACCEPT'])).toEqual([
      'filter INPUT',
      'filter -A INPUT -p tcp -m tcp --dport $P -j ACCEPT',
    ]);
  });

  test('of a function, from its arguments: what uses it is not read', () => {
    const lines = [
      'PORT=80',
      'allow() {',
      '  local port=$1',
      '  iptables -A INPUT -p tcp --dport "$port" -j ACCEPT',
      '  iptables -A INPUT -p tcp --dport "$PORT" -j ACCEPT',
      '}',
      'iptables -A INPUT -p tcp --dport $port -j DROP',
    ];
    expect(left(lines)).toEqual([
      'filter INPUT',
      'filter -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT',
      'filter -A INPUT -p tcp -m tcp --dport $port -j DROP',
    ]);
  });
});

describe('a check for a rule', () => {
  const rule = 'INPUT -p tcp --dport 22 -m comment --comment "a || b" -j ACCEPT';
  const added = [
    'filter INPUT',
    'filter -A INPUT -p tcp -m tcp --dport 22 -m comment --comment "a || b" -j ACCEPT',
  ];

  test.each([
    ['before it is added', [`iptables -C ${rule} || iptables -A ${rule}`]],
    ['that is silent', [`iptables -C ${rule} 2>/dev/null || sudo iptables -A ${rule} || exit 1`]],
    [
      'with all its output away',
      [`sudo /sbin/iptables --check ${rule} >/dev/null 2>&1 || /sbin/iptables -A ${rule}`],
    ],
    ['by a variable', ['IPT="iptables -w"', `$IPT -C ${rule} || $IPT -A ${rule}`]],
    ['in a condition', [`if ! iptables -C ${rule} 2>/dev/null; then`, `  iptables -A ${rule}`, 'fi']],
    ['by hand', [`$ sudo iptables -C ${rule}; echo $?`, '1', `$ sudo iptables -A ${rule}`]],
    ['and again', [`iptables -A ${rule}`, `iptables -C ${rule} && echo there`]],
  ])('%s is none, and what follows makes sure of it', (_how, lines) => {
    expect(left(lines)).toEqual(added);
    expect(problems(lines)).toEqual([]);
    expect(parseRuleset(lines.join('\n')).paste?.unread).toEqual([]);
    expect(parseRuleset(lines.join('\n')).paste?.noise.find(({ kind }) => kind === 'checks')?.count).toBe(1);
  });

  test('within another condition says nothing of that one, and its "else" is one', () => {
    const inner = [`if ! iptables -C ${rule}; then`, `iptables -A ${rule}`, 'fi'];
    expect(left(['iptables -A INPUT -j DROP', 'if [ -n "$X" ]; then', ...inner, 'fi'])).toHaveLength(2);
    expect(
      left([inner[0] ?? '', 'echo', 'else', `iptables -A ${rule}`, 'fi', 'iptables -A INPUT -j DROP']),
    ).toHaveLength(2);
  });

  test('several commands in a line, each with its own words before it', () => {
    expect(
      left([
        'sudo iptables -A INPUT -j DROP; sudo -u root /sbin/iptables -A OUTPUT -j DROP && iptables -P FORWARD DROP',
      ]),
    ).toEqual([
      'filter INPUT',
      'filter -A INPUT -j DROP',
      'filter OUTPUT',
      'filter -A OUTPUT -j DROP',
      'filter FORWARD',
    ]);
  });
});
