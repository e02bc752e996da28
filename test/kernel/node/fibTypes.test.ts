/** What `fib … type` of nft says of an address: nft_fib6_eval_type, as a kernel was seen to do. */
import { expect, it } from 'vitest';
import { fibTypeOf } from '../../../src/kernel/node/addressTypes.ts';
import { parseAddress } from '../../../src/values/address.ts';
import { labFiles, nodeOf } from '../fixtures.ts';

const node = nodeOf(labFiles);

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
  expect(address && fibTypeOf(node, address, limit)).toBe(type);
});
