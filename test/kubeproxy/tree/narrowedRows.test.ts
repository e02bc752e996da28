/** A filter leaves the rows that a walk over all rows finds, and those that lead there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { allFindings } from '../../../src/kubeproxy/findings/all.ts';
import { FindingsByService } from '../../../src/kubeproxy/findings/byService.ts';
import { NarrowedRows, type RowFilter } from '../../../src/kubeproxy/tree/narrowedRows.ts';
import type { TreeNode, TreeOrder, TreePage } from '../../../src/kubeproxy/tree/tree.ts';
import { finish } from '../../../src/values/steps.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Files } from '../findings/rules/faults/dump.ts';

const ALL = Number.MAX_SAFE_INTEGER;

type Below = (parent: string | null) => TreePage;

function treeOf(files: Files, order: TreeOrder): Below {
  const analysis = analysisOfFiles(files);
  const found = order === 'service' ? finish(allFindings(analysis)) : [];
  const byService = new FindingsByService(found);
  return (parent) => analysis.tree.rows(order, parent, 0, ALL, byService);
}

/** What a row says: enough of what it is found by for the words that these tests look for. */
function said({ label, description, chain, address }: TreeNode): string {
  return `${label} ${description} ${chain ?? ''} ${address ?? ''}`.toLowerCase();
}

interface Seen {
  readonly ids: readonly string[];
  /** Whether a row has what the filter asks for; rows below one that has it count only by themselves. */
  readonly isFound: boolean;
}

/** Row by row, remembering nothing. */
function expected(below: Below, filter: RowFilter, parent: string | null, above: string): Seen {
  const seen = below(parent).items.map((row): Seen => {
    const text = `${above} ${said(row)}`;
    const own =
      filter.words.every((word) => text.includes(word)) && (!filter.onlyProblems || row.badge !== null);
    const isAsked = !own || filter.onlyProblems;
    const under: Seen =
      row.hasChildren && isAsked ? expected(below, filter, row.id, text) : { ids: [], isFound: false };
    if (under.isFound) return { ids: [row.id, ...under.ids], isFound: true };
    return own ? { ids: [row.id, ...allBelow(below, row)], isFound: true } : { ids: [], isFound: false };
  });
  return { ids: seen.flatMap(({ ids }) => ids), isFound: seen.some(({ isFound }) => isFound) };
}

function allBelow(below: Below, { id, hasChildren }: TreeNode): readonly string[] {
  return hasChildren ? below(id).items.flatMap((row) => [row.id, ...allBelow(below, row)]) : [];
}

/** What a client sees that opens every row. */
function shown(
  rows: NarrowedRows,
  below: Below,
  filter: RowFilter,
  parent: string | null = null,
): readonly string[] {
  const { items, total } = finish(rows.rows(parent, filter, 0, ALL));
  expect(total).toBe(items.length);
  return items.flatMap(({ node, below: left }) => {
    const under = left === null ? allBelow(below, node) : shown(rows, below, left, node.id);
    return [node.id, ...under];
  });
}

/** The rules of a sample that the extension brings. */
function sample(name: string, file: SnapshotFileName): Files {
  return new Map([[file, readFileSync(`media/samples/${name}/${file}`, 'utf8')]]);
}

const filters: readonly RowFilter[] = [
  { words: ['np-local'], onlyProblems: false },
  { words: ['edge', '10.244.1'], onlyProblems: false },
  { words: ['kube-mark-masq', 'edge'], onlyProblems: false },
  { words: ['nothing of this'], onlyProblems: false },
  { words: [], onlyProblems: true },
  { words: ['shop'], onlyProblems: true },
];

describe.each([
  ['service', 'iptables', sample('refused', 'iptables-save.txt')],
  ['hook', 'iptables', sample('refused', 'iptables-save.txt')],
  ['service', 'nftables', sample('nftables-node', 'nft.txt')],
  ['hook', 'nftables', sample('nftables-node', 'nft.txt')],
] as const)('by %s, %s', (order, _language, files) => {
  const below = treeOf(files, order);

  it.each(filters)('%j', (filter) => {
    const wanted = expected(below, filter, null, '');
    expect(shown(new NarrowedRows(below), below, filter)).toEqual(wanted.ids);
  });
});

describe('what is asked again', () => {
  const below = treeOf(sample('refused', 'iptables-save.txt'), 'hook');
  const filter = { words: ['shop/three'], onlyProblems: false };

  it('does not stand on a walk that was left', () => {
    const rows = new NarrowedRows(below);
    rows.rows(null, filter, 0, ALL).next();
    expect(shown(rows, below, filter)).toEqual(expected(below, filter, null, '').ids);
  });

  it('comes in pages', () => {
    const rows = new NarrowedRows(below);
    const all = finish(rows.rows(null, filter, 0, ALL));
    const second = finish(rows.rows(null, filter, 1, 1));
    expect(all.total).toBeGreaterThan(1);
    expect(second).toEqual({ items: all.items.slice(1, 2), total: all.total });
  });
});
