import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/values/address.ts';
import { type SetDirection, type SetPacket, testSet } from '../../../src/kernel/node/ipset.ts';
import type { Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';

function nodeWith(text: string): Node {
  return readNode(new Map([['ipset-save.txt', text]]));
}

interface PacketText extends Partial<Omit<SetPacket, 'source' | 'destination'>> {
  readonly from?: string;
  readonly to?: string;
}

/** A UDP packet from 10.0.0.1:1000 to 10.0.0.2:53 on eth0, but for what is given. */
function packet({ from = '10.0.0.1', to = '10.0.0.2', ...rest }: PacketText = {}): SetPacket {
  return {
    family: from.includes(':') ? 6 : 4,
    protocol: 17,
    source: parseAddress(from)?.value ?? 0n,
    destination: parseAddress(to)?.value ?? 0n,
    sourcePort: 1000,
    destinationPort: 53,
    icmpType: null,
    icmpCode: 0,
    input: 'eth0',
    output: null,
    mark: 0,
    sourceMac: null,
    local: false,
    ...rest,
  };
}

const both: readonly SetDirection[] = ['src', 'dst'];

/** Types that the kernel of the test machines lacks; test/kernel asks the kernel of the others. ipset(8) describes them. */
describe('sets of every type', () => {
  test.each<readonly [string, string, readonly SetDirection[], PacketText, boolean]>([
    ['hash:ip,mark', '10.0.0.1,0x10', ['src', 'src'], { mark: 0x10 }, true],
    ['hash:ip,mark', '10.0.0.1,0x10', ['src', 'src'], { mark: 0x11 }, false],
    ['hash:ip,mark markmask 0x000000f0', '10.0.0.1,0x10', ['src', 'src'], { mark: 0x1f }, true],
    ['hash:net,net', '10.0.0.0/24,10.0.0.2', both, {}, true],
    ['hash:net,net', '10.0.0.0/24,10.0.0.3', both, {}, false],
    ['hash:net,port,net', '10.0.0.0/24,udp:53,10.0.0.0/30', ['src', 'dst', 'dst'], {}, true],
    ['hash:net,port,net', '10.0.0.0/24,tcp:53,10.0.0.0/30', ['src', 'dst', 'dst'], {}, false],
    ['hash:mac', '02:00:00:00:00:0A', ['src'], { sourceMac: '02:00:00:00:00:0a' }, true],
    ['hash:ip,mac', '10.0.0.1,02:00:00:00:00:0A', ['src', 'src'], { sourceMac: '02:00:00:00:00:0b' }, false],
    ['hash:mac', '02:00:00:00:00:0A', ['src'], { local: true }, false],
    ['hash:net', '10.0.0.0/24', ['src'], {}, true],
    ['hash:ip', '10.0.0.1-10.0.0.9', ['dst'], {}, true],
    ['hash:ip family inet6', 'fd00::1', ['src'], { from: 'fd00::1', to: 'fd00::2' }, true],
    ['hash:ip family inet6', 'fd00::1', ['src'], {}, false],
    ['hash:ip,port', '10.0.0.2,53', ['dst', 'dst'], { protocol: 6 }, true],
    ['hash:ip,port', '10.0.0.2,icmp:ping', ['dst', 'dst'], { protocol: 1, icmpType: 8 }, true],
    ['hash:ip,port', '10.0.0.2,icmp:3/1', ['dst', 'dst'], { protocol: 1, icmpType: 3, icmpCode: 1 }, true],
    ['hash:net,iface', '10.0.0.0/8,eth wildcard', both, {}, false],
    ['hash:net,iface', '10.0.0.0/8,eth wildcard', ['src', 'src'], {}, true],
    ['hash:net,iface', '10.0.0.0/8,physdev:eth0', ['src', 'src'], {}, false],
    ['bitmap:port range 0-100', '53', ['dst'], {}, true],
    ['bitmap:port range 0-100', '53', ['dst'], { protocol: 132 }, false],
  ])('%s with %s, asked %j of %j: %j', (type, entry, directions, given, answer) => {
    const node = nodeWith(`create s ${type}\nadd s ${entry}\n`);
    expect(node.problems).toEqual([]);
    expect(testSet(node, 's', directions, packet(given))).toBe(answer);
  });

  test('the most specific network decides, and may say no', () => {
    const node = nodeWith('create s hash:net\nadd s 10.0.0.0/8\nadd s 10.0.0.0/24 nomatch\nadd s 10.0.0.9\n');
    expect(testSet(node, 's', ['src'], packet())).toBe(false);
    expect(testSet(node, 's', ['src'], packet({ from: '10.0.0.9' }))).toBe(true);
    expect(testSet(node, 's', ['src'], packet({ from: '10.1.0.9' }))).toBe(true);
    expect(testSet(node, 's', ['src'], packet(), { returnNoMatch: true })).toBe(true);
    expect(testSet(node, 's', ['src'], packet({ from: '10.1.0.9' }), { returnNoMatch: true })).toBe(false);
  });

  test('--return-nomatch asks nothing of sets without networks', () => {
    const node = nodeWith('create s hash:ip counters\nadd s 10.1.0.9\ncreate l list:set\nadd l s\n');
    for (const name of ['s', 'l'])
      expect(testSet(node, name, ['src'], packet({ from: '10.1.0.9' }), { returnNoMatch: true })).toBe(true);
  });

  test('a rule that asks fewer dimensions than the set has never matches', () => {
    const node = nodeWith('create s hash:ip,port\nadd s 10.0.0.1,udp:53\n');
    expect(testSet(node, 's', ['src'], packet())).toBe(false);
  });

  test('a list of sets has what one of them has', () => {
    const node = nodeWith(
      'create a hash:ip\nadd a 10.0.0.9\ncreate b hash:ip\nadd b 10.0.0.1\ncreate l list:set size 8\nadd l a\nadd l b\n',
    );
    expect(testSet(node, 'l', ['src'], packet())).toBe(true);
    expect(testSet(node, 'l', ['dst'], packet())).toBe(false);
  });

  test('a comment is not an option', () => {
    const node = nodeWith('create s hash:net comment\nadd s 10.0.0.0/8 comment "nomatch it is not"\n');
    expect(testSet(node, 's', ['src'], packet())).toBe(true);
  });
});

const unknown = (reason: string): object => ({ unknown: expect.stringContaining(reason) });

describe('what cannot be known', () => {
  test.each<readonly [string, string, PacketText, object]>([
    ['a set that is not in the file', 'create other hash:ip\n', {}, unknown('s is not in the snapshot')],
    ['a type that nobody knows', 'create s hash:moon\nadd s 1\n', {}, unknown('hash:moon')],
    ['an entry that is not understood', 'create s hash:ip\nadd s 10.0.0.x\n', {}, unknown('10.0.0.x')],
    [
      'a port that the kernel picks',
      'create s hash:ip,port\nadd s 10.0.0.1,udp:5\n',
      { sourcePort: '*' },
      unknown('port'),
    ],
    [
      'an interface',
      'create s hash:net,iface\nadd s 10.0.0.0/8,eth0\n',
      { input: undefined },
      unknown('interface'),
    ],
    ['a MAC address', 'create s hash:mac\nadd s 02:00:00:00:00:01\n', {}, unknown('MAC')],
  ])('%s', (_, text, given, answer) => {
    expect(testSet(nodeWith(text), 's', ['src', 'src'], packet(given))).toEqual(answer);
  });

  test('no file at all', () => {
    expect(testSet(readNode(new Map()), 's', ['src'], packet())).toEqual(unknown('ipset-save.txt'));
  });

  test('an entry of a million combinations is not unfolded', () => {
    const node = nodeWith(
      'create s hash:ip,port,ip\nadd s 0.0.0.1-255.255.255.254,tcp:0-65535,0.0.0.1-255.255.255.254\n',
    );
    expect(testSet(node, 's', ['src', 'dst', 'dst'], packet({ protocol: 6 }))).toEqual(
      unknown('is not understood'),
    );
  });
});

test('a set of 100,000 entries answers for those in it and those that are not', () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, index) => `add s 10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255},tcp:80`,
  );
  const node = nodeWith(`create s hash:ip,port\n${lines.join('\n')}\n`);
  const has = (from: string) =>
    testSet(node, 's', ['src', 'dst'], packet({ from, protocol: 6, destinationPort: 80 }));
  expect([has('10.1.2.3'), has('10.9.2.3')]).toEqual([true, false]);
});
