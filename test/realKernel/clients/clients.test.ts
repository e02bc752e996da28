/** What is told of connections through kube-proxy's rules is what real clients and servers see. */
import { afterAll, expect, test } from 'vitest';
import { labTools } from '../support/lab.ts';
import { describeWithKernel } from '../support/requirements.ts';
import { clusters } from './clusters.ts';
import { type ClusterVerdict, connectAndJudge, connectByHand, type HeardComplaint } from './connect.ts';

/** All there are: `KPE_CLIENTS=100000 npm run test:kernel -- clients`. */
const MOST = Number(process.env['KPE_CLIENTS'] ?? 120);

const counts = new Map<string, number>();

afterAll(() => {
  const lines = [...counts].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  if (process.env['KPE_SENTENCES'] === 'all') console.log(lines.join('\n'));
});

function note(word: string, count: number): void {
  counts.set(word, (counts.get(word) ?? 0) + count);
}

function texts(complaints: readonly HeardComplaint[]): string {
  for (const { kind } of complaints) note(kind, 1);
  return complaints.map(({ text }) => text).join('\n');
}

const asked = process.env['KPE_SENTENCES'] === 'all';

describeWithKernel('clients get what is told', labTools, () => {
  test.each(clusters)('through $title', async (cluster) => {
    expectTold(await connectAndJudge(cluster, MOST));
  });

  test.each([0, 1] as const)('through rules made by hand, route_localnet %i', async (routeLocalnet) => {
    expectTold(await connectByHand(routeLocalnet));
  });
});

function expectTold({ complaints, claims, connections }: ClusterVerdict): void {
  note('connections', connections);
  note('claims', claims);
  const wrong = texts(complaints);
  if (asked) expect(wrong).toBe('');
  expect(connections).toBeGreaterThan(0);
}
