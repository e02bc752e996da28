/** Rows by Service tell what traced packets and virtual servers show, in the terminal and in the editor. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { allFindings } from '../../../src/kubeproxy/findings/all.ts';
import { FindingsByService } from '../../../src/kubeproxy/findings/byService.ts';
import type { TreeNode } from '../../../src/kubeproxy/tree/tree.ts';
import { finish } from '../../../src/values/steps.ts';
import { Dump, type Files } from '../findings/rules/faults/dump.ts';

/** Rows below each parent, with what is found of the whole node. */
function rowsOf(files: Files): (parent: string | null) => readonly TreeNode[] {
  const analysis = analysisOfFiles(files);
  const found = new FindingsByService(finish(allFindings(analysis)));
  return (parent) => analysis.tree.rows('service', parent, 0, 10_000, found).items;
}

function named(rows: readonly TreeNode[], label: string): TreeNode | undefined {
  return rows.find((row) => row.label === label);
}

const dump = Dump.of('1.36.3');
/** Dropped from everywhere, before any rule of kube-proxy's is asked. */
const shut =
  dump.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 30082 -j DROP') ?? expect.unreachable();

describe('a node port that a rule of somebody else’s drops', () => {
  const rows = rowsOf(shut.files);

  it('is said first at the Service, with who does not reach it', () => {
    const service = named(rows('n:edge'), 'np-local-two');

    expect(service?.badge).toBe('warning');
    expect(service?.description).toMatch(
      /^node port not reached from .*outside.* · external traffic policy Local$/u,
    );
    expect(service?.badgeReason).toMatch(/^node port 30082\/TCP of edge\/np-local-two:http is not reached/u);
  });

  it('is said at its port and its frontend, and at no other', () => {
    expect(named(rows('s:edge/np-local-two'), 'https')?.badge).toBeNull();
    const [http] = rows('s:edge/np-local-two');
    const frontends = rows(http?.id ?? '').filter(({ kind }) => kind === 'frontend');

    expect(http?.badge).toBe('warning');
    expect(frontends.map(({ label, badge }) => [label, badge])).toEqual([
      ['ClusterIP', null],
      ['node port', 'warning'],
    ]);
    expect(frontends[1]?.description).toMatch(/^30082 on every address · not reached from /u);
  });

  it('counts at the namespace', () => {
    expect(named(rows(null), 'edge')?.badgeReason).toContain('1 Service not reached from everywhere');
  });
});

it('a healthy node has no such row, though endpoints do not see who asks', () => {
  const rows = rowsOf(dump.files);
  const all = rows(null).flatMap(({ id }) => rows(id));

  expect(all.filter(({ description }) => /not reached|without an answer/u.test(description))).toEqual([]);
});
