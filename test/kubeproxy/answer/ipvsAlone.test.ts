/** A packet through virtual servers of which nothing else of the node is known. */
import { expect, test } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import type { Flow } from '../../../src/kernel/flow.ts';

const listing = `-A -t 10.96.7.7:80 -s rr
-a -t 10.96.7.7:80 -r 10.244.1.5:8080 -m -w 1
-A -t 10.96.7.7:81 -s rr
`;

function answered(flow: Flow, rules?: string): readonly string[] | null {
  const analysis = analysisOfFiles(
    new Map([
      ['ipvsadm-save.txt', listing],
      ...(rules === undefined ? [] : [['iptables-save.txt', rules] as const]),
    ]),
  );
  const answer = answerOf(analysis, flow);
  if (answer === null) return null;
  const ends = answer.outcomes.map(({ verdict, destination }) => `${verdict} ${destination?.address ?? ''}`);
  return [
    ...new Set(ends),
    ...answer.assumptions.filter(({ code }) => code === 'ipvs-alone').map(({ code }) => code),
  ];
}

const to = (port: number, family: 4 | 6 = 4): Flow => ({
  family,
  from: { kind: 'external', address: family === 4 ? '198.51.100.7' : '2001:db8::7', port: 40000 },
  to: { address: family === 4 ? '10.96.7.7' : 'fd00::1', port },
  protocol: 'tcp',
});

test('goes to a server or is refused, and what is left out is said', () => {
  expect(answered(to(80))).toEqual(['forward 10.244.1.5', 'ipvs-alone']);
  expect(answered(to(81))).toEqual(['reject ', 'ipvs-alone']);
});

test('of another family nothing is known', () => {
  expect(answered(to(80, 6))).toBeNull();
});

test('beside rules nothing is left out', () => {
  expect(answered(to(80), '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n')).not.toContain('ipvs-alone');
});
