/** What asks for a connection, of a packet that has but a template of one: `-j CT --zone` in raw. */
import { expect, test } from 'vitest';
import { dump } from '../kernel/fixtures.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const MATCHES = [
  'connbytes --connbytes 0: --connbytes-dir both --connbytes-mode packets',
  'connbytes ! --connbytes 5: --connbytes-dir both --connbytes-mode packets',
  'connlabel --label 1',
  'connlabel ! --label 1',
  'connlabel --label 1 --set',
  'connlabel ! --label 1 --set',
  'helper --helper ftp',
  'helper ! --helper ftp',
  'connmark --mark 0',
  'conntrack --ctstatus CONFIRMED',
  'conntrack --ctdir ORIGINAL',
  'connlimit --connlimit-above 0',
  'cluster --cluster-total-nodes 4 --cluster-local-node 1 --cluster-hash-seed 0x4d',
];

const from = { kind: 'external', address: '198.51.100.7', port: 40000, interface: 'eth0' } as const;
const first: Flow = { family: 4, from, to: { address: '10.244.1.5', port: 80 }, protocol: 'udp' };

describeWithKernel('a packet with a template', labTools, () => {
  test.each(MATCHES)('%s', async (match) => {
    const rules = ['-A PREROUTING -j CT --zone 5', `-A PREROUTING -m ${match}`];
    const lab = new Lab({ backend: 'nft', rules: { 4: dump({ raw: rules }) }, lenient: true });
    try {
      const { differences, unsure } = await runFlows(lab, [first, { ...first, after: [first] }]);
      expect([...differences, ...unsure]).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
