/** One answer: what other rules of the node make unknown is so for whoever asks, in JSON and in sequences too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { answerOf, sequenceAnswerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { flowResult } from '../../../src/kernel/flows.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { sequence } from '../../kernel/fixtures.ts';
import { nodeFiles, rulesText } from '../journey/twoNodes.ts';

function dump(path: string): string {
  return readFileSync(new URL(`../../dumps/${path}`, import.meta.url), 'utf8');
}

const legacy = dump('1.36.3/iptables-save.txt');
/** What the kubelet leaves in iptables, whatever kube-proxy does. */
const kubelet = dump('1.36.3-mixed-backends/iptables-nft-save.txt');

function node(given: Readonly<Partial<Record<SnapshotFileName, string>>>): Analysis {
  const files = new Map(nodeFiles(1)).set('iptables-save.txt', kubelet);
  for (const name of snapshotFileNames) {
    const text = given[name];
    if (text !== undefined) files.set(name, text);
  }
  return analysisOfFiles(files);
}

function flow(address: string, port: number): Flow {
  return {
    family: 4,
    from: { kind: 'pod', address: '10.244.1.7', port: 5000, interface: 'cni0' },
    to: { address, port },
    protocol: 'tcp',
  };
}

const service = flow('10.96.12.3', 80);
const pod = flow('10.244.2.9', 8080);

describe('an answer', () => {
  it('is unknown in JSON where kube-proxy keeps its Services elsewhere, and keeps the way through the rules', () => {
    const answer = answerOf(node({ 'iptables-legacy-save.txt': legacy }), service);
    if (answer === null) throw new Error('there are rules');
    expect(flowResult(service, answer)).toMatchObject({
      outcomes: [
        {
          verdict: 'unknown',
          probability: 1,
          destination: null,
          interface: null,
          mark: null,
          by: null,
          reason:
            'kube-proxy has rules in the legacy backend of iptables (iptables-legacy-save.txt), which are not simulated with these yet',
        },
      ],
      assumptions: [{ code: 'other-rules' }, { code: 'routing-assumed' }, { code: 'new-connection' }],
    });
    expect(answer.outcomes[0]?.steps).toBe(answer.alone?.outcomes[0]?.steps);
    expect(answer.alone?.outcomes[0]?.verdict).toBe('forward');
  });

  it('is that of the rules where nothing else decides', () => {
    const analysis = node({ 'iptables-save.txt': rulesText() });
    const answer = answerOf(analysis, service);
    expect(answer?.alone).toBeNull();
    expect(answer?.outcomes.map(({ verdict }) => verdict)).toEqual(['forward', 'forward']);
  });

  it('is none without rules of the family', () => {
    const analysis = node({});
    const six: Flow = { ...service, family: 6, to: { address: 'fd00::1', port: 80 } };
    expect(answerOf(analysis, six)).toBeNull();
    expect(sequenceAnswerOf(analysis, six)).toBeNull();
  });
});

/** The joint results, and the codes of what is taken for granted. */
function joint(analysis: Analysis, first: Flow, ...rest: readonly Flow[]) {
  const answer = sequenceAnswerOf(analysis, sequence(first, ...rest));
  return [answer?.joint, answer?.assumptions.map(({ code }) => code)];
}

describe('the answer to a sequence', () => {
  it('is unknown for packets that others may decide about, and says why once', () => {
    const analysis = node({ 'iptables-legacy-save.txt': legacy });
    expect(joint(analysis, service, service)).toEqual([
      [{ results: ['unknown', 'unknown'], probability: 1 }],
      ['other-rules', 'routing-assumed', 'services-elsewhere'],
    ]);
  });

  it('keeps what is certain all the same: a pod’s own address, a drop before they see it', () => {
    const raw = `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.96.12.4/32 -j DROP\nCOMMIT\n${kubelet}`;
    const analysis = node({ 'iptables-legacy-save.txt': legacy, 'iptables-save.txt': raw });
    expect(joint(analysis, service, pod, flow('10.96.12.4', 80))).toEqual([
      [{ results: ['unknown', 'forward 10.244.2.9:8080', 'drop'], probability: 1 }],
      ['other-rules', 'routing-assumed', 'services-elsewhere'],
    ]);
  });

  it('adds up ways that are alike once they are unknown', () => {
    const analysis = node({ 'iptables-legacy-save.txt': legacy, 'iptables-save.txt': rulesText() });
    expect(joint(analysis, service, pod)[0]).toEqual([
      { results: ['unknown', 'forward 10.244.2.9:8080'], probability: 1 },
    ]);
  });

  it('is the engine’s own where nothing else decides', () => {
    const analysis = node({ 'iptables-save.txt': rulesText() });
    const flows = sequence(service, service);
    expect(sequenceAnswerOf(analysis, flows)).toEqual(analysis.engine(4)?.traceSequence(flows));
  });
});
