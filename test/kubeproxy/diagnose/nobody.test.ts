/** What the step of the paths says of packets that come to nobody, and of those that kube-proxy's own rules refuse. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { diagnosing } from '../../../src/kubeproxy/diagnose/diagnose.ts';
import { subjectNamed } from '../../../src/kubeproxy/diagnose/subject.ts';
import { finish } from '../../../src/values/steps.ts';

/** The states of paths and replies, and what is said of the paths. */
function diagnosed(
  sample: string,
  names: readonly SnapshotFileName[],
  change: (name: SnapshotFileName, text: string) => string,
  service: string,
): readonly (string | undefined)[] {
  const files = names.map(
    (name) => [name, change(name, readFileSync(`media/samples/${sample}/${name}`, 'utf8'))] as const,
  );
  const reading = subjectNamed(service, analysisOfFiles(new Map(files)));
  if (reading.kind === 'wrong') throw new Error(reading.message);
  const { steps } = finish(diagnosing(reading.subject, null));
  const [paths, replies] = ['paths', 'replies'].map((id) => steps.find((step) => step.id === id));
  return [paths?.state, replies?.state, paths?.message];
}

const facts = ['ip-addr.json', 'ip-route.json', 'sysctl.txt', 'objects.json'] as const;

const moved = (name: string, text: string): string =>
  name === 'nft.txt' ? text.replace('elements = { 192.168.0.2 }', 'elements = { 192.168.9.2 }') : text;

const without = (name: string, text: string): string =>
  name === 'ip-addr.json' || name === 'ip-route.json'
    ? text.replaceAll('10.106.89.61', '10.106.89.99')
    : text;

it('where rules serve a node port at another address', () => {
  expect(diagnosed('nftables-node', ['nft.txt', ...facts], moved, 'edge/np-cluster')).toEqual([
    'fail',
    'ok',
    expect.stringContaining('only at 192.168.9.2'),
  ]);
});

it('where the address of a virtual server is gone', () => {
  const files = ['iptables-save.txt', 'ipvsadm-save.txt', 'ipset-save.txt', ...facts] as const;
  expect(diagnosed('ipvs-node', files, without, 'shop/three')).toEqual([
    'fail',
    'ok',
    expect.stringContaining('It is reached from this node.'),
  ]);
});

it.each([
  ['nftables-node', ['nft.txt', ...facts]],
  ['ipvs-node', ['iptables-save.txt', 'ipvsadm-save.txt', 'ipset-save.txt', ...facts]],
] as const)('nobody is told to change what kube-proxy wrote: %s', (sample, names) => {
  const [state, , message] = diagnosed(sample, names, (_, text) => text, 'shop/no-endpoints');
  expect(state).toBe('fail');
  expect(message).toMatch(/has no endpoints; the client sees "connection refused" at once\.$/);
});
