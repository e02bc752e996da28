/** Native rulesets of kinds that people write, each against the kernel with packets from all sides. */
import { expect, test } from 'vitest';
import type { Flow, FlowSource, Protocol } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { handMade } from './support/nftables/handMade.ts';
import { handMadeHosts } from './support/nftables/handMadeHosts.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const SOURCES: readonly FlowSource[] = [
  { kind: 'external', address: '198.51.100.7', port: 40000, interface: 'eth0' },
  { kind: 'external', address: '10.244.1.5', port: 40000, interface: 'cni0' },
  { kind: 'node', address: '192.168.0.2', port: 40000, interface: null },
];

const ENDS = ['192.168.0.2', '10.244.1.7', '203.0.113.9'];

const PORTS: readonly (readonly [Protocol, number])[] = [
  ['tcp', 22],
  ['tcp', 80],
  ['tcp', 8080],
  ['udp', 53],
  ['udp', 80],
  ['icmp', 0],
];

const flows: readonly Flow[] = SOURCES.flatMap((from) =>
  ENDS.flatMap((address) =>
    PORTS.map(([protocol, port]): Flow => ({ family: 4, from, to: { address, port }, protocol })),
  ),
);

/** The second packet of each, after the first has left its connection, its elements and its counts. */
const second = flows.filter(({ to }) => to.port === 80).map((flow): Flow => ({ ...flow, after: [flow] }));

describeWithKernel('native rulesets made by hand', labTools, () => {
  test.each(Object.entries({ ...handMade, ...handMadeHosts }))('%s', async (_, native) => {
    const lab = new Lab({ backend: 'nft', rules: {}, native });
    try {
      const listing = lab.snapshot().get('nft.txt') ?? '';
      const rules = native.filter((line) => line.startsWith('add rule')).length;
      const loaded = [...listing.matchAll(/\n\t\t(?!type |set |flags |elements |size |timeout )\S/gu)].length;
      expect(loaded, listing).toBeGreaterThanOrEqual(rules);
      const { differences } = await runFlows(lab, [...flows, ...second]);
      expect(differences.join('\n'), `${listing}\n${differences.slice(0, 3).join('\n')}`).toBe('');
    } finally {
      lab.close();
    }
  });
});
