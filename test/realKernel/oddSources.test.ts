/**
 * Sources of IPv6 that never get from one link to another, and get there all the same where a bridge routed the packet; and sources
 * that a rule gave to a packet of the node to itself.
 */
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

describeWithKernel('groups of IPv6 that a rule makes the destination', labTools, () => {
  // Of ff02::1, which every node joins, the copies to other ports are not followed: a trace says so.
  const groups = ['ff02::9', 'ff05::7', 'ff0e::7', 'ff01::9', 'ff02::1:ff00:77'];

  test.each(['cni0', 'eth0'])('of a packet that comes in by %s', async (name) => {
    const rules = groups.map(
      (group, at) =>
        `-A PREROUTING -p udp -m udp --dport ${7000 + at} -j DNAT --to-destination [${group}]:53`,
    );
    const lab = new Lab({
      backend: 'nft',
      rules: {
        6: `*nat\n${rules.join('\n')}\nCOMMIT\n*filter\n-A INPUT\n-A FORWARD\nCOMMIT\n`,
      },
    });
    try {
      const flows = groups.flatMap((_group, at) =>
        ['2001:db8::9', 'fd00:10:244:2::9', 'fd00:192:168::2', 'ff02::1'].map((to) =>
          flow(name, 'fd00:10:244:1::7', to, 7000 + at),
        ),
      );
      const { differences } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});

describeWithKernel('sources that a rule gives to what the node sends to itself', labTools, () => {
  const own = { 4: '192.168.0.2', 6: 'fd00:192:168::2' } as const;
  const given = {
    4: ['0.0.0.0', '127.0.0.9', '10.244.1.1', '192.0.2.1', '224.0.0.9', '240.0.0.9', '255.255.255.255'],
    6: ['::', '::1', 'fe80::7', 'fd00:10:244:1::1', '2001:db8::1', 'ff01::7', 'ff02::7', 'ff0e::7'],
  } as const;

  test.each([4, 6] as const)('IPv%i', async (family) => {
    const sources = given[family];
    const rules = sources.map(
      (source, at) => `-A POSTROUTING -p udp -m udp --dport ${7000 + at} -j SNAT --to-source ${source}`,
    );
    const lab = new Lab({
      backend: 'nft',
      rules: {
        [family]: `*nat\n${rules.join('\n')}\nCOMMIT\n*raw\n-A PREROUTING\nCOMMIT\n*filter\n-A INPUT\nCOMMIT\n`,
      },
    });
    try {
      const flows = sources.map((_source, at): Flow => ({
        family,
        from: { kind: 'node', address: own[family], port: 40000, interface: null },
        to: { address: own[family], port: 7000 + at },
        protocol: 'udp',
      }));
      const { differences } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
