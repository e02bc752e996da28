/** What is said of answers to a source that a rule wrote. */
import { expect, it } from 'vitest';
import { labFiles } from '../../kernel/fixtures.ts';
import { table, told } from './clientRules.ts';

it('an answer that bypasses the node goes to the source that its sender saw', () => {
  const rules = table(
    'nat',
    ['POSTROUTING'],
    ['-A POSTROUTING -s 198.51.100.7 -j SNAT --to-source 192.0.2.99'],
  );
  expect(told(rules, { from: 'external:198.51.100.7', to: '192.168.0.9:8080' }, labFiles)).toEqual([
    'mixed',
    'Forwarded to 192.168.0.9:8080 out of eth0, as 192.0.2.99 (SNAT), but the answer may bypass this node: it then goes to 192.0.2.99, not to the client.',
    "The receiver sees 192.0.2.99 as the source, not the client's address.",
  ]);
});
