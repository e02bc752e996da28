/** What a Service's chain says of its counters: who took its connections, and by which address they came. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { Explanation } from '../../../src/kubeproxy/explain/explanation.ts';
import { explainChain } from '../../../src/kubeproxy/explain/explainChain.ts';
import { dumpText } from '../dumps.ts';

const zeroed = dumpText('1.36.3-legacy', 'iptables-save-c.txt') ?? '';
const SERVICE = 'KUBE-SVC-QN4TN2TMSEKJ5BQE';

function explained(rules: string): Explanation {
  const analysis = analysisOfFiles(new Map([['iptables-save.txt', rules]]));
  return explainChain(analysis, 'nat', SERVICE, 4);
}

/** The counter of the only rule of nat that fits. */
function counted(rules: string, packets: number, rule: RegExp): string {
  const lines = rules.split('\n');
  const at = lines.findIndex((line) => rule.test(line));
  expect(at).toBeGreaterThan(-1);
  return lines.with(at, (lines[at] ?? '').replace('[0:0]', `[${packets}:${packets * 60}]`)).join('\n');
}

function sentencesOf({ sentences }: Explanation): readonly string[] {
  return sentences.filter((each) => each.includes('counted'));
}

describe('the counters of a Service', () => {
  it('tell the endpoint that took most, those that took none, and each address', () => {
    const used = counted(zeroed, 9, /-A KUBE-SEP-.*"edge\/np-cluster:http".* -j DNAT /u);
    const first = counted(used, 9, /-A KUBE-SERVICES .*"edge\/np-cluster:http cluster IP"/u);
    const found = explained(first);

    expect(sentencesOf(found)).toEqual([
      expect.stringMatching(
        /^9 new connections were counted to its endpoints since its counters began: most to 10\.244\.\d\.\d+:8080 \(100 %\), none to 2 of 3\.$/u,
      ),
    ]);
    expect(found.reachedBy[0]).toMatch(/^ClusterIP 10\.108\.134\.196:80\/TCP · 9 new connections$/u);
    expect(found.reachedBy.slice(1).every((each) => each.endsWith(' · 0 new connections'))).toBe(true);
  });

  it('tell that nobody asked', () => {
    const found = explained(zeroed);

    expect(sentencesOf(found)).toEqual([
      'No connection to its endpoints was counted since its counters began.',
    ]);
    expect(found.reachedBy.join()).not.toContain('new connection');
  });

  it('tell nothing where there are none', () => {
    const found = explained(zeroed.replaceAll(/^\[\d+:\d+\] /gmu, ''));

    expect(sentencesOf(found)).toEqual([]);
    expect(found.reachedBy.join()).not.toContain('new connection');
  });
});
