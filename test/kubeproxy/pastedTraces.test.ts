/** Traces through a dump that was pasted are those through the dump. */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { pastesOf } from '../rules/iptables/paste/noisy.ts';
import { dumpText } from './dumps.ts';

const MOST_FLOWS = 8;

/** To cluster IPs and node ports of the dump. */
function flowsOf(text: string): readonly Flow[] {
  const found = [...text.matchAll(/^-A KUBE-SERVICES -d ([\d.]+)\/32 -p tcp .*--dport (\d+)/gm)];
  const step = Math.max(1, Math.floor(found.length / MOST_FLOWS));
  return found
    .filter((_, index) => index % step === 0)
    .map(([, address = '', port = '']) => ({
      family: 4,
      from: { kind: 'pod', address: '10.244.1.9', port: 40_000 },
      to: { address, port: Number(port) },
      protocol: 'tcp',
    }));
}

/** Ends, odds and ways; places in the text apart. */
function traces(text: string, flows: readonly Flow[]): readonly unknown[] {
  const analysis = analysisOfFiles(new Map([['iptables-save.txt', text]]));
  return flows.map((flow) => {
    const answer = answerOf(analysis, flow);
    return {
      assumptions: answer?.assumptions.map(({ key, message }) => [key, message]),
      outcomes: answer?.outcomes.map(({ steps, ...end }) => ({
        ...end,
        steps: steps.flatMap((step) =>
          step.kind === 'rule' ? `${step.at.table}/${step.at.chain}/${step.at.index}` : step.kind,
        ),
      })),
    };
  });
}

describe.each(['1.36.3', '1.36.3-legacy', 'docker'])('%s', (dump) => {
  const text = dumpText(dump, 'iptables-save.txt') ?? '';
  const flows = flowsOf(text);
  const expected = traces(text, flows);
  it('gives the same traces however it was pasted', () => {
    for (const { name, text: written } of pastesOf(text, 20_261_130, 0)) {
      // That the other backend has rules too is told by every trace.
      if (name === 'warned') continue;
      expect.soft({ name, traces: traces(written, flows) }, name).toEqual({ name, traces: expected });
    }
  });
});
