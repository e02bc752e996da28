/** Addresses that no packet from another machine should have: what routing refuses, before and behind translation. */
import { expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import type { SnapshotFileName, SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { dump } from '../kernel/fixtures.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import type { Observation } from './support/recorder.ts';
import { enginesOf, runFlows } from './support/runFlows.ts';

const ODD: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '127.5.0.1',
    '127.255.255.255',
    '169.254.1.1',
    '192.168.0.2',
    '10.244.1.1',
    '192.168.0.255',
    '192.168.0.0',
    '10.244.1.255',
    '224.0.0.1',
    '224.0.0.9',
    '239.1.2.3',
    '240.0.0.9',
    '255.255.255.254',
    '255.255.255.255',
  ],
  6: [
    '::',
    '::1',
    '::5',
    '::ffff:192.0.2.1',
    '::ffff:127.0.0.1',
    '64:ff9b::c000:201',
    '2002:7f00:1::1',
    'fe80::9',
    'fec0::9',
    'fd00:192:168::2',
    'fd00:10:244:1::1',
    'fd00:10:244:1::',
    'ff00::1',
    'ff01::1',
    'ff02::1',
    'ff02::9',
    'ff05::2',
    'ff0e::1',
    'ff0f::1',
  ],
};

const PLAIN: Readonly<Record<Family, readonly string[]>> = {
  4: ['198.51.100.7', '192.168.0.2', '10.244.1.5'],
  6: ['2001:db8::7', 'fd00:192:168::2', 'fd00:10:244:1::5'],
};

const OWN: ReadonlySet<string> = new Set([
  '192.168.0.2',
  '10.244.1.1',
  'fd00:192:168::2',
  'fd00:10:244:1::1',
]);

interface Case {
  readonly family: Family;
  /** The interface that they come in by. */
  readonly name: string;
  readonly sysctls: readonly string[];
}

const CASES: readonly Case[] = [
  { family: 4, name: 'eth0', sysctls: ['net.ipv4.conf.all.route_localnet=0'] },
  {
    family: 4,
    name: 'eth0',
    sysctls: ['net.ipv4.conf.all.route_localnet=1', 'net.ipv4.conf.all.accept_local=1'],
  },
  {
    family: 4,
    name: 'cni0',
    sysctls: ['net.ipv4.conf.all.rp_filter=2', 'net.ipv4.conf.cni0.route_localnet=1'],
  },
  { family: 6, name: 'eth0', sysctls: ['net.ipv4.conf.all.route_localnet=0'] },
];

function rules(family: Family): string {
  const pod = family === 4 ? '10.244.1.5:81' : '[fd00:10:244:1::5]:81';
  return dump({
    nat: [`-A PREROUTING -p udp -m udp --dport 53 -j DNAT --to-destination ${pod}`],
    filter: ['-A INPUT', '-A FORWARD', '-A OUTPUT'],
  });
}

function flowsOf(family: Family, name: string): readonly Flow[] {
  const pairs = ODD[family].flatMap((odd) => [
    ...PLAIN[family].map((plain) => [odd, plain] as const),
    ...PLAIN[family].slice(0, 1).map((plain) => [plain, odd] as const),
    [odd, odd] as const,
  ]);
  return pairs.flatMap(([source, address]) =>
    [53, 80].map((port) => ({
      family,
      from: { kind: 'external', address: source, port: 40000, interface: name },
      to: { address, port },
      protocol: 'udp',
    })),
  );
}

/** Routes alone tell that these are broadcasts of a network. */
const TOLD_BY_ROUTES: ReadonlySet<string> = new Set([
  '192.168.0.255',
  '10.244.1.255',
  '192.168.0.0',
  '127.255.255.255',
]);

/** What a node whose files are not all there says, where it leaves out what the kernel did. */
function surerThanKnown(files: SnapshotFiles, flow: Flow, seen: Observation): readonly string[] {
  const passed = seen.delivered.length + seen.left.length > 0;
  const { interface: _, ...from } = flow.from;
  return [flow, { ...flow, from }].flatMap((asked) => {
    const { outcomes, assumptions } = enginesOf(files)[flow.family].trace(asked);
    const isForeseen = outcomes.some(({ verdict }) => ['forward', 'local'].includes(verdict) === passed);
    const isAssumed = assumptions.some(({ code }) => code === 'routing-assumed');
    return isForeseen || isAssumed
      ? []
      : [`${[...files.keys()].join()}: passed ${passed}, ${JSON.stringify(asked)}`];
  });
}

/** The files that are there beside rules. A source is asked for as one outside: without its addresses no node knows better. */
const KNOWN: readonly (readonly SnapshotFileName[])[] = [
  [],
  ['ip-addr.json'],
  ['ip-addr.json', 'sysctl.txt'],
];

function partsOf(files: SnapshotFiles, { from }: Flow): readonly SnapshotFiles[] {
  if (TOLD_BY_ROUTES.has(from.address ?? '')) return [];
  const isOwn = OWN.has(from.address ?? '');
  return KNOWN.filter((names) => !isOwn || names.includes('ip-addr.json')).map(
    (names) =>
      new Map([...files].filter(([name]) => name.endsWith('tables-save.txt') || names.includes(name))),
  );
}

describeWithKernel('addresses that no packet from outside should have', labTools, () => {
  test.each(CASES)('IPv$family by $name, $sysctls', async ({ family, name, sysctls }) => {
    const lab = new Lab({ backend: 'nft', rules: { [family]: rules(family) }, sysctls });
    try {
      const files = lab.snapshot();
      const also = (flow: Flow, seen: Observation): string | null =>
        partsOf(files, flow)
          .flatMap((part) => surerThanKnown(part, flow, seen))
          .join('\n') || null;
      const { differences } = await runFlows(lab, flowsOf(family, name), { also });
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
