/** Sources of IPv6 that never get from one link to another, and get there all the same where a bridge routed the packet. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const RULES = `*nat
-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination [fd00:10:244:2::5]:53
-A PREROUTING -p udp -m udp --dport 54 -j DNAT --to-destination [fd00:10:244:1::5]:53
-A PREROUTING -p udp -m udp --dport 55 -j DNAT --to-destination [fd00:192:168::2]:53
COMMIT
*filter
-A INPUT
-A FORWARD
COMMIT
`;

const SOURCES = ['::', 'fe80::7', 'ff02::7', '::1', 'fd00:10:244:1::7'];

function flow(name: string, source: string, address: string, port: number): Flow {
  return {
    family: 6,
    from: { kind: 'external', address: source, port: 40000, interface: name },
    to: { address, port },
    protocol: 'udp',
  };
}

describeWithKernel('IPv6 sources that are not forwarded', labTools, () => {
  test.each(['cni0', 'eth0'])('that come in by %s', async (name) => {
    const lab = new Lab({ backend: 'nft', rules: { 6: RULES } });
    try {
      const flows = SOURCES.flatMap((source) =>
        [53, 54, 55, 80].flatMap((port) =>
          ['2001:db8::9', 'fd00:10:244:2::9', 'ff02::1'].map((to) => flow(name, source, to, port)),
        ),
      );
      const { differences } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
