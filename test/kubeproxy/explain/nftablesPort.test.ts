/** What a Service of nftables mode is explained with, by its name, an address of it, and its chains. */
import { expect, test } from 'vitest';
import { explaining } from '../../../src/agents/explained.ts';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { nftText } from '../../../src/kubeproxy/nftSource.ts';
import { Sources } from '../../../src/kubeproxy/sources.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../dumps.ts';

const analysis = openAnalysis({
  sources: new Sources([], null, nftText('nft.txt', dumpText('1.36.3-nftables', 'nft.txt') ?? '')),
  files: new Map(),
  objects: null,
});

test.each(['edge/extip:http', '10.104.107.16', '198.18.0.10:80', 'external-HQTLPLVO-edge/extip/tcp/http'])(
  '%s',
  (name) => {
    const found = finish(explaining(name, { analysis, chains: [] }));
    expect(found).toMatchObject({
      kind: 'chains',
      chains: [
        {
          title: 'edge/extip:http',
          summary: 'balances over 2 endpoints',
          endpoints: [{ share: 0.5 }, { share: 0.5 }],
          sentences: [
            'external-HQTLPLVO-edge/extip/tcp/http of IPv4 is for what comes from outside the cluster.',
            'service-HQTLPLVO-edge/extip/tcp/http of IPv4 is for all endpoints.',
          ],
        },
      ],
    });
  },
);

test('without endpoints', () => {
  const found = finish(explaining('edge/np-noep:http', { analysis, chains: [] }));
  expect(found).toMatchObject({
    chains: [{ warnings: ['It has no endpoints in the rules: its packets are refused by a map.'] }],
  });
});
