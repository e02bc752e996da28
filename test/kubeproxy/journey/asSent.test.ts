/** A packet that another node sends is decided there first. */
import { expect, it } from 'vitest';
import { asSent } from '../../../src/kubeproxy/journey/asSent.ts';
import { journey, nodeOf } from './twoNodes.ts';

function headlineOf(node: 1 | 2, from: string, to: string): string {
  return asSent(journey(nodeOf(node), { from, to })).narrative.headline;
}

it.each([
  [
    'a Pod elsewhere, to a cluster IP',
    'default/client',
    '10.96.12.3:80',
    'Not decided here: pod default/client on node-1 sends it, and the rules of node-1 take what goes to default/web:http first.',
  ],
  [
    'another node, to a cluster IP',
    'node-1',
    '10.96.12.3:80',
    'Not decided here: node-1 sends it, and the rules of node-1 take what goes to default/web:http first.',
  ],
  [
    'a Pod elsewhere, to a Pod on a third node',
    'default/client',
    '10.244.3.4:8080',
    'Not decided here: pod default/client on node-1 sends it to pod default/web-b on node-3, and neither needs node-2 for that.',
  ],
])('tells %s that its own node decides', (_, from, to, headline) => {
  expect(headlineOf(2, from, to)).toBe(headline);
});

it('is no green answer, and tells what these rules would do', () => {
  const { verdict, details } = asSent(
    journey(nodeOf(2), { from: 'default/client', to: '10.96.12.3:80' }),
  ).narrative;
  expect(verdict).toBe('unknown');
  expect(details[0]).toMatch(/^If it came to node-2 as it was sent: Forwarded to /);
});

it.each([
  ['a Pod of this node', 1, 'default/client', '10.96.12.3:80'],
  ['a Pod elsewhere, to a node port of this node', 2, 'default/client', 'node-2:30080'],
  ['a Pod elsewhere, to a Pod of this node', 2, 'default/client', '10.244.2.9:8080'],
  ['somebody outside', 2, 'external:203.0.113.9', '10.96.12.3:80'],
] as const)('answers of %s what comes here', (_, node, from, to) => {
  const leg = journey(nodeOf(node), { from, to });
  expect(asSent(leg)).toBe(leg);
});
