/** What comes to a port that the kernel cannot have picked for a connection is no answer of it. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump } from '../kernel/fixtures.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const rules = dump({
  nat: [
    '-A POSTROUTING -o eth0 -p udp -j MASQUERADE --to-ports 2000-2999 --random',
    '-A POSTROUTING -o eth0 -j MASQUERADE --random-fully',
  ],
  filter: [
    '-A INPUT -m conntrack --ctstate ESTABLISHED',
    '-A INPUT -m conntrack --ctstate NEW',
    '-A INPUT -m conntrack --ctstate INVALID',
  ],
});

function behind(protocol: 'tcp' | 'udp', port: number): Flow {
  const sent: Flow = {
    family: 4,
    from: { kind: 'pod', address: '10.244.1.5', port: 40_001, interface: 'cni0' },
    to: { address: '203.0.113.9', port: 80 },
    protocol,
  };
  return {
    family: 4,
    from: { kind: 'external', address: '203.0.113.9', port: 80, interface: 'eth0' },
    to: { address: '192.168.0.2', port },
    protocol,
    ...(protocol === 'tcp' ? { packet: { tcpFlags: ['SYN', 'ACK'] as const } } : {}),
    after: [sent],
  };
}

describeWithKernel('ports that the kernel picks', labTools, () => {
  test('are those of their range', async () => {
    const lab = new Lab({ backend: 'nft', rules: { 4: rules } });
    try {
      const flows = [behind('udp', 3000), behind('udp', 1999), behind('tcp', 22), behind('tcp', 1023)];
      const { differences, seen } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(seen.delivered).toBe(flows.length);
    } finally {
      lab.close();
    }
  });

  // A range of one port gives one mark, and its rules are met; of ten ports HMARK makes one of few marks.
  test.each(['2000-2009', '2004'])('are what HMARK makes a mark of: %s', async (ports) => {
    const marked = dump({
      mangle: [
        '-A PREROUTING -i lo -p tcp -j HMARK --hmark-tuple sport --hmark-mod 4 --hmark-rnd 0x5 --hmark-offset 2',
        ...[2, 3, 4, 5].map((mark) => `-A PREROUTING -i lo -m mark --mark ${mark}`),
      ],
      nat: [`-A POSTROUTING -o lo -p tcp -j MASQUERADE --to-ports ${ports}`],
    });
    const lab = new Lab({ backend: 'nft', rules: { 4: marked } });
    try {
      const flows = Array.from({ length: 8 }, (_, index): Flow => ({
        family: 4,
        from: { kind: 'node', address: '127.0.0.1', port: 40_000 + index, interface: null, uid: 0, gid: 0 },
        to: { address: '127.0.0.1', port: 80 },
        protocol: 'tcp',
      }));
      const { differences, seen } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(seen.delivered).toBe(flows.length);
    } finally {
      lab.close();
    }
  });
});
