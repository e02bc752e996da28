import { describe, expect, test } from 'vitest';
import { readFibTrie } from '../../../../src/cluster/collect/proc/fibTrie.ts';
import { readIfInet6, readIpv6Routes } from '../../../../src/cluster/collect/proc/ipv6Files.ts';
import { type ProcTexts, procState } from '../../../../src/cluster/collect/proc/procState.ts';
import { readRouteFile } from '../../../../src/cluster/collect/proc/routeFile.ts';

/** A leaf of the trie with its routes: `leaf('10.0.0.0', '/24 link UNICAST')`. */
function leaf(address: string, ...aliases: readonly string[]): string {
  return [`     |-- ${address}`, ...aliases.map((alias) => `        ${alias}`)].join('\n');
}

const local = [
  '  +-- 0.0.0.0/0 3 0 5',
  leaf('10.0.0.5', '/32 host LOCAL'),
  leaf('10.0.0.255', '/32 link BROADCAST'),
  leaf('127.0.0.0', '/8 host LOCAL'),
  leaf('127.0.0.1', '/32 host LOCAL'),
].join('\n');
const main = [
  leaf('0.0.0.0', '/0 universe UNICAST'),
  leaf('10.0.0.0', '/24 link UNICAST'),
  leaf('10.9.0.0', '/16 universe BLACKHOLE'),
].join('\n');

const merged = `Main:\n${main}\n${local}\nLocal:\n${main}\n${local}\n`;
const split = `Id 200:\n${leaf('0.0.0.0', '/0 universe UNICAST')}\nMain:\n${main}\nLocal:\n${local}\n`;

const heading = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const route = `${heading}
eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
*\t0000090A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
const devices = 'Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0: 3 4\n';

function state(texts: Partial<ProcTexts>): ReturnType<typeof procState> {
  const none = { fibTrie: null, route: null, addresses6: null, route6: null, devices: null };
  return procState({ ...none, ...texts }, 'the Pod x has no ip');
}

/** The rows of a file, one text each. */
function rowsOf(texts: Partial<ProcTexts>, file: string): readonly unknown[] {
  const text = state(texts).files.get(file);
  return text === undefined ? [] : JSON.parse(text);
}

function reasonOf(texts: Partial<ProcTexts>, file: string): string | undefined {
  return state(texts).missing.find((each) => each.file === file)?.reason;
}

describe('IPv4 routes', () => {
  test('have interface and gateway from one file, type and scope from the other', () => {
    expect(rowsOf({ fibTrie: merged, route, devices }, 'ip-route.json')).toEqual([
      { dst: 'default', gateway: '10.0.0.1', dev: 'eth0', metric: 100, flags: [], partial: true },
      { dst: '10.0.0.0/24', dev: 'eth0', scope: 'link', flags: [], partial: true },
      { type: 'blackhole', dst: '10.9.0.0/16', flags: [] },
      {
        type: 'local',
        dst: '10.0.0.5',
        scope: 'host',
        table: 'local',
        protocol: 'kernel',
        flags: [],
        partial: true,
      },
      {
        type: 'broadcast',
        dst: '10.0.0.255',
        scope: 'link',
        table: 'local',
        protocol: 'kernel',
        flags: [],
        partial: true,
      },
      {
        type: 'local',
        dst: '127.0.0.0/8',
        dev: 'lo',
        prefsrc: '127.0.0.1',
        scope: 'host',
        table: 'local',
        protocol: 'kernel',
        flags: [],
      },
      {
        type: 'local',
        dst: '127.0.0.1',
        dev: 'lo',
        prefsrc: '127.0.0.1',
        scope: 'host',
        table: 'local',
        protocol: 'kernel',
        flags: [],
      },
    ]);
  });

  test('lead nowhere that is known where /proc/net/route cannot be read', () => {
    const [first] = rowsOf({ fibTrie: merged, devices }, 'ip-route.json');
    expect(first).toEqual({ dst: 'default', flags: [], partial: true });
  });

  test('of one prefix are told apart by their order, or not at all', () => {
    const two = `Main:\n${leaf('10.0.0.0', '/24 link UNICAST tos=16', '/24 link UNICAST')}\nLocal:\n`;
    const line = 'eth0\t0000000A\t00000000\t0001\t0\t0\t7\t00FFFFFF\t0\t0\t0\n';
    const rows = (lines: string) =>
      rowsOf({ fibTrie: two, route: `${heading}\n${lines}`, devices }, 'ip-route.json');
    expect(rows(line + line)).toMatchObject([
      { tos: '0x10', dev: 'eth0', metric: 7 },
      { dev: 'eth0', metric: 7 },
    ]);
    for (const row of rows(line)) expect(row).not.toHaveProperty('dev');
  });

  test('are read on machines of either byte order', () => {
    const big = route
      .replaceAll('0100000A', '0A000001')
      .replaceAll('\t0000000A', '\t0A000000')
      .replaceAll('00FFFFFF', 'FFFFFF00')
      .replaceAll('0000090A', '0A090000')
      .replaceAll('0000FFFF', 'FFFF0000');
    expect(rowsOf({ fibTrie: merged, route: big, devices }, 'ip-route.json')).toEqual(
      rowsOf({ fibTrie: merged, route, devices }, 'ip-route.json'),
    );
  });

  test('of other tables are known to be there', () => {
    expect(rowsOf({ fibTrie: split, route, devices }, 'ip-route.json')).toContainEqual({
      dst: 'default',
      table: '200',
      flags: [],
      partial: true,
    });
  });
});

describe('policy rules', () => {
  test('are the default ones where main and local are one table', () => {
    expect(rowsOf({ fibTrie: merged }, 'ip-rule.json')).toHaveLength(3);
    expect(reasonOf({ fibTrie: merged }, 'ip-rule.json')).toMatch(/IPv6's policy rules$/);
  });

  test('are not known where these are two', () => {
    expect(state({ fibTrie: split }).files.has('ip-rule.json')).toBe(false);
    expect(reasonOf({ fibTrie: split }, 'ip-rule.json')).toMatch(/some of IPv4 were set at some time$/);
  });
});

describe('an IPv4 address', () => {
  test('is on the interface that leads to its network, where nothing speaks against it', () => {
    expect(rowsOf({ fibTrie: merged, route, devices }, 'ip-addr.json')).toMatchObject([
      { ifname: 'lo', addr_info: [{ local: '127.0.0.1', prefixlen: 8 }] },
      { ifname: 'eth0', addr_info: [{ local: '10.0.0.5', prefixlen: 24 }] },
    ]);
  });

  test.each([
    [
      'another own address is in that network',
      merged.replaceAll(local, `${local}\n${leaf('10.0.0.9', '/32 host LOCAL')}`),
    ],
    ['that network has no broadcast address', merged.replaceAll('10.0.0.255', '10.0.1.255')],
  ])('is nowhere where %s', (_why, fibTrie) => {
    expect(rowsOf({ fibTrie, route, devices }, 'ip-addr.json')).toMatchObject([
      {},
      { ifname: 'eth0', addr_info: [] },
    ]);
    expect(reasonOf({ fibTrie, route, devices }, 'ip-addr.json')).toMatch(/on which interface 10\.0\.0\.5/);
  });
});

const zero = '0'.repeat(32);
const ula = 'fd000000000000000000000000000000';
const own = 'fd000000000000000000000000000005';

/** A line of /proc/net/ipv6_route. */
function line6(to: string, length: string, hop: string, metric: string, flags: string, name: string): string {
  return `${to} ${length} ${zero} 00 ${hop} ${metric} 00000001 00000000 ${flags} ${name.padStart(8)}\n`;
}

const nullEntry = line6(zero, '00', zero, 'ffffffff', '00200200', 'lo');
const main6 = line6(ula, '40', zero, '00000100', '00000001', 'eth0');
const gateway6 = line6(zero, '00', own, '00000400', '00000003', 'eth0');
const local6 =
  line6(`${'0'.repeat(31)}1`, '80', zero, '00000000', '80200001', 'lo') +
  line6(own, '80', zero, '00000000', '80200001', 'eth0') +
  nullEntry;

describe('IPv6', () => {
  test('addresses come with interface, scope and flags', () => {
    expect(readIfInet6('fe800000000000000000000000000001 04 40 20 c0     eth0\n')).toEqual([
      {
        address: 'fe80:0:0:0:0:0:0:1',
        index: 4,
        prefixLength: 64,
        scope: 'link',
        flags: ['tentative'],
        interface: 'eth0',
      },
    ]);
  });

  test('routes come table by table, each ending with the routes to everywhere', () => {
    const tables = readIpv6Routes(main6 + gateway6 + local6);
    expect(tables?.map((table) => table.length)).toEqual([2, 2]);
    expect(rowsOf({ route6: main6 + gateway6 + local6 }, 'ip6-route.json')).toMatchObject([
      { dst: 'fd00:0:0:0:0:0:0:0/64', dev: 'eth0', partial: true },
      { dst: 'default', gateway: 'fd00:0:0:0:0:0:0:5', dev: 'eth0', partial: true },
      { type: 'local', dst: '0:0:0:0:0:0:0:1', table: 'local' },
      { type: 'local', dst: 'fd00:0:0:0:0:0:0:5', table: 'local' },
    ]);
  });

  test('routes by several gateways of one metric are one route', () => {
    const other = line6(zero, '00', ula.replace(/0$/, '6'), '00000400', '00000003', 'eth0');
    expect(rowsOf({ route6: main6 + gateway6 + other + local6 }, 'ip6-route.json')).toContainEqual({
      dst: 'default',
      nexthops: [
        { gateway: 'fd00:0:0:0:0:0:0:5', dev: 'eth0', flags: [] },
        { gateway: 'fd00:0:0:0:0:0:0:6', dev: 'eth0', flags: [] },
      ],
      metric: 1024,
      flags: [],
      partial: true,
    });
  });

  test('tables that cannot be told apart give no routes', () => {
    const route6 = main6 + nullEntry + main6 + nullEntry + local6;
    expect(state({ route6 }).files.has('ip6-route.json')).toBe(false);
    expect(reasonOf({ route6 }, 'ip6-route.json')).toMatch(/several tables without their names$/);
  });

  test('a list that breaks off gives no routes', () => {
    expect(readIpv6Routes(main6)).toBeNull();
  });
});

const lies: readonly string[] = [
  '',
  'x',
  '<html>',
  '{"a":1}',
  '\u0000\u0001',
  'Main:',
  'Main:\n   |-- 999.999.999.999\n      /99 link UNICAST\n',
  `Main:\n${leaf('10.0.0.0', '/24 link UNICAST')}\n   garbage\n`,
  `${heading}\nnonsense\n`,
  `Main:\n${'     |-- 10.0.0.0\n'.repeat(1000)}`,
  'Inter-|\n\n: : :\n__proto__: 1\n',
  'x'.repeat(1_000_000),
];

describe('a file that lies', () => {
  test.each(lies.map((text) => [text.slice(0, 40), text] as const))(
    '%j is not believed, and harms nobody',
    (_start, text) => {
      const all = { fibTrie: text, route: text, addresses6: text, route6: text, devices: text };
      for (const json of state(all).files.values()) expect(Array.isArray(JSON.parse(json))).toBe(true);
      expect(state({ ...all, fibTrie: merged, devices }).files.get('ip-route.json')).not.toContain('garbage');
      expect([...(readFibTrie(text)?.tables.values() ?? [])].flat()).toEqual([]);
      expect(readRouteFile(text, false) ?? []).toEqual([]);
      expect(readIfInet6(text) ?? []).toEqual([]);
      expect(readIpv6Routes(text) ?? []).toEqual([]);
    },
  );
});
