/** What is told of connections through kube-proxy's rules is what real clients and servers see. */
import { expect, test } from 'vitest';
import { labTools } from '../support/lab.ts';
import { describeWithKernel } from '../support/requirements.ts';
import { clusters } from './clusters.ts';
import { type ClusterVerdict, connectAndJudge, connectByHand, connectInSilence } from './connect.ts';

/** So many questions a cluster; all there are: `KPE_CLIENTS=100000 npm run test:kernel -- clients`. */
const MOST = Number(process.env['KPE_CLIENTS'] ?? 120);

function expectTold({ complaints, claims, connections }: ClusterVerdict): void {
  expect(complaints.map(({ text }) => text).join('\n')).toBe('');
  expect(connections).toBeGreaterThan(0);
  expect(claims).toBeGreaterThan(connections);
}

describeWithKernel('clients get what is told', labTools, () => {
  test.each(clusters)('through $title', async (cluster) => {
    expectTold(await connectAndJudge(cluster, MOST));
  });

  test.each([
    [0, { hairpin: true, filtered: 1 }],
    [1, { hairpin: true, filtered: 1 }],
    [1, { hairpin: false, filtered: 1 }],
    [1, { hairpin: false, filtered: 0 }],
  ] as const)('through rules made by hand, route_localnet %i, bridges %o', async (routeLocalnet, bridges) => {
    expectTold(await connectByHand(routeLocalnet, bridges));
  });

  test('where refusals are stopped on their way back', async () => {
    expectTold(await connectInSilence());
  });
});
