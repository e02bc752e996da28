import { describe, expect, it } from 'vitest';
import type { ClusterElement } from '../../../src/extension/views/clusterElements.ts';
import { ClusterRows } from '../../../src/extension/views/clusterRows.ts';

function nodes(rows: ClusterRows, context: string): ClusterElement {
  return rows.keep({ kind: 'nodes', id: `${rows.idOf(context)}/nodes`, context });
}

function node(rows: ClusterRows, context: string, name: string): ClusterElement {
  return rows.keep({ kind: 'node', id: `${rows.idOf(context)}/nodes/${name}`, context, node: name });
}

describe('the rows of the Clusters view', () => {
  it('come back as the same element while they say the same', () => {
    const rows = new ClusterRows();
    expect(node(rows, 'kind', 'a')).toBe(node(rows, 'kind', 'a'));
    const words = (said: string) =>
      rows.keep({ kind: 'loading', id: `${rows.idOf('kind')}/loading`, context: 'kind', words: said });
    expect(words('Connecting')).not.toBe(words('Connected'));
  });

  it('are forgotten with their context, and those of others are not', () => {
    const rows = new ClusterRows();
    const others = [nodes(rows, 'kind/2'), nodes(rows, 'kind-2'), node(rows, 'kin', 'a')];
    for (let times = 0; times < 50; times++) {
      const parent = nodes(rows, 'kind');
      for (let index = 0; index < 100; index++) node(rows, 'kind', `node-${index}`);
      rows.keep({ kind: 'more', id: `${parent.id}/more`, parent, left: 7 });
      rows.setLimit(parent, 1000);
      rows.close('kind');
      expect([rows.size, rows.limit(parent)]).toEqual([others.length, 200]);
    }
    for (const other of others) expect(rows.get(other.id)).toBe(other);
  });

  it('are known to be of before, once their context was closed', () => {
    const rows = new ClusterRows();
    const parent = nodes(rows, 'kind');
    const more = rows.keep({ kind: 'more', id: `${parent.id}/more`, parent, left: 7 });
    expect([parent, more].map((row) => rows.isOfNow(row))).toEqual([true, true]);
    rows.close('kind');
    expect([parent, more].map((row) => rows.isOfNow(row))).toEqual([false, false]);
    expect(rows.isOfNow(nodes(rows, 'kind'))).toBe(true);
    expect(rows.isOfNow({ kind: 'problem', id: 'problem/0', words: 'no such file' })).toBe(true);
  });
});
