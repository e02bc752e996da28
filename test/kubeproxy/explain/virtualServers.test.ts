import { expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { explaining } from '../../../src/agents/explained.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { finish } from '../../../src/values/steps.ts';

const save = `-A -t 10.96.12.3:80 -s rr -p 600 -M 255.255.255.0
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
-A -t 10.96.12.4:80 -s rr
`;
const files: readonly (readonly [SnapshotFileName, string])[] = [['ipvsadm-save.txt', save]];
const analysis = analysisOfFiles(new Map(files));

it('a virtual server is explained in place of a chain', () => {
  const what = finish(explaining('10.96.12.3:80', { analysis, chains: [] }));
  expect(what).toMatchObject({
    kind: 'chains',
    chains: [
      {
        title: 'TCP 10.96.12.3:80',
        summary: 'IPVS balances over 1 endpoint',
        sentences: [
          '1 virtual server (TCP 10.96.12.3:80) with the scheduler rr.',
          'All of a network (mask 255.255.255.0) keeps its server at each virtual server for 600 s, and as long as connections of it last.',
        ],
        endpoints: [{ endpoint: '10.244.1.5:8080', share: 1 }],
        warnings: [],
      },
    ],
  });
});

it('one without servers says who refuses', () => {
  expect(finish(explaining('10.96.12.4:80', { analysis, chains: [] }))).toMatchObject({
    chains: [{ warnings: ['It has no servers: IPVS refuses its connections.'] }],
  });
});
