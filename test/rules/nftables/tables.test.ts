import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type NftTable, readNftTables, readNftTablesJson } from '../../../src/rules/nftables/tables.ts';

function dump(name: 'nft.txt' | 'nft.json'): string {
  return readFileSync(new URL(`../../dumps/1.36.3-nftables/${name}`, import.meta.url), 'utf8');
}

/** `ip kube-proxy: services nat-output, at hooks` */
function words(tables: readonly NftTable[]): readonly string[] {
  return tables.map(
    ({ family, name, chains, hooked }) =>
      `${family} ${name}: ${chains.join(' ')}${hooked ? ', at hooks' : ''}`,
  );
}

const table = (name: string, ...body: readonly string[]): string =>
  [`table ${name} {`, ...body.map((line) => `\t${line}`), '}', ''].join('\n');
const hooked = ['chain in {', '\ttype filter hook input priority filter; policy accept;', '}'];

describe('the tables of a listing', () => {
  it('are the same in both forms of one ruleset', () => {
    const text = readNftTables(dump('nft.txt'));
    expect(text).toEqual(readNftTablesJson(dump('nft.json')));
    expect(text.map(({ family, name, chains, hooked: at }) => [family, name, chains.length, at])).toEqual([
      ['ip', 'kube-proxy', expect.any(Number), true],
      ['ip6', 'kube-proxy', expect.any(Number), true],
    ]);
    const [four] = text;
    expect(four?.chains.filter((chain) => chain.includes('/kube-dns/'))).toHaveLength(3);
  });

  it.each([
    [
      'with handles',
      'table ip kube-proxy { # handle 5\n\tchain services { # handle 9\n\t}\n}\n',
      'ip kube-proxy: services',
    ],
    [
      'only tables',
      'table ip kube-proxy # handle 5\ntable inet firewalld\n',
      'ip kube-proxy: ;inet firewalld: ',
    ],
    ['without a family', table('nat', ...hooked), 'ip nat: in, at hooks'],
    ['dormant', table('ip kube-proxy', 'flags dormant', ...hooked), 'ip kube-proxy: in'],
    [
      'a hook in a comment',
      table('ip a', 'chain in {', '\t# type filter hook input priority 0;', '}'),
      'ip a: in',
    ],
    ['a table in a comment', `# table ip kube-proxy {\n${table('inet a')}`, 'inet a: '],
    [
      'a table in a string',
      table('inet a', 'comment "\ttable ip kube-proxy {"', ...hooked),
      'inet a: in, at hooks',
    ],
    ['a brace in a string', table('inet a', 'comment "}"', ...hooked), 'inet a: in, at hooks'],
    [
      'a table’s words in a set',
      table('inet a', 'set table {', '\ttype ifname', '\telements = { "table ip kube-proxy {", "b" }', '}'),
      'inet a: ',
    ],
    ['a chain’s words in a map', table('ip a', 'map m {', '\telements = { 1 : goto chain }', '}'), 'ip a: '],
    ['CR LF', table('ip kube-proxy', ...hooked).replaceAll('\n', '\r\n'), 'ip kube-proxy: in, at hooks'],
    [
      'a listing in two parts',
      `${table('ip a', ...hooked)}${table('ip a', 'chain b {', '}')}`,
      'ip a: in b, at hooks',
    ],
    ['iptables rules', '*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n', ''],
    [
      'a listing that was cut',
      'table ip kube-proxy {\n\tchain in {\n\t\ttype nat hook out',
      'ip kube-proxy: in',
    ],
    ['too many closing braces', '}}}\ntable ip a {\n', 'ip a: '],
  ])('%s', (_, text, expected) => {
    expect(words(readNftTables(text)).join(';')).toBe(expected);
  });

  it.each([
    ['no JSON', 'table ip kube-proxy {', ''],
    ['no list', '{"nftables":{}}', ''],
    ['a name alone', '{"nftables":[{"set":{"family":"inet","table":"a","name":"kube-proxy"}}]}', ''],
    [
      'a dormant table',
      '{"nftables":[{"table":{"family":"ip","name":"a","flags":["dormant"]}},{"chain":{"family":"ip","table":"a","name":"in","hook":"input"}}]}',
      'ip a: in',
    ],
  ])('of JSON: %s', (_, text, expected) => {
    expect(words(readNftTablesJson(text)).join(';')).toBe(expected);
  });

  it('are those that nft lists', ({ skip }) => {
    const made = `table inet a { comment "} table ip kube-proxy {"; chain in { type filter hook input priority 10; }; }; table ip b { flags dormant; chain c { type filter hook input priority 0; }; }`;
    const list = (form: string): string => {
      const listed = spawnSync('unshare', ['-n', 'sh', '-c', `nft '${made}' && nft ${form}`], {
        encoding: 'utf8',
      });
      if (listed.status !== 0) skip();
      return listed.stdout;
    };
    const expected = ['inet a: in, at hooks', 'ip b: c'];
    expect(words(readNftTables(list('list ruleset')))).toEqual(expected);
    expect(words(readNftTables(list('-a list ruleset')))).toEqual(expected);
    // nft 1.0.6 does not print that it is dormant: the flags are the table's name there.
    const json = list('-j list ruleset').replace('"flags": "b"', '"flags": "dormant"');
    expect(words(readNftTablesJson(json))).toEqual(expected);
    expect(words(readNftTables(list('list tables')))).toEqual(['inet a: ', 'ip b: ']);
  });
});
