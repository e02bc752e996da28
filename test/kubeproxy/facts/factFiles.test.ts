import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import { addressType } from '../../../src/kernel/node/routing.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { type Contents, contentsOf } from '../../../src/kubeproxy/facts/contents.ts';
import { factFilesOf } from '../../../src/kubeproxy/facts/factFiles.ts';
import { formatAddress, parseAddress } from '../../../src/values/address.ts';

function recorded(name: string): string {
  return readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
}

const TWINS = [
  'ip-addr.json',
  'ip-route.json',
  'ip6-route.json',
  'ip-rule.json',
  'ipset-save.txt',
  'bridge-link.txt',
] as const satisfies readonly SnapshotFileName[];

function nodeOf(...texts: readonly string[]): Node {
  return readNode(factFilesOf(texts.map((text) => contentsOf(text))));
}

function kindsOf(contents: Contents): readonly string[] {
  return contents.parts.map(({ kind }) => kind);
}

/** What kind of address the node takes one for; null where it is not known. */
function own(node: Node, address: string): string | null {
  const parsed = parseAddress(address);
  return parsed === null ? null : addressType(node, parsed, null);
}

/** What stands behind the prompt with a command of a recorded session. */
function outputOf(session: string, command: string): string {
  const [, rest = ''] = recorded(session).split(`# ${command}\n`);
  return rest.split('root@node-1')[0] ?? '';
}

describe('the text of a node equals its JSON', () => {
  const byJson = readNode(new Map(TWINS.map((name) => [name, recorded(name)])));

  test('a session with all of it', () => {
    const node = nodeOf(recorded('session.txt'));
    expect(node.problems).toEqual([]);
    expect({ ...node, info: null }).toEqual({ ...byJson, info: null });
  });

  test('with the line ends of Windows', () => {
    const node = nodeOf(recorded('session.txt').replaceAll('\n', '\r\n'));
    expect(node.interfaces).toEqual(byJson.interfaces);
    expect(node.rules).toEqual(byJson.rules);
  });

  test('JSON and text of one kind are joined, and what is in both counts once', () => {
    const node = nodeOf(recorded('ip-route.json'), outputOf('session.txt', 'ip route show table all'));
    expect(node.routes).toEqual(nodeOf(recorded('ip-route.json')).routes);
  });

  test('text under the name of the JSON file', () => {
    const files = new Map<SnapshotFileName, string>([
      ['ip-addr.json', outputOf('session.txt', 'ip addr')],
      ['ip-route.json', outputOf('session.txt', 'ip route show table all')],
      ['ipset-save.txt', outputOf('session.txt', 'ipset list')],
    ]);
    const node = readNode(files);
    expect(node.interfaces).toEqual(byJson.interfaces);
    expect(node.ipsets).toEqual(byJson.ipsets);
    expect(node.problems).toEqual([]);
  });
});

describe('forms that do not tell all', () => {
  test.each(['ip -o addr', 'ip -br addr', 'ifconfig -a'])(
    '%s: an address that is seen is the node’s',
    (command) => {
      const node = nodeOf(outputOf('old-session.txt', command));
      expect(node.interfaces).toBeNull();
      expect(own(node, '192.0.2.10')).toBe('LOCAL');
      expect(own(node, '10.8.0.1')).toBe('LOCAL');
      expect(own(node, '10.5.0.1')).toBe('LOCAL');
      expect(own(node, '203.0.113.1')).toBeNull();
    },
  );

  test('ifconfig of before 2.0, as busybox prints it', () => {
    const node = nodeOf(
      [
        'eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02  ',
        '          inet addr:192.0.2.10  Bcast:192.0.2.255  Mask:255.255.255.0',
        '          inet6 addr: fd00::1/64 Scope:Global',
        '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1',
        '',
        'lo        Link encap:Local Loopback  ',
        '          inet addr:127.0.0.1  Mask:255.0.0.0',
        '          UP LOOPBACK RUNNING  MTU:65536  Metric:1',
      ].join('\n'),
    );
    const eth0 = node.glimpsed?.get('eth0');
    expect(eth0).toMatchObject({ up: true, mac: '02:42:ac:11:00:02', linkType: 'ether' });
    expect(eth0?.addresses.map((at) => `${formatAddress(at.address)}/${at.prefixLength}`)).toEqual([
      '192.0.2.10/24',
      'fd00::1/64',
    ]);
    expect(node.glimpsed?.get('lo')?.loopback).toBe(true);
  });

  test.each(['route -n', 'netstat -rn'])('%s: one next hop, no preferred source', (command) => {
    const routes = nodeOf(outputOf('old-session.txt', command)).routes[4];
    const inMain = routes?.filter(({ table }) => table === 'main') ?? [];
    expect(
      inMain.map(({ type, prefixLength, interface: name, partial }) => [type, prefixLength, name, partial]),
    ).toEqual([
      ['UNICAST', 0, 'eth0', true],
      ['UNICAST', 24, 'eth0', true],
      ['UNICAST', 32, 'p0', true],
      ['UNICAST', 16, 'eth0', true],
      ['BLACKHOLE', 16, null, false],
      ['UNICAST', 16, 'eth0', true],
      ['UNICAST', 24, 'eth0', true],
    ]);
  });

  test('one interface of ip addr: what is not there is not known', () => {
    const node = nodeOf('2: eth0: <BROADCAST,UP> mtu 1500\n    inet 192.0.2.10/24 scope global eth0\n');
    expect(own(node, '192.0.2.10')).toBe('LOCAL');
    expect(own(node, '192.0.2.99')).toBeNull();
  });

  test('ipset list without its members', () => {
    const node = nodeOf(
      'Name: a\nType: hash:ip\nHeader: family inet\nNumber of entries: 2\nMembers:\n10.0.0.1\n',
    );
    expect(node.ipsets).toBeNull();
    expect(node.problems).toEqual([
      'ipset-save.txt: the members of "a" are not all listed, so that it is left out',
    ]);
  });
});

describe('what a text is', () => {
  test.each([
    [
      'ip link alone',
      '1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue\n    link/loopback 00:00:00:00:00:00',
      [],
    ],
    [
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j X\nCOMMIT\n1: lo: <LOOPBACK,UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo',
      '',
      ['ip-addr.json'],
    ],
    ['default via 192.0.2.1 dev eth0', '', ['ip-route.json']],
    ['fd00::/64 dev eth0 proto kernel metric 256 pref medium', '', ['ip6-route.json']],
    ['net.ipv4.ip_forward = 1', '', ['sysctl.txt']],
    [
      'tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.96.0.1 sport=4 dport=443 src=10.96.0.1 dst=10.0.0.1 sport=443 dport=4 [ASSURED] mark=0 use=1',
      '',
      ['conntrack.txt'],
    ],
    ['-A -t 10.96.0.1:443 -s rr', '', ['ipvsadm-save.txt']],
    ['{"nftables":[]}', '', ['nft.json']],
    ['table ip nat {\n\tchain a {\n\t}\n}', '', ['nft.txt']],
    ['just a note\nof some lines', '', []],
    ['', '', []],
  ])('%s', (text, more, files) => {
    expect([...factFilesOf([contentsOf(`${text}\n${more}`)]).keys()]).toEqual(files);
  });

  test('parts of several programs, in their order', () => {
    expect(kindsOf(contentsOf(recorded('session.txt')))).toEqual([
      'addresses',
      'routes',
      'policy-rules',
      'policy-rules',
      'ipsets',
      'bridge-ports',
    ]);
  });

  test('any text: parts lie one behind the other, and nothing throws', () => {
    const lines = [...recorded('session.txt').split('\n'), ...recorded('old-session.txt').split('\n')];
    const line = fc.oneof(fc.constantFrom(...lines, '{', '[{', '*nat', 'kind: Service'), fc.string());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (each) => {
        const text = each.join('\n');
        const { parts } = contentsOf(text);
        let last = 0;
        for (const { span } of parts) {
          expect(span.start).toBeGreaterThanOrEqual(last);
          expect(span.end).toBeLessThanOrEqual(text.length);
          last = span.end;
        }
        const files = factFilesOf([contentsOf(text)]);
        expect([...files.keys()].every((name) => snapshotFileNames.includes(name))).toBe(true);
        readNode(files);
      }),
    );
  });

  test('neighbours of `ip neigh` are no routes', () => {
    const { parts } = contentsOf(
      '192.0.2.1 dev eth0 lladdr 02:42:ac:11:00:01 REACHABLE\n192.0.2.7 dev eth0 FAILED\nfe80::1 dev eth0 lladdr 02:42:ac:11:00:01 router STALE\n',
    );
    expect(parts).toEqual([]);
  });

  test('brackets without end are looked through once', () => {
    // Looked through from each of them anew they would take the test's time many times over.
    expect(contentsOf('{\n'.repeat(200_000))).toEqual({ parts: [], others: 200_000, firstOther: '{' });
  });
});
