import { chainsOf } from '../../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import { describe, expect, test } from 'vitest';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { tablesOf } from '../../../src/kubeproxy/rulesets.ts';
import { rowsTo, rowsToService, type ChainPlace } from '../../../src/kubeproxy/tree/rowsTo.ts';
import type { TreeNode, TreeOrder } from '../../../src/kubeproxy/tree/tree.ts';
import { dumpSources, dumpText } from '../dumps.ts';

const files = new Map([['objects.json', dumpText('1.36.3', 'objects.json') ?? '']] as const);
const parts = openAnalysis({ sources: dumpSources('1.36.3'), files });
const { sources, catalog, tree } = parts;

/** The rows as a view opens them: each the one at its place below the one before. */
function follow(order: TreeOrder, place: ChainPlace): readonly TreeNode[] {
  const rows: TreeNode[] = [];
  for (const { id, index } of rowsTo(parts, order, place)) {
    const [row] = tree.rows(order, rows.at(-1)?.id ?? null, index, 1).items;
    expect(row?.id, place.chain).toBe(id);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

describe('the rows down to a chain', () => {
  test.each(['iptables', 'ip6tables'])('by hook lead to every chain of %s', (source) => {
    for (const table of tablesOf(sources.get(source)?.ruleset ?? null)) {
      for (const chain of table.chains.keys()) {
        expect(follow('hook', { source, table: table.name, chain }).at(-1)?.chain, chain).toBe(chain);
      }
    }
  });

  test('by Service lead to a Service port and to its endpoint', () => {
    const [port] = catalog.services.find(({ id }) => id === 'edge/np-cluster')?.ports ?? [];
    const endpoint = port?.endpoints[1];
    const place = { source: 'iptables', table: 'nat' } as const;
    const labels = (chain: string | null | undefined): readonly string[] =>
      follow('service', { ...place, chain: chain ?? '' }).map(({ label }) => label);
    expect(labels(port && chainsOf(port, 4).svc)).toEqual(['edge', 'np-cluster', 'http']);
    expect(labels(endpoint?.label)).toEqual([
      'edge',
      'np-cluster',
      'http',
      'Endpoints',
      `${endpoint?.address}:${endpoint?.port}`,
    ]);
  });

  test('are none where the order has none', () => {
    const nowhere = { source: 'iptables', table: 'nat', chain: 'KUBE-SERVICES' } as const;
    expect(rowsTo(parts, 'service', nowhere)).toEqual([]);
    expect(rowsTo(parts, 'hook', { ...nowhere, table: 'broute' })).toEqual([]);
    expect(rowsTo(parts, 'hook', { ...nowhere, chain: 'NOBODY' })).toEqual([]);
  });
});

test('the rows down to a Service', () => {
  for (const service of catalog.services) {
    const steps = rowsToService(parts, service.id);
    const ids = steps.map(({ index }, depth) => {
      const parent = depth === 0 ? null : (steps[depth - 1]?.id ?? '');
      return tree.rows('service', parent, index, 1).items[0]?.id;
    });
    expect(ids).toEqual([`n:${service.namespace ?? ''}`, `s:${service.id}`]);
  }
  expect(rowsToService(parts, 'nowhere/nothing')).toEqual([]);
});
