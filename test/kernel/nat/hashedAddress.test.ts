import { expect, test } from 'vitest';
import { hashedAddress } from '../../../src/kernel/nat/hashedAddress.ts';
import { type Address, formatAddress, parseAddress } from '../../../src/values/address.ts';

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
}

const few = '10.244.1.5-10.244.1.7';
const many = '192.0.2.1-192.0.2.250';

// What Linux 6.18 put into `conntrack -L`; test/realKernel/natRanges.test.ts asks the kernel at hand.
test.each([
  ['destination', '198.51.100.7', '10.96.0.5', few, '', '10.244.1.6'],
  ['destination', '198.51.100.8', '10.96.0.5', few, '', '10.244.1.5'],
  ['source', '10.244.1.5', '203.0.113.9', many, '', '192.0.2.106'],
  ['source', '10.244.1.5', '203.0.113.10', many, '', '192.0.2.165'],
  ['source', '10.244.1.5', '203.0.113.9', many, 'persistent', '192.0.2.249'],
  ['source', '10.244.1.5', '203.0.113.9', many, 'zone 77', '192.0.2.129'],
  [
    'source',
    'fd00:10:244:1::5',
    '2001:db8:2::10',
    '2001:db8:9::-2001:db8:9:ffff:ffff:ffff:ffff:ffff',
    '',
    '2001:db8:9:4fcf:4fcf:c278:4fcf:c278',
  ],
  // The last word is none of the range's.
  [
    'destination',
    'fd00:10:244:1::5',
    '2001:db8:2::10',
    '2001:db8:5::1:ffff:fff0-2001:db8:5::3:0:5',
    '',
    '2001:db8:5::1:4ecf:c578',
  ],
] as const)('a %s: of %s > %s in %s %s: %s', (manipulation, source, destination, range, more, expected) => {
  const [first = '', last = ''] = range.split('-');
  const { family } = addressOf(source);
  const value = hashedAddress({
    family,
    first: addressOf(first).value,
    last: addressOf(last).value,
    source: addressOf(source).value,
    destination: addressOf(destination).value,
    manipulation,
    persistent: more === 'persistent',
    zone: more.startsWith('zone') ? Number(more.slice(5)) : 0,
  });
  expect(formatAddress({ family, value })).toBe(expected);
});
