/** What a node hears of its own multicasts and broadcasts, where a rule gives the copy another destination. */
import { expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const FILTER = `*filter
-A INPUT
-A INPUT -p udp
-A OUTPUT
COMMIT
`;

const RULES: Record<Family, readonly string[]> = {
  4: [
    '*nat\n-A PREROUTING -p udp -j DNAT --to-destination 192.168.0.2\nCOMMIT\n',
    '*nat\n-A PREROUTING -j REDIRECT\n-A OUTPUT -p udp --dport 53 -j DNAT --to-destination 224.0.0.1\nCOMMIT\n',
  ],
  6: [
    '*mangle\n-A PREROUTING -j DNPT --src-pfx 2001:db8:8:1::/64 --dst-pfx fd00:10:244:1::/64\nCOMMIT\n',
    '*mangle\n-A PREROUTING -j DNPT --src-pfx ff02::/64 --dst-pfx ff02::/64\nCOMMIT\n',
    '*mangle\n-A OUTPUT -j DNPT --src-pfx ff02::/64 --dst-pfx fd00:192:168::/64\nCOMMIT\n',
    '*nat\n-A PREROUTING -p udp -j DNAT --to-destination fd00:192:168::2\nCOMMIT\n',
    // What has no Ethernet frame is thrown away by the match itself, once what stands before it has matched.
    '*mangle\n-A PREROUTING -m eui64\n-A PREROUTING\nCOMMIT\n',
    '*mangle\n-A INPUT -p udp -m udp --dport 53 -m recent --name seen --set -m eui64\n-A INPUT -m recent --name seen --rcheck\nCOMMIT\n',
    '*mangle\n-A INPUT -p udp -m eui64 -m udp --dport 53\n-A INPUT\nCOMMIT\n',
  ],
};

const DESTINATIONS: Record<Family, readonly string[]> = {
  4: ['224.0.0.1', '192.168.0.255', '10.244.1.255'],
  6: ['ff02::1', 'ff02::2', 'ff01::1'],
};

function flows(family: Family): Flow[] {
  const address = family === 4 ? '192.168.0.2' : 'fd00:192:168::2';
  return DESTINATIONS[family].flatMap((to) =>
    ['eth0', 'cni0', null].flatMap((name) =>
      [53, 80].map((port) => ({
        family,
        from: { kind: 'node', address, port: 40000, interface: name },
        to: { address: to, port },
        protocol: 'udp',
      })),
    ),
  );
}

const cases = ([4, 6] as const).flatMap((family) => RULES[family].map((rules) => [family, rules] as const));

describeWithKernel('what a node hears of its own', labTools, () => {
  test.each(cases)('IPv%i %s', async (family, rules) => {
    const lab = new Lab({ backend: 'nft', rules: { [family]: rules + FILTER } });
    try {
      const { differences } = await runFlows(lab, flows(family));
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
