import { describe, expect, test } from 'vitest';
import { linesOf } from '../../../../src/rules/iptables/linesOf.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { partOf } from '../../../../src/rules/iptables/parts/part.ts';
import { printRule } from '../../../../src/rules/iptables/printer.ts';

/** `nat/PREROUTING [1:2] -A …`, a line each. */
function read(text: string): readonly string[] {
  return parseRuleset(text).tables.flatMap(({ name, family, chains }) =>
    [...chains.values()].flatMap((chain) => [
      `${name} ${family ?? '?'} ${chain.name} ${chain.declaration?.policy?.text ?? '-'}`,
      ...chain.rules.map((rule) => printRule(rule)),
    ]),
  );
}

const plain = 'target     prot opt source               destination         ';

function chainOf(name: string, ...rows: readonly string[]): string {
  return [`Chain ${name} (policy ACCEPT)`, plain, ...rows, ''].join('\n');
}

function names(text: string): readonly string[] {
  return parseRuleset(text).tables.map(({ name }) => name);
}

describe('the columns', () => {
  test.each([
    [
      'of iptables 1.4, with names',
      'ACCEPT     tcp  --  anywhere             anywhere             tcp dpt:ssh',
      '-p tcp -m tcp --dport 22 -j ACCEPT',
    ],
    [
      'by number',
      'ACCEPT     6    --  10.0.0.0/8          !10.0.0.1             tcp dpt:22',
      '-s 10.0.0.0/8 ! -d 10.0.0.1/32 -p tcp -m tcp --dport 22 -j ACCEPT',
    ],
    [
      'without a target',
      '           all  --  0.0.0.0/0            0.0.0.0/0            /* counts */',
      '-m comment --comment counts',
    ],
    ['of a fragment', 'DROP       all  -f  anywhere             anywhere', '-f -j DROP'],
    ['of no fragment', 'DROP       all  !f  anywhere             anywhere', '! -f -j DROP'],
    ['not of a protocol', 'DROP      !tcp  --  anywhere             anywhere', '! -p tcp -j DROP'],
    [
      'of a goto',
      'X          all  --  anywhere             anywhere           [goto]  ctstate NEW',
      '-m conntrack --ctstate NEW -g X',
    ],
    [
      'with a protocol as long as its column',
      'ACCEPT     ipv6-icmp--  anywhere             anywhere',
      '-p ipv6-icmp -j ACCEPT',
    ],
    [
      'of IPv6 without options',
      'ACCEPT     udp      fe80::/64            anywhere             udp dpt:546',
      '-s fe80::/64 -p udp -m udp --dport 546 -j ACCEPT',
    ],
    [
      'of a long chain',
      'KUBE-SVC-NPX46M4PTMTKRN6Y  tcp  --  anywhere  10.96.0.1  tcp dpt:https',
      '-d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y',
    ],
  ])('%s', (_, row, rule) => {
    for (const text of [`Chain Y (1 references)\n${plain}\n${row}\n`, `Chain Y (1 references)\n${row}\n`])
      expect(read(text).at(-1)).toBe(`-A Y ${rule}`);
  });

  test.each([
    [
      '-v',
      '  12M  9001 ACCEPT     all  --  lo     any     anywhere             anywhere',
      '[12000000:9001] -A Y -i lo -j ACCEPT',
    ],
    [
      '-v without a target',
      '    0     0            all  --  any    !eth0   anywhere             anywhere',
      '[0:0] -A Y ! -o eth0',
    ],
    [
      '-v --line-numbers',
      '7        1    2K DROP       all  --  *      eth+    0.0.0.0/0            0.0.0.0/0',
      '[1:2000] -A Y -o eth+ -j DROP',
    ],
    [
      '--line-numbers',
      '7    DROP       all  --  10.0.0.1             0.0.0.0/0',
      '-A Y -s 10.0.0.1/32 -j DROP',
    ],
  ])('%s, without a header', (_, row, rule) => {
    expect(read(`Chain Y (1 references)\n${row}\n`).at(-1)).toBe(rule);
  });
});

describe('the tables', () => {
  const row = 'ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0';

  test('several one after the other', () => {
    const filter = ['INPUT', 'FORWARD', 'OUTPUT'].map((name) => chainOf(name, row)).join('\n');
    const nat = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => chainOf(name)).join('\n');
    expect(names(filter + nat)).toEqual(['filter', 'nat']);
    expect(names(nat + filter)).toEqual(['nat', 'filter']);
    expect(names(nat + nat + filter)).toEqual(['nat', 'nat', 'filter']);
  });

  test.each([
    ['a command', `$ sudo iptables -t raw -nL\n${chainOf('OUTPUT')}`, 'raw'],
    ['the command of filter', `# iptables -nL\n${chainOf('OUTPUT')}`, 'filter'],
    ['a heading', `Table: mangle\n${chainOf('OUTPUT')}`, 'mangle'],
    ['a target', chainOf('OUTPUT', 'DNAT       tcp  --  anywhere  anywhere  to:10.0.0.1'), 'nat'],
    ['a chain of kube-proxy', chainOf('KUBE-SVC-X', 'KUBE-SEP-X  all  --  anywhere  anywhere'), 'nat'],
    ['built-in chains', chainOf('PREROUTING') + chainOf('FORWARD'), 'mangle'],
    ['nothing', chainOf('X'), 'filter'],
  ])('by %s', (_, text, table) => {
    expect(parseRuleset(text).tables.map(({ name }) => name)).toEqual([table]);
  });

  test('by family', () => {
    expect(read(chainOf('INPUT', row))[0]).toBe('filter 4 INPUT ACCEPT');
    expect(read(chainOf('INPUT', 'ACCEPT  0  --  ::/0  ::/0'))[0]).toBe('filter 6 INPUT ACCEPT');
    expect(read(`ip6tables -L\n${chainOf('INPUT')}`)[0]).toBe('filter 6 INPUT ACCEPT');
  });
});

describe('what is around', () => {
  test('rows without a chain', () => {
    expect(read(`${plain}\nACCEPT  tcp  --  anywhere  anywhere  tcp dpt:ssh\n`)).toEqual([
      'filter ? UNNAMED -',
      '-A UNNAMED -p tcp -m tcp --dport 22 -j ACCEPT',
    ]);
  });

  test.each([
    ['Chain INPUT (policy DROP 12 packets, 3K bytes)', 'filter ? INPUT DROP'],
    ['Chain X (0 references)', 'filter ? X -'],
    ['Chain X [ERROR obtaining refs]', 'filter ? X -'],
  ])('%s', (line, told) => expect(read(`${line}\n${plain}\n`)).toEqual([told]));

  test('counters of a policy', () => {
    const { tables } = parseRuleset('Chain INPUT (policy DROP 12 packets, 3K bytes)\n');
    expect(tables[0]?.chains.get('INPUT')?.declaration?.counters).toMatchObject({ packets: 12, bytes: 3000 });
  });

  test.each([
    'Dear Sir,\nthe Chain of command -- is not mine to break.\n',
    'target prot\n',
    'a -- b c\nd\ne\nf\n',
  ])('%j is no listing', (text) => expect(parseRuleset(text).format).toBe('foreign'));

  test('words that no form reads are a question of their own', () => {
    const { tables } = parseRuleset(
      `Chain X (1 references)\nDROP  all  --  anywhere  anywhere  what is this\n`,
    );
    const [rule] = tables[0]?.chains.get('X')?.rules ?? [];
    expect(rule?.unknown.map(({ name }) => name.text)).toEqual(['what is this']);
  });
});

test('a program of bpf, behind which iptables 1.8 prints a zero', () => {
  const row = 'DROP  all  --  anywhere  anywhere  match bpf 48 0 0 9,6 0 0 0\0';
  expect(read(`Chain X (1 references)\n${row}\n`)[1]).toBe(
    '-A X -m bpf --bytecode "2,48 0 0 9,6 0 0 0" -j DROP',
  );
});

test('a place in the rules is one in the listing, and back', () => {
  const text = `Chain X (1 references)\r\n${plain}\r\nACCEPT     tcp  --  10.0.0.1  anywhere  /* a */ tcp dpt:ssh\r\n`;
  const ruleset = parseRuleset(text);
  const lines = linesOf(ruleset);
  const [rule] = ruleset.tables[0]?.chains.get('X')?.rules ?? [];
  const wordsAt = (span: { readonly start: number; readonly end: number } | undefined): string => {
    const [start, end] = [lines.positionAt(span?.start ?? 0), lines.positionAt(span?.end ?? 0)];
    expect(start.line).toBe(2);
    return (text.split('\r\n')[2] ?? '').slice(start.character, end.character);
  };
  expect(wordsAt(rule)).toBe('ACCEPT     tcp  --  10.0.0.1  anywhere  /* a */ tcp dpt:ssh');
  expect(wordsAt(rule?.target?.name)).toBe('ACCEPT');
  expect(wordsAt(rule?.general[0]?.values[0])).toBe('10.0.0.1');
  expect(wordsAt(rule?.matches[1]?.options[0]?.name)).toBe('dpt');
  expect(wordsAt(rule?.matches[1]?.options[0]?.values[0])).toBe('ssh');
  for (const word of [
    rule?.target?.name,
    rule?.general[0]?.values[0],
    rule?.matches[1]?.options[0]?.values[0],
  ])
    expect(lines.offsetAt(lines.positionAt(word?.start ?? 0))).toBe(word?.start);
});

/** As iptables 1.8.9 lists them on Debian; `localhost/8` is of Red Hat. */
test.each([
  ['loopback/8', 'link-local/16', '-s 127.0.0.0/8 -d 169.254.0.0/16'],
  ['localhost', '!localhost/8', '-s 127.0.0.1/32 ! -d 127.0.0.0/8'],
  ['10.0.0.0/8', '!base-address.mcast.net/4', '-s 10.0.0.0/8 ! -d 224.0.0.0/4'],
  ['web.example.org', 'anywhere', '-s web.example.org'],
  ['ip6-localhost', 'fe80::/10', '-s ::1/128 -d fe80::/10'],
])('%s and %s are the addresses that they stand for', (source, destination, words) => {
  expect(read(chainOf('INPUT', `DROP  all  --  ${source}  ${destination}`)).at(-1)).toBe(
    `-A INPUT ${words} -j DROP`,
  );
});

test('a comment of a script is no row, whatever dash is in it', () => {
  const script = '# firewall.sh -- the rules of a node\niptables -A INPUT -j DROP\n';
  expect(read(script)).toEqual(['filter 4 INPUT -', '-A INPUT -j DROP']);
});

describe('parts of listings', () => {
  const service = 'KUBE-SVC-TCOU7JCQXEZGVUNU';
  const question = [
    '    $ sudo iptables -t nat -L KUBE-SERVICES -n | grep my-svc',
    `    ${service}  tcp  --  0.0.0.0/0            10.96.45.13          tcp dpt:80`,
    '',
    `    $ sudo iptables -t nat -L ${service} -n`,
    `    Chain ${service} (1 references)`,
    `    ${plain}`,
    '    KUBE-SEP-ZHICQ2ODADGCY7DS  all  --  0.0.0.0/0            0.0.0.0/0',
    '',
  ].join('\n');

  test('rows that grep left take the chain of the command, and chains of one table are together', () => {
    expect(read(question)).toEqual([
      'nat 4 KUBE-SERVICES -',
      `-A KUBE-SERVICES -d 10.96.45.13/32 -p tcp -m tcp --dport 80 -j ${service}`,
      `nat 4 ${service} -`,
      `-A ${service} -j KUBE-SEP-ZHICQ2ODADGCY7DS`,
    ]);
  });

  test('lack what no line shows; a chain that is listed without rows is empty', () => {
    expect(partOf(parseRuleset(question))?.absent).toEqual(['KUBE-SEP-ZHICQ2ODADGCY7DS']);
    const empty = chainOf('FORWARD', 'EDGE  all  --  0.0.0.0/0  0.0.0.0/0');
    expect(partOf(parseRuleset(empty))?.absent).toEqual(['EDGE']);
    expect(partOf(parseRuleset(`${empty}\nChain EDGE (1 references)\n${plain}\n`))?.absent).toEqual([]);
  });

  test('the same chain twice is two states', () => {
    const one = chainOf('FORWARD', 'DROP  all  --  0.0.0.0/0  0.0.0.0/0');
    expect(names(`${one}\n${one}`)).toEqual(['filter', 'filter']);
  });

  test('chains of one table are together, whatever was listed between them', () => {
    const listed = [
      'nat KUBE-SERVICES',
      'filter KUBE-FORWARD',
      'nat KUBE-POSTROUTING',
      'filter KUBE-FIREWALL',
    ];
    const text = listed
      .map((each) => each.split(' '))
      .map(
        ([table, chain]) =>
          `$ iptables -t ${table} -nL ${chain}\nChain ${chain} (1 references)\n${plain}\nRETURN  all  --  10.0.0.1  0.0.0.0/0\n`,
      )
      .join('\n');
    const ruleset = parseRuleset(text);
    expect(ruleset.tables.map(({ name, chains }) => [name, [...chains.keys()]])).toEqual([
      ['nat', ['KUBE-SERVICES', 'KUBE-POSTROUTING']],
      ['filter', ['KUBE-FORWARD', 'KUBE-FIREWALL']],
    ]);
    const lines = linesOf(ruleset);
    const placeOf = (name: string): number | undefined =>
      ruleset.tables
        .flatMap(({ chains }) => chains.get(name)?.rules ?? [])
        .map(({ start }) => lines.positionAt(start).line)[0];
    expect(listed.map((each) => placeOf(each.split(' ')[1] ?? ''))).toEqual([3, 8, 13, 18]);
  });
});
