/** Chains of devices, fib and reject where packets with odd ends come to them: before IP has looked at the packet, or routed it. */
import { expect, test } from 'vitest';
import type { Family, Flow, FlowSource } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const INTERFACES = ['eth0', 'cni0'];

const SOURCES: Record<Family, readonly string[]> = {
  4: [
    '127.0.0.1',
    '192.168.0.2',
    '10.244.1.1',
    '192.168.0.255',
    '224.0.0.5',
    '0.0.0.0',
    '198.51.100.7',
    '10.244.1.5',
  ],
  6: [
    '::1',
    '::',
    'ff02::5',
    'ff05::5',
    'ff0e::1',
    'fe80::9',
    'fd00:192:168::2',
    '2001:db8:2::10',
    'fd00:10:244:1::5',
  ],
};

const DESTINATIONS: Record<Family, readonly string[]> = {
  4: ['127.0.0.1', '192.168.0.2', '10.244.1.7', '224.0.0.1', '192.168.0.255', '203.0.113.9'],
  6: ['::1', 'ff02::1', 'ff01::1', 'fd00:192:168::2', 'fd00:10:244:1::7', '2001:db8:3::9'],
};

const NODE = { 4: '192.168.0.2', 6: 'fd00:192:168::2' } as const;

function flows(family: Family): Flow[] {
  const others = SOURCES[family].flatMap((address) =>
    INTERFACES.map((name): FlowSource => ({ kind: 'external', address, port: 40000, interface: name })),
  );
  const own: FlowSource = { kind: 'node', address: NODE[family], port: 40000, interface: null };
  return [...others, own].flatMap((from) => sent(family, from));
}

function sent(family: Family, from: FlowSource): Flow[] {
  return DESTINATIONS[family].map((address) => ({
    family,
    from,
    to: { address, port: 80 },
    protocol: 'udp',
  }));
}

/** In frames for another machine, which a bridge hands on and other devices do not take in. */
function passing(family: Family): Flow[] {
  const [address = null] = SOURCES[family].slice(-1);
  return INTERFACES.flatMap((name) =>
    sent(family, { kind: 'external', address, port: 40000, interface: name }),
  ).map((flow) => ({ ...flow, packet: { l2: 'bridged' } }));
}

const COUNTED = ['prerouting', 'input', 'forward', 'postrouting'].map(
  (hook) => [`${hook}_all`, `{ type filter hook ${hook} priority 400 ; }`] as const,
);

/** Behind it all, a chain at each hook that counts what gets there. */
function lines(chains: readonly string[]): readonly string[] {
  return [
    'add table inet t0',
    ...chains,
    ...COUNTED.flatMap(([name, head]) => [
      `add chain inet t0 ${name} ${head}`,
      `add rule inet t0 ${name} counter`,
    ]),
  ];
}

const DEVICES = ['eth0', 'cni0', 'vethpods', 'lo'].flatMap((device) =>
  ['ingress', 'egress'].flatMap((hook) => [
    `add chain inet t0 ${hook}_${device} { type filter hook ${hook} device ${device} priority 0 ; }`,
    `add rule inet t0 ${hook}_${device} counter`,
    `add rule inet t0 ${hook}_${device} meta mark set meta mark | ${hook === 'ingress' ? 1 : 2} counter`,
  ]),
);

const CASES: Readonly<Record<string, readonly string[]>> = {
  'chains of devices': DEVICES,
  'reverse path by fib': [
    'add chain inet t0 early { type filter hook prerouting priority -300 ; }',
    ...['input', 'forward'].flatMap((hook) => [
      `add chain inet t0 at_${hook} { type filter hook ${hook} priority 0 ; }`,
      ...['saddr . iif oif', 'saddr oif', 'daddr oif'].flatMap((fib) => [
        `add rule inet t0 at_${hook} fib ${fib} missing counter`,
        `add rule inet t0 at_${hook} fib ${fib} exists counter`,
      ]),
    ]),
    ...['saddr . iif oif', 'saddr oif', 'saddr . mark . iif oif', 'daddr . iif oif', 'daddr oif'].flatMap(
      (fib) => [
        `add rule inet t0 early fib ${fib} missing counter`,
        `add rule inet t0 early fib ${fib} exists counter`,
      ],
    ),
  ],
  'reject before routing': [
    'add chain inet t0 early { type filter hook prerouting priority 0 ; }',
    'add rule inet t0 early counter reject',
  ],
  'frames at a port': ['vethpods', 'eth0'].flatMap((device) => [
    `add chain inet t0 of_${device} { type filter hook ingress device ${device} priority 0 ; }`,
    ...['host', 'broadcast', 'multicast', 'other'].map(
      (type) => `add rule inet t0 of_${device} ip ttl 1-255 meta pkttype ${type} counter`,
    ),
    `add rule inet t0 of_${device} udp dport 80 ether daddr 02:00:00:00:00:01 counter`,
    `add rule inet t0 of_${device} counter reject with icmpx admin-prohibited`,
  ]),
  'frames that leave by a port': ['vethpods', 'eth0'].flatMap((device) => [
    `add chain inet t0 of_${device} { type filter hook egress device ${device} priority 0 ; }`,
    ...['host', 'other'].map(
      (type) => `add rule inet t0 of_${device} ip ttl 1-255 meta pkttype ${type} counter`,
    ),
  ]),
  'reject before routing of what another address has taken': [
    'add chain inet t0 nat { type nat hook prerouting priority -100 ; }',
    'add rule inet t0 nat meta nfproto ipv4 counter dnat ip to 10.244.1.7',
    'add rule inet t0 nat meta nfproto ipv6 counter dnat ip6 to fd00:10:244:1::7',
    'add chain inet t0 early { type filter hook prerouting priority 0 ; }',
    'add rule inet t0 early counter reject with icmpx admin-prohibited',
  ],
};

const cases = ([4, 6] as const).flatMap((family) =>
  Object.keys(CASES).map((name): [Family, string] => [family, name]),
);

describeWithKernel('native chains and packets with odd ends', labTools, () => {
  test.each(cases)('IPv%i: %s', async (family, name) => {
    const lab = new Lab({ backend: 'nft', rules: {}, native: lines(CASES[name] ?? []) });
    try {
      const { differences } = await runFlows(lab, [...flows(family), ...passing(family)]);
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
