/** Which address of a range the kernel picks: by a hash of the packet's addresses, the same one always. */
import { expect, test } from 'vitest';
import type { Family, Flow, FlowSource } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

interface Ranges {
  readonly title: string;
  readonly family: Family;
  readonly destination: string;
  readonly source: string;
  readonly raw?: string;
}

/** Destinations are behind the router of eth0, so that whatever is picked leaves by it. */
const cases: readonly Ranges[] = [
  {
    title: 'a few',
    family: 4,
    destination: '198.51.100.10-198.51.100.16',
    source: '203.0.113.5-203.0.113.7',
  },
  { title: 'many', family: 4, destination: '198.18.0.0-198.19.255.255', source: '203.0.113.0-203.0.115.200' },
  {
    title: 'persistent',
    family: 4,
    destination: '198.51.100.10-198.51.100.16 --persistent',
    source: '203.0.113.5-203.0.113.105 --persistent',
  },
  {
    title: 'with ports',
    family: 4,
    destination: '198.51.100.10-198.51.100.16:8000-8009',
    source: '203.0.113.5-203.0.113.105:30000-60999',
  },
  {
    title: 'ports at random',
    family: 4,
    destination: '198.51.100.10-198.51.100.16 --random',
    source: '203.0.113.5-203.0.113.105 --random-fully',
  },
  {
    title: 'in a zone',
    family: 4,
    destination: '198.51.100.10-198.51.100.16',
    source: '203.0.113.5-203.0.113.105',
    raw: '-j CT --zone-reply 77',
  },
  {
    title: 'the last word',
    family: 6,
    destination: '2001:db8:5::10-2001:db8:5::16',
    source: '2001:db8:9::5-2001:db8:9::ff',
  },
  {
    title: 'two words',
    family: 6,
    destination: '2001:db8:5::1:ffff:fff0-2001:db8:5::3:0:5',
    source: '2001:db8:9::-2001:db8:9:ffff:ffff:ffff:ffff:ffff',
  },
  {
    title: 'all words, persistent',
    family: 6,
    destination: '2001:db8::-2001:dbf:ffff:ffff:ffff:ffff:ffff:ffff --persistent',
    source: '2001:db8:9::5-2001:db8:a::7 --persistent',
  },
  {
    title: 'in a zone',
    family: 6,
    destination: '2001:db8:5::10-2001:db8:5::16',
    source: '2001:db8:9::5-2001:db8:9:0:1::ff',
    raw: '-j CT --zone 41234',
  },
];

function rulesOf({ destination, source, raw }: Ranges): string {
  const tcp = '-p tcp -m tcp';
  return [
    ...(raw === undefined ? [] : ['*raw', `-A PREROUTING ${raw}`, `-A OUTPUT ${raw}`, 'COMMIT']),
    '*nat',
    ...['PREROUTING', 'OUTPUT'].map(
      (chain) => `-A ${chain} ${tcp} --dport 80 -j DNAT --to-destination ${destination}`,
    ),
    `-A POSTROUTING ${tcp} ! --sport 5000 -j SNAT --to-source ${source}`,
    'COMMIT',
    '',
  ].join('\n');
}

function packet(random: Random, family: Family): Flow {
  const host = 2 + random.below(250);
  const pod: FlowSource =
    family === 4
      ? { kind: 'pod', address: `10.244.1.${host}`, port: 40000, interface: 'cni0' }
      : { kind: 'pod', address: `fd00:10:244:1::${host.toString(16)}`, port: 40000, interface: 'cni0' };
  const outside: FlowSource =
    family === 4
      ? { kind: 'external', address: `172.16.9.${host}`, port: 40000, interface: 'eth1' }
      : {
          kind: 'external',
          address: `fd00:172:9::${random.below(9)}:${host}:${random.below(9)}`,
          port: 40000,
          interface: 'eth1',
        };
  const own: FlowSource = {
    kind: 'node',
    address: family === 4 ? '192.168.0.2' : 'fd00:192:168::2',
    port: 40000,
    interface: null,
    uid: 0,
    gid: 0,
  };
  const from = random.pick([pod, pod, outside, outside, own]);
  const address =
    family === 4
      ? `198.51.${random.below(256)}.${1 + random.below(254)}`
      : `2001:db8:${random.below(99)}::${random.below(9)}:${random.below(9999)}`;
  return {
    family,
    from: { ...from, port: random.pick([5000, 40000]) },
    to: { address, port: random.pick([80, 443]) },
    protocol: 'tcp',
  };
}

describeWithKernel('a range of addresses', labTools, () => {
  test.each(cases)('$title, IPv$family', async (ranges) => {
    const random = new Random(Number(process.env['KPE_FIRST_SEED'] ?? 1));
    const lab = new Lab({
      backend: random.pick(['nft', 'legacy'] as const),
      rules: { [ranges.family]: rulesOf(ranges) },
    });
    try {
      const flows = Array.from({ length: Number(process.env['KPE_PACKETS'] ?? 12) }, () =>
        packet(random, ranges.family),
      );
      const { differences, unsure } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(unsure).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
