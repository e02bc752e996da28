import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Chain, SetDefinition, TableItem } from '../../../src/rules/nftables/nodes.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../../src/rules/nftables/printer.ts';
import type { Statement } from '../../../src/rules/nftables/statements.ts';
import { meaning, squeezed } from './support.ts';

function itemsOf(text: string): readonly TableItem[] {
  return parseRuleset(text).tables.flatMap(({ items }) => items);
}

function isChain(item: TableItem): item is Chain {
  return item.kind === 'chain';
}

function isSet(item: TableItem): item is SetDefinition {
  return item.kind === 'set' || item.kind === 'map';
}

/** The statements of one rule. */
function statementsOf(rule: string): readonly Statement[] {
  const [chain] = itemsOf(`table inet t {\n\tchain c {\n\t\t${rule}\n\t}\n}\n`).filter(isChain);
  return chain?.rules[0]?.statements ?? [];
}

describe('a listing of kube-proxy', () => {
  const text = readFileSync(new URL('../../dumps/1.36.3-nftables/nft.txt', import.meta.url), 'utf8');
  const ruleset = parseRuleset(text);

  it('is read without a problem', () => {
    expect(ruleset.problems).toEqual([]);
    expect(ruleset.commands).toEqual([]);
  });

  it('is written from the tree as nft wrote it', () => {
    expect(printRuleset(ruleset)).toBe(text);
  });

  it('has each rule at its span', () => {
    const rules = itemsOf(text)
      .filter(isChain)
      .flatMap(({ rules: all }) => all);
    const written = rules.map(({ start, end }) => text.slice(start, end));
    const lines = new Set(text.split('\n').map((line) => line.trim()));
    expect(written.length).toBeGreaterThan(250);
    expect(written.filter((rule) => !lines.has(rule))).toEqual([]);
  });
});

describe('a chain', () => {
  it.each([
    ['type filter hook input priority filter + 10; policy drop;', 'filter input filter 10 drop'],
    ['type nat hook prerouting priority dstnat;', 'nat prerouting dstnat 0 -'],
    ['type filter hook forward priority -225; policy accept;', 'filter forward - -225 accept'],
    [
      'type filter hook ingress device "eth0" priority -500; policy accept;',
      'filter ingress - -500 accept eth0',
    ],
    ['type filter hook egress devices = { "a", "b" } priority raw - 3;', 'filter egress raw -3 - a b'],
  ])('%s', (head, expected) => {
    const [chain] = itemsOf(`table netdev t {\n\tchain c { # handle 3\n\t\t${head}\n\t}\n}`).filter(isChain);
    const { type, hook, priority, devices } = chain?.base ?? {};
    const words = [
      type?.text,
      hook?.text,
      priority?.name ?? '-',
      priority?.offset,
      chain?.policy?.text ?? '-',
    ];
    expect([...words, ...(devices ?? []).map(({ text }) => text)].join(' ')).toBe(expected);
    expect(chain?.handle).toBe(3);
  });

  it('has the handles of its rules', () => {
    const [chain] = itemsOf(
      'table ip t {\nchain c {\naccept # handle 7\ndrop comment "# handle 8"\n}\n}',
    ).filter(isChain);
    expect(chain?.rules.map(({ handle, comment }) => [handle, comment?.text])).toEqual([
      [7, undefined],
      [null, '# handle 8'],
    ]);
  });
});

describe('a statement', () => {
  it.each([
    ['ct state new', { operator: 'in' }],
    ['ct state == new', { operator: '==' }],
    ['ct state { new, related }', { operator: '==' }],
    ['tcp dport 80', { operator: '==' }],
    ['tcp dport != 80-90', { operator: '!=', right: { kind: 'range', from: 80, to: 90 } }],
    ['tcp flags ! syn,rst', { operator: '!', right: { kind: 'list' } }],
    [
      'tcp flags syn / fin,syn',
      {
        operator: '==',
        left: { kind: 'binary', operator: '&', right: { kind: 'list' } },
        right: 'syn',
      },
    ],
    ['meta mark & 0xff == 0x10', { left: { operator: '&', right: 255 }, right: 16 }],
    ['ct expiration 1h30m', { right: 5400 }],
    ['ip6 saddr ::ffff:10.0.0.1', { right: '::ffff:10.0.0.1' }],
    ['ip saddr 10.0.0.0/8', { right: { kind: 'prefix', length: 8 } }],
    ['meta priority 1:20', { right: '1:20' }],
    ['ct original ip saddr 10.0.0.1', { left: { kind: 'ct', key: 'ip saddr', direction: 'original' } }],
    ['ip saddr . tcp dport { 10.0.0.1 . 80 }', { left: { kind: 'concat' }, right: { kind: 'set' } }],
    ['th dport 0x50 [invalid type]', { right: 80 }],
  ])('%s', (rule, expected) => {
    const [statement, ...more] = statementsOf(rule);
    expect(more).toEqual([]);
    expect(meaning(statement)).toMatchObject({ kind: 'match', ...expected });
  });

  it.each([
    [
      'dnat ip to 10.0.0.1:80-90 random,persistent',
      { kind: 'dnat', family: 'ip', flags: ['random', 'persistent'] },
    ],
    ['dnat to [fd00::1]:80', { address: 'fd00::1', port: 80 }],
    ['redirect to :tcp dport map { 80 : 8080 }', { address: null, port: { kind: 'map' } }],
    ['masquerade to :1024-65535', { address: null, port: { kind: 'range' } }],
    ['reject with tcp reset', { kind: 'reject', with: 'tcp reset', code: null }],
    [
      'limit rate over 10 mbytes/second burst 5 kbytes',
      { over: true, rate: 10, unit: 'mbytes', per: 'second', burst: 5 },
    ],
    ['limit rate 5/minute', { over: false, unit: 'packets', per: 'minute', burst: null }],
    ['update @s { ip saddr timeout 1h : 0x1 }', { kind: 'dynamic', element: { timeout: 3600, data: 1 } }],
    ['ct helper set "ftp"', { kind: 'object', type: 'ct helper', name: 'ftp' }],
    ['counter', { kind: 'counter', packets: null }],
    ['jump { ip saddr 10.0.0.1 drop; accept; }', { kind: 'verdict', rules: [{}, {}] }],
    ['goto service-A/b/tcp/c__10.1.2.3/80', { target: 'service-A/b/tcp/c__10.1.2.3/80' }],
    [
      'log prefix "x: " level info flags tcp sequence,options',
      { options: [{}, {}, { name: 'flags', value: 'tcp sequence,options' }] },
    ],
    [
      'meta mark set meta mark & 0xff | 0x10',
      { kind: 'set', value: { operator: '|', left: { operator: '&' } } },
    ],
  ])('%s', (rule, expected) => {
    const [statement, ...more] = statementsOf(rule);
    expect(more).toEqual([]);
    expect(meaning(statement)).toMatchObject(expected);
  });

  it.each([
    'tcp flags { fin, syn | ack }',
    'tcp flags . ct state vmap { syn | ack . established | related : accept }',
  ])('with bits in an element is written back: %s', (rule) => {
    const text = `table ip t {\n\tchain c {\n\t\t${rule}\n\t}\n}\n`;
    expect(printRuleset(parseRuleset(text))).toBe(text);
  });

  it('that is not known is kept to the end of its rule, and told', () => {
    const text = 'table ip t {\n\tchain c {\n\t\ttcp dport 80 frobnicate { a; b } x\n\t\taccept\n\t}\n}\n';
    const { problems, tables } = parseRuleset(text);
    expect(problems.map(({ code, start, end }) => [code, text.slice(start, end)])).toEqual([
      ['unknown-statement', 'frobnicate { a; b } x'],
    ]);
    const [chain] = tables.flatMap(({ items }) => items).filter(isChain);
    expect(chain?.rules.map(({ statements }) => statements.map(({ kind }) => kind))).toEqual([
      ['match', 'unknown'],
      ['verdict'],
    ]);
    expect(squeezed(printRuleset(parseRuleset(text)))).toBe(squeezed(text));
  });
});

describe('a set', () => {
  it('has its options and elements', () => {
    const [set] = itemsOf(`table ip t {
	map m { # handle 4
		type ipv4_addr . inet_service : verdict
		size 65535
		flags interval,timeout
		timeout 1h
		gc-interval 10s
		auto-merge
		counter
		comment "of mine"
		elements = { 10.0.0.0/8 . 80 counter packets 1 bytes 2 timeout 2d expires 1d2h comment "x" : goto a/b,
			     * : drop }
	}
}`).filter(isSet);
    expect(meaning(set)).toMatchObject({
      kind: 'map',
      size: 65_535,
      flags: ['interval', 'timeout'],
      timeout: 3600,
      gcInterval: 10,
      autoMerge: true,
      comment: 'of mine',
      statements: [{ kind: 'counter', packets: null }],
      data: 'verdict',
      elements: [
        {
          key: { kind: 'concat', parts: [{ kind: 'prefix', length: 8 }, 80] },
          statements: [{ packets: 1, bytes: 2 }],
          timeout: 172_800,
          expires: 93_600,
          comment: 'x',
          data: { verdict: 'goto', target: 'a/b' },
        },
        { key: { kind: 'any' }, data: { verdict: 'drop' } },
      ],
    });
  });
});

describe('any text', () => {
  // Read in a time that grows with the square they would take the test's many times over.
  it('of deep blocks, quotes and braces is read and written without an exception', () => {
    const depth = 100_000;
    const texts = [
      '{',
      '(',
      'jump {',
      'ip saddr map {',
      '{ 1 : ',
      '10.',
      'a:',
      '0:',
      '"',
      '# handle 7',
      '@',
      '-',
      ' . ',
      ',',
      'tcp ',
      '1h',
    ];
    for (const each of texts) {
      const many = each.repeat(depth);
      for (const text of [
        many,
        `table ip t {\nchain c {\n${many}`,
        `table ip t {\nset s {\ntype a\nelements = { ${many}`,
      ])
        expect(() => printRuleset(parseRuleset(text)), each).not.toThrow();
    }
  });

  it('of a script has its commands apart', () => {
    const { commands, tables } = parseRuleset(
      '#!/usr/sbin/nft -f\nflush ruleset\ndefine x = { 1, 2 }\ntable ip t {\n}\nadd rule ip t c drop; add table ip u\n',
    );
    expect(commands.map(({ name }) => name)).toEqual(['flush', 'define', 'add', 'add']);
    expect(tables.map(({ name }) => name.text)).toEqual(['t']);
  });
});

describe('a script', () => {
  const text = `#!/usr/sbin/nft -f
flush ruleset
define admin = { 10.0.0.1, 10.0.0.2 }
define wan = eth0
define prio = -100
include "/etc/nftables.d/*.nft"
add chain inet filter input { type filter hook input priority $prio; policy drop; }
add rule inet filter input iifname $wan ip saddr $admin accept
add element inet filter b { 10.0.0.0/8, 192.168.0.0/16 }
rename chain ip t a b; delete rule ip t c handle 4
add table ip t { chain c { type filter hook forward priority $prio; devices = { $wan }; jump $none; }; }
`;
  const { commands, defines, uses, tables, problems } = parseRuleset(text);

  it('has what its commands are about', () => {
    expect(problems).toEqual([]);
    const told = commands.map(({ name, object, family, table, target, word }) =>
      [name, object, family, table?.text, target?.text, word?.text].map((each) => each ?? '-').join(' '),
    );
    expect(told).toEqual([
      'flush ruleset ip - - -',
      'define - ip - - -',
      'define - ip - - -',
      'define - ip - - -',
      'include - ip - - /etc/nftables.d/*.nft',
      'add chain inet filter input -',
      'add rule inet filter input -',
      'add element inet filter b -',
      'rename chain ip t a b',
      'delete rule ip t c -',
    ]);
    expect(commands[7]?.elements.length).toBe(2);
  });

  it('has what its defines stand for where they are used', () => {
    expect(defines.map(({ name }) => name.text)).toEqual(['admin', 'wan', 'prio']);
    expect(uses.map(({ name, define }) => [name, define?.name.text ?? null])).toEqual([
      ['prio', 'prio'],
      ['wan', 'wan'],
      ['admin', 'admin'],
      ['prio', 'prio'],
      ['wan', 'wan'],
      ['none', null],
    ]);
    expect(meaning(commands[6]?.rule?.statements)).toMatchObject([
      { left: { key: 'iifname' }, right: 'eth0' },
      { right: { kind: 'set', elements: [{ key: '10.0.0.1' }, { key: '10.0.0.2' }] } },
      { verdict: 'accept' },
    ]);
    const [chain] = tables.flatMap(({ items }) => items).filter(isChain);
    expect(chain?.base).toMatchObject({
      priority: { name: null, offset: -100 },
      devices: [{ text: 'eth0' }],
    });
  });

  it('has defines within a table, a chain or a set, as OpenWrt writes them', () => {
    const inner = parseRuleset(
      'table inet t {\n define lan = eth1\n chain c {\n define port = 22\n iifname $lan tcp dport $port accept\n }\n chain d {\n tcp dport $port\n }\n}\n',
    );
    expect(inner.problems).toEqual([]);
    expect(inner.commands.map(({ name }) => name)).toEqual(['define', 'define']);
    expect(inner.uses.map(({ define }) => define?.name.text ?? null)).toEqual(['lan', 'port', null]);
    expect(printRuleset(inner)).not.toContain('define');
  });

  it('has the statements of old scripts, and options in any order', () => {
    const rule =
      'set update ip saddr timeout 5s @seen counter bytes 3 packets 2 synproxy wscale 7 mss 1460 wscale 8';
    const old = parseRuleset(`table ip t {\n chain c {\n ${rule}\n }\n}\n`);
    expect(old.problems).toEqual([]);
    expect(printRuleset({ ...parseRuleset(''), tables: old.tables })).toContain(
      'update @seen { ip saddr timeout 5s } counter packets 2 bytes 3 synproxy mss 1460 wscale 8',
    );
  });

  it('tells what is no command', () => {
    expect(parseRuleset('bogus line\nadd rule\n}\n').problems.map(({ code }) => code)).toEqual([
      'unknown-command',
      'unknown-command',
      'unknown-command',
    ]);
  });
});
