/** Interfaces that not every node has: a second bridge, and one on top of an uplink, named as VLANs are. */
import type { Family, Flow } from '../../../../src/kernel/flow.ts';
import type { Bridge } from '../lab.ts';
import type { Random } from '../random.ts';
import type { Feature } from './feature.ts';

const SECOND: Bridge = { name: 'br1', address: '172.18.0.1/24', address6: 'fd00:172:18::1/64' };

const PODS: Readonly<Record<Family, readonly string[]>> = {
  4: ['172.18.0.5', '172.18.0.7'],
  6: ['fd00:172:18::5', 'fd00:172:18::7'],
};

const UPSTREAM: Readonly<Record<Family, readonly string[]>> = {
  4: ['172.20.0.9', '198.51.100.44'],
  6: ['fd00:172:20::9', '2001:db8:2::44'],
};

const UPPER = 'eth1.5';

const UPPER_COMMANDS = [
  `link add link eth1 name ${UPPER} address 02:00:00:00:00:05 type macvlan mode bridge`,
  `link set ${UPPER} up`,
  `addr add 172.20.0.2/24 dev ${UPPER}`,
  `addr add fd00:172:20::2/64 dev ${UPPER} nodad`,
  `neigh replace 172.20.0.9 lladdr 02:00:00:00:00:aa nud permanent dev ${UPPER}`,
  `neigh replace fd00:172:20::9 lladdr 02:00:00:00:00:aa nud permanent dev ${UPPER}`,
  `route add 198.51.100.44/32 via 172.20.0.9`,
  `route add 2001:db8:2::44/128 via fd00:172:20::9`,
];

export function randomBridges(random: Random): readonly Bridge[] {
  return random.chance(0.3) ? [SECOND] : [];
}

/** Those of `devices` that a node has. */
export function facesOf(bridges: readonly Bridge[], commands: readonly string[]): readonly string[] {
  const upper = commands.some((command) => command.includes(UPPER)) ? [UPPER] : [];
  return [...bridges.map(({ name }) => name), ...upper];
}

/** Where `faces` has the upper one: `sysctl` writes its dot as a slash. */
export function sysctlsOf(random: Random, faces: readonly string[]): readonly string[] {
  return faces.includes(UPPER) ? [`net.ipv4.conf.eth1/5.rp_filter=${random.pick([0, 1, 2])}`] : [];
}

function otherWay(flow: Flow, face: string, random: Random, family: Family): Flow {
  const ends = face === UPPER ? UPSTREAM : PODS;
  const comesIn = random.chance(0.6) && flow.from.interface !== null;
  if (!comesIn) return { ...flow, to: { ...flow.to, address: random.pick(ends[family]) } };
  const address = random.pick(ends[family]);
  return { ...flow, from: { kind: 'external', address, port: flow.from.port, interface: face } };
}

export const devices: readonly Feature[] = [
  {
    name: 'a second bridge',
    matches: ({ random, hook, not }) =>
      hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD'
        ? [`-m physdev ${not}--physdev-in ${random.pick(['port0', 'port+'])}`]
        : [],
    flow: (flow, { random, family, faces }) =>
      faces.includes('br1') && random.chance(0.25) ? otherWay(flow, 'br1', random, family) : flow,
    inFlow: ({ from, to, family }) => from.interface === 'br1' || PODS[family].includes(to.address),
  },
  {
    name: 'an interface on top of another',
    commands: (random) => (random.chance(0.3) ? UPPER_COMMANDS : []),
    flow: (flow, { random, family, faces }) =>
      faces.includes(UPPER) && random.chance(0.25) ? otherWay(flow, UPPER, random, family) : flow,
    inFlow: ({ from, to, family }) => from.interface === UPPER || UPSTREAM[family].includes(to.address),
  },
];
