/** Which default route and which source the kernel takes where several would do. */
import { describe, expect, test } from 'vitest';
import type { Node } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import { routeOutput } from '../../../src/kernel/node/routing.ts';
import { selectIPv6Source } from '../../../src/kernel/node/sourceAddressIPv6.ts';
import { type Address, parseAddress } from '../../../src/values/address.ts';

function address(text: string): Address {
  const read = parseAddress(text);
  if (read === null) throw new Error(text);
  return read;
}

describe('several default routes', () => {
  const LOCAL = { type: 'local', dst: '10.1.0.1', dev: 'eth0', table: 'local', protocol: 'kernel' };
  const FIRST = { dst: 'default', gateway: '10.1.0.254', dev: 'eth0' };
  const query = { source: null, destination: address('8.8.8.8'), outputInterface: null, mark: 0, tos: 8 };

  function nodeWith(second: object): Node {
    const routes = [LOCAL, FIRST, { dst: 'default', dev: 'eth1', ...second }];
    return readNode(new Map([['ip-route.json', JSON.stringify(routes)]]));
  }

  test('that differ in their TOS alone are as good as each other to what the node sends', () => {
    const node = nodeWith({ gateway: '10.2.0.254', tos: '0x08' });
    expect(routeOutput(node, 4, query)).toMatchObject({
      kind: 'unknown',
      candidates: [{ interface: 'eth1' }, { interface: 'eth0' }],
    });
    expect(routeOutput(node, 4, { ...query, tos: 0 })).toMatchObject({ kind: 'send', interface: 'eth0' });
    expect(routeOutput(node, 4, { ...query, outputInterface: 'eth0' })).toMatchObject({ interface: 'eth0' });
  });

  test.each([
    ['of a higher metric', { metric: 100, gateway: '10.2.0.254' }, 'eth0'],
    ['of another TOS', { tos: '0x10', gateway: '10.2.0.254' }, 'eth0'],
    ['without a gateway', { tos: '0x08' }, 'eth1'],
  ])('%s are no choice', (_, second, taken) => {
    expect(routeOutput(nodeWith(second), 4, query)).toMatchObject({ kind: 'send', interface: taken });
  });
});

describe('the source of an IPv6 packet', () => {
  const linkAndGlobal = ['fe80::2', 'fd00:192:168::2'].map((local) => ({
    family: 'inet6',
    local,
    prefixlen: 64,
    scope: local.startsWith('fe80') ? 'link' : 'global',
  }));
  const node = readNode(
    new Map([
      ['ip-addr.json', JSON.stringify([{ ifname: 'eth0', flags: ['UP'], addr_info: linkAndGlobal }])],
    ]),
  );

  test.each([
    ['2001:db8::1', 'fd00:192:168::2'],
    ['fe80::9', 'fe80::2'],
    // `::` has no scope: the smallest is enough for it.
    ['::', 'fe80::2'],
  ])('to %s is %s', (to, source) => {
    expect(selectIPv6Source(node, 'eth0', address(to))).toEqual(address(source));
  });
});
