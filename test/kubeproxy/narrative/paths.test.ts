/** The paths of packets in three rule languages: to which lines they lead for what they name, and which rows they have. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NarrativeLocation, NarrativeStep } from '../../../src/kubeproxy/narrative/narrative.ts';
import { snapshot, tell } from './support.ts';

const samples = 'media/samples';

function allSteps(steps: readonly NarrativeStep[]): readonly NarrativeStep[] {
  return steps.flatMap((step) => [step, ...allSteps(step.children)]);
}

function told(sample: string, from: string, to: string): readonly NarrativeStep[] {
  const { narrative } = tell(snapshot(`${samples}/${sample}`), { from, to });
  return allSteps(narrative.groups[0]?.outcomes[0]?.path ?? []);
}

/** What the text of `file` has there. */
function textAt(sample: string, file: string, location: NarrativeLocation | null | undefined): string {
  if (!location) return '';
  const lines = readFileSync(`${samples}/${sample}/${file}`, 'utf8').split('\n');
  return lines[location.line]?.slice(location.startCharacter, location.endCharacter) ?? '';
}

test.each([
  ['nftables-node', 'nft.txt', 'edge/np-cluster:http', /^10\.108\.134\.196 \. tcp \. 80 : goto/],
  ['ipvs-node', 'ipvsadm-save.txt', 'edge/np-cluster:http', /^-A -t 10\.108\.134\.196:80 -s rr$/],
  ['kube-proxy-1.36', 'iptables-save.txt', 'edge/np-cluster:http', /^-A KUBE-SERVICES -d 10\.108\.134\.196/],
])('%s: a Service in %s leads to what takes its packets', (sample, file, name, line) => {
  const step = told(sample, 'pod:10.244.1.7', name).find(({ service }) => service !== null);
  expect(step?.service?.name).toBe(name);
  expect(textAt(sample, file, step?.service?.location)).toMatch(line);
});

test('a server of IPVS leads to its own line', () => {
  const step = told('ipvs-node', 'external:203.0.113.9', '192.168.0.2:30081').find(({ label }) =>
    label.startsWith('TCP '),
  );
  expect(textAt('ipvs-node', 'ipvsadm-save.txt', step?.location)).toBe(
    '-a -t 192.168.0.2:30081 -r 10.244.1.46:8080 -m -w 1',
  );
});

test('what nat routes once more, and alike, is one row and one stop', () => {
  const { narrative } = tell(snapshot(`${samples}/ipvs-node`), {
    from: 'pod:10.244.1.7',
    to: 'edge/np-cluster:http',
  });
  const [outcome] = narrative.groups[0]?.outcomes ?? [];
  const rows = outcome?.path.filter(({ kind }) => kind === 'routing').map(({ label }) => label);
  expect(rows).toEqual(['routing: to this node (cni0)', 'routing: out by cni0']);
  expect(outcome?.stages.filter(({ hook }) => hook === 'routing')).toHaveLength(2);
});
