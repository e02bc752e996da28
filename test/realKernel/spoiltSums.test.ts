/** What becomes of packets whose checksum a rule has made wrong: REJECT's answers to them, and errors that nat looks at. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

/** Of an address without the prefix the translation makes the sum wrong, of one with it not. */
const PREFIXES = { wrong: '2001:db8:7::/48', right: 'fd00:10:244::/48' };

function rules(prefix: string, tracked: boolean): string {
  return [
    '*mangle',
    `-A PREROUTING -j DNPT --src-pfx ${prefix} --dst-pfx fd00:10:244::/48`,
    `-A OUTPUT -j DNPT --src-pfx ${prefix} --dst-pfx fd00:10:244::/48`,
    'COMMIT',
    '*filter',
    ...(tracked ? ['-A INPUT -m conntrack --ctstate NEW'] : []),
    ...['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => [
      `-A ${chain} -p tcp -m tcp --dport 81 -j REJECT --reject-with tcp-reset`,
      `-A ${chain} -j REJECT`,
    ]),
    'COMMIT',
    '',
  ].join('\n');
}

const PROTOCOLS = ['tcp', 'udp', 'icmp', 'udplite', 'sctp', 'dccp', '47', '99'];

const client = { kind: 'external', address: '2001:db8:3::9', port: 40000, interface: 'eth0' } as const;
const pod = { kind: 'pod', address: 'fd00:10:244:1::7', port: 80, interface: 'cni0' } as const;
const node = { kind: 'node', address: 'fd00:192:168::2', port: 40000, interface: null } as const;

const flows: readonly Flow[] = PROTOCOLS.flatMap((protocol) =>
  [client, node].flatMap((from) =>
    (protocol === 'tcp' ? [80, 81] : [80]).map((port): Flow => {
      const ported = !['icmp', '47', '99'].includes(protocol);
      const to = { address: 'fd00:10:244:1::7', port: ported ? port : null };
      return { family: 6, protocol, from: { ...from, port: ported ? 40000 : null }, to };
    }),
  ),
);

/** An error of `from` about the first packet of a connection with it. */
function error(from: Flow['from'], to: Flow['from'], after: readonly Flow[], quote: Flow): Flow {
  return {
    family: 6,
    protocol: 'icmp',
    from: { ...from, port: null },
    to: { address: to.address ?? '', port: null },
    packet: { icmpType: 1, icmpCode: 4, quote },
    after,
  };
}

const opened = (from: Flow['from'], to: Flow['from']): Flow => ({
  family: 6,
  protocol: 'udp',
  from,
  to: { address: to.address ?? '', port: to.port },
});

const toPod = opened(client, pod);
const errors = [
  error(pod, client, [toPod], toPod),
  error(node, client, [opened(node, client)], opened(client, node)),
  error(client, node, [opened(node, client)], opened(node, client)),
];

const CHANGES = [
  '-A PREROUTING -p icmpv6 -j DNPT',
  '-A OUTPUT -p icmpv6 -j DNPT',
  '-A POSTROUTING -p icmpv6 -j SNPT',
  '-A INPUT -p icmpv6 -j SNPT',
];

describeWithKernel('ICMP errors with a spoilt checksum', labTools, () => {
  test.each(CHANGES.flatMap((change) => Object.values(PREFIXES).map((prefix) => [change, prefix] as const)))(
    '%s of %s',
    async (change, prefix) => {
      const nat = [
        '*nat',
        ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map(
          (chain) => `-A ${chain} -m conntrack --ctstate NEW`,
        ),
        'COMMIT',
        '',
      ];
      const mangle = ['*mangle', `${change} --src-pfx ${prefix} --dst-pfx 2001:db8:9::/48`, 'COMMIT'];
      const lab = new Lab({ backend: 'nft', rules: { 6: [...mangle, ...nat].join('\n') } });
      try {
        const { differences } = await runFlows(lab, errors);
        expect(differences.join('\n')).toBe('');
      } finally {
        lab.close();
      }
    },
  );
});

describeWithKernel('REJECT of a packet with a spoilt checksum', labTools, () => {
  test.each(
    Object.entries(PREFIXES).flatMap(([name, prefix]) =>
      [true, false].map((tracked) => [name, tracked, prefix] as const),
    ),
  )('%s, conntrack %s', async (_, tracked, prefix) => {
    const lab = new Lab({ backend: 'nft', rules: { 6: rules(prefix, tracked) } });
    try {
      const { differences, seen } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(seen.answered).toBeGreaterThan(0);
    } finally {
      lab.close();
    }
  });
});
