/** What real clients at ::1 got: test/realKernel/clients. */
import { expect, test } from 'vitest';
import { getsReset } from '../../src/kernel/passage/answerWay.ts';
import { type Address, parseAddress } from '../../src/values/address.ts';
import { nodeOf } from './fixtures.ts';

function link(ifname: string, ...addresses: readonly string[]): object {
  const flags = ifname === 'lo' ? ['LOOPBACK', 'UP'] : ['UP'];
  return { ifname, flags, addr_info: addresses.map((local) => ({ family: 'inet6', local, prefixlen: 64 })) };
}

const node = nodeOf({
  'ip-addr.json': JSON.stringify([link('lo', '::1', 'fd00:9::1'), link('cni0', 'fd00:10:244:1::1')]),
});

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

test.each([
  ['::1', '::1', true],
  ['::1', 'fd00:9::1', true],
  ['::1', 'fd00:10:244:1::1', false],
  ['::1', 'fd00:10:244:1::9', null],
  ['fd00:10:244:1::5', 'fd00:10:244:1::1', true],
  ['127.0.0.1', '10.244.1.1', true],
])('whether %s gets the reset of a closed port at %s: %s', (source, destination, gets) => {
  expect(getsReset(node, address(source), address(destination))).toBe(gets);
});
