/** What `fib … type` of nft says of an address: nft_fib6_eval_type, as a kernel was seen to do. */
import { expect, it } from 'vitest';
import { fibTypeOf } from '../../../src/kernel/node/addressTypes.ts';
import { NO_TRAFFIC } from '../../../src/kernel/node/traffic.ts';
import { parseAddress } from '../../../src/values/address.ts';
import { labFiles, nodeOf } from '../fixtures.ts';

const node = nodeOf(labFiles);
const packet = { source: null, mark: 0, tos: 0, traffic: NO_TRAFFIC };

it.each([
  ['fd00:10:244:1::5', 'eth0', 'UNICAST'],
  ['2001:db8:2::10', 'cni0', 'UNICAST'],
  ['fd00:192:168::2', 'eth0', 'LOCAL'],
  ['fd00:192:168::2', 'cni0', 'UNICAST'],
  ['fd00:192:168::2', null, 'LOCAL'],
  ['ff02::1', 'eth0', 'MULTICAST'],
  ['192.168.0.2', 'cni0', 'UNICAST'],
] as const)('%s at %s is %s, whatever interface its route leaves by', (text, limit, type) => {
  const address = parseAddress(text);
  expect(address && fibTypeOf(node, address, limit, packet)).toBe(type);
});

it('asks policy rules about the packet', () => {
  const rules = [
    { priority: 0, src: 'all', table: 'local' },
    { priority: 100, src: 'all', tos: 'AF11', goto: 200 },
    { priority: 150, src: 'all', action: 'unreachable' },
    { priority: 200, src: 'all', table: 'main' },
  ];
  // Those of IPv6 are the second list of the file.
  const ruled = nodeOf({ ...labFiles, 'ip-rule.json': `[]\n${JSON.stringify(rules)}\n` });
  const address = parseAddress('2001:db8:2::10');
  const types = [0, 0x28].map((tos) => address && fibTypeOf(ruled, address, null, { ...packet, tos }));
  expect(types).toEqual(['UNREACHABLE', 'UNICAST']);
});
