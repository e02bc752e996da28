/** The address that stands for any client outside is one that no rule means. */
import { expect, it } from 'vitest';
import { outsideAddress } from '../../../src/kubeproxy/form/outsideAddress.ts';
import { rulesOnly } from '../narrative/support.ts';

const dropping = (...networks: readonly string[]): string =>
  `*filter\n:INPUT ACCEPT [0:0]\n${networks.map((each) => `-A INPUT -s ${each} -j DROP\n`).join('')}COMMIT\n`;

it.each<[string, string, string]>([
  ['nothing', dropping(), '203.0.113.9'],
  ['its network', dropping('203.0.113.0/24'), '198.51.100.9'],
  ['a wider network', dropping('203.0.0.0/9'), '198.51.100.9'],
  ['another address that ends alike', dropping('10.203.0.9'), '203.0.113.9'],
  ['all blocks for documentation', dropping('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'), '9.9.9.9'],
  ['a neighbour', dropping('203.0.113.10'), '203.0.113.9'],
  [
    'a range with it',
    '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m iprange --src-range 203.0.113.1-203.0.113.20 -j DROP\nCOMMIT\n',
    '198.51.100.9',
  ],
  [
    'everything',
    dropping('203.0.0.0/8', '198.0.0.0/8', '9.0.0.0/8', '8.0.0.0/8', '1.0.0.0/255.0.0.0'),
    '203.0.113.9',
  ],
])('rules name %s', (_, rules, expected) => {
  expect(outsideAddress(rulesOnly(rules), 4)).toBe(expected);
});
