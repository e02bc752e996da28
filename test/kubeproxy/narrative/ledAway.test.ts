/** Packets to a Pod of this node that a policy rule sends out of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { tell } from './support.ts';

const folder = new URL('../../../media/samples/kube-proxy-1.36/', import.meta.url);
const there = readdirSync(folder);
const files = snapshotFileNames
  .filter((name) => there.includes(name))
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);

const parsed = (name: SnapshotFileName): object[] => JSON.parse(new Map(files).get(name) ?? '[]');

function analysisWith(rules: readonly object[], routes: readonly object[]) {
  return analysisOfFiles(
    new Map([
      ...files,
      ['ip-rule.json', JSON.stringify([...parsed('ip-rule.json'), ...rules])],
      ['ip-route.json', JSON.stringify([...parsed('ip-route.json'), ...routes])],
    ]),
  );
}

const rule = { priority: 100, src: '10.244.1.0', srclen: 24, table: '200' };
const away = { dst: 'default', gateway: '192.168.0.1', dev: 'eth0', table: '200', flags: [] };
const back = { dst: '10.244.1.0/24', dev: 'cni0', scope: 'link', table: '200', flags: [] };
const toPod = { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' };

describe('a packet to a Pod of this node', () => {
  it('that a policy rule sends out of the node may not get there, and has no ✓', () => {
    const { narrative } = tell(analysisWith([rule], [away]), toPod);
    expect(narrative.headline).toBe(
      'Forwarded to one of 3 endpoints of edge/np-cluster:http, but in 33.3 % of cases np-cluster-0 runs on this node, behind cni0, and the packet leaves it by eth0: whether it gets there, these rules do not tell.',
    );
    expect(narrative.verdict).toBe('mixed');
  });

  it.each([
    ['no rule', analysisWith([], [away])],
    ['a route of that table, too', analysisWith([rule], [away, back])],
  ])('gets there with %s', (_title, analysis) => {
    const { narrative } = tell(analysis, toPod);
    expect(narrative.headline).not.toContain('leaves it by');
    expect(narrative.verdict).toBe('forward');
  });
});
