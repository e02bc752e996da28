/** Whether REJECT answers a packet whose checksum a rule has made wrong. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

/** Of an address without the prefix the translation makes the sum wrong, of one with it not. */
const PREFIXES = { wrong: '2001:db8:7::/48', right: 'fd00:10:244::/48' };

function rules(prefix: string): string {
  return [
    '*mangle',
    `-A PREROUTING -j DNPT --src-pfx ${prefix} --dst-pfx fd00:10:244::/48`,
    `-A OUTPUT -j DNPT --src-pfx ${prefix} --dst-pfx fd00:10:244::/48`,
    'COMMIT',
    '*filter',
    ...['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => [
      `-A ${chain} -p tcp -m tcp --dport 81 -j REJECT --reject-with tcp-reset`,
      `-A ${chain} -j REJECT`,
    ]),
    'COMMIT',
    '',
  ].join('\n');
}

const PROTOCOLS = ['tcp', 'udp', 'icmp', 'udplite', 'sctp', 'dccp', '47', '99'];

const sources: readonly Flow['from'][] = [
  { kind: 'external', address: '2001:db8:3::9', port: 40000, interface: 'eth0' },
  { kind: 'node', address: 'fd00:192:168::2', port: 40000, interface: null },
];

const flows: readonly Flow[] = PROTOCOLS.flatMap((protocol) =>
  sources.flatMap((from) =>
    (protocol === 'tcp' ? [80, 81] : [80]).map((port): Flow => {
      const ported = !['icmp', '47', '99'].includes(protocol);
      const to = { address: 'fd00:10:244:1::7', port: ported ? port : null };
      return { family: 6, protocol, from: { ...from, port: ported ? 40000 : null }, to };
    }),
  ),
);

describeWithKernel('REJECT of a packet with a spoilt checksum', labTools, () => {
  test.each(Object.entries(PREFIXES))('%s', async (_, prefix) => {
    const lab = new Lab({ backend: 'nft', rules: { 6: rules(prefix) } });
    try {
      const { differences, seen } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(seen.answered).toBeGreaterThan(0);
    } finally {
      lab.close();
    }
  });
});
