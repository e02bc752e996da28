/** Who sent the frame, and by which port of a bridge: mac, eui64, physdev, groups of interfaces. */
import type { Flow } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature, RulePlace } from './feature.ts';

const MACS = ['02:00:00:00:00:aa', '02:00:00:00:01:aa', '02:00:00:00:00:ab', 'a6:07:c0:b5:bd:19'];

/** What a frame's sender may look like in an address: `::a407:c0ff:feb5:bd19`. */
const EUI64 = ['fd00:192:168::a407:c0ff:feb5:bd19', 'fd00:10:244:1:a407:c0ff:feb5:bd19'];

/** Every packet that comes in says whose frame it is in. */
function withMac(flow: Flow, random: Random): Flow {
  const { after, from } = flow;
  const earlier = after?.map((each) => withMac(each, random));
  const sourceMac = from.interface === null ? undefined : random.pick(MACS);
  return {
    ...flow,
    ...(earlier === undefined ? {} : { after: earlier }),
    ...(sourceMac === undefined ? {} : { sourceMac }),
  };
}

/** Elsewhere, and in chains that are reached from elsewhere, the kernel refuses the rule. */
function cameIn({ hook }: RulePlace): boolean {
  return hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD';
}

/** From pod to pod of one bridge, to the other pod's hardware address; now and then one to another machine on a device that is none. */
function bridged(flow: Flow, random: Random): Flow {
  const isElsewhere = flow.from.interface === 'eth0' || flow.from.interface === 'eth1';
  if (!isAmongPods(flow) && !isElsewhere) return flow;
  if (flow.packet?.quote !== undefined || !random.chance(isElsewhere ? 0.02 : 0.6)) return flow;
  return { ...flow, packet: { ...flow.packet, l2: 'bridged' } };
}

export function isAmongPods({ from, to }: Pick<Flow, 'from' | 'to'>): boolean {
  return from.interface === 'cni0' && /^(?:10\.244\.1\.(?!1$)|fd00:10:244:1::[^1])/.test(to.address);
}

export const bridging: readonly Feature[] = [
  {
    name: 'bridged',
    flow: (flow, { random }) => bridged(flow, random),
    inFlow: ({ packet }) => packet?.l2 === 'bridged',
  },
  {
    name: 'for another machine',
    inFlow: ({ from, packet }) => packet?.l2 === 'bridged' && from.interface !== 'cni0',
  },
];

export const frames: readonly Feature[] = [
  {
    name: 'sourceMac',
    matches: (place) => (cameIn(place) ? [`-m mac ${place.not}--mac-source ${place.random.pick(MACS)}`] : []),
    flow: (flow, { random }) => withMac(flow, random),
    inFlow: ({ sourceMac }) => sourceMac !== undefined,
    inRule: /-m mac /,
  },
  {
    name: 'eui64',
    matches: (place) => (place.family === 6 && cameIn(place) ? ['-m eui64'] : []),
    flow: (flow, { random, family }) => {
      if (family === 4 || typeof flow.from.interface !== 'string' || !random.chance(0.1)) return flow;
      if (flow.after !== undefined) return flow;
      return { ...flow, from: { ...flow.from, address: random.pick(EUI64) } };
    },
    inRule: /-m eui64/,
  },
  {
    name: 'physdev of the way out',
    matches: ({ random, hook, not }) =>
      hook === 'FORWARD' || hook === 'POSTROUTING'
        ? [
            `-m physdev ${not}--physdev-out ${random.pick(['vethpods', 'veth+', 'eth0'])}`,
            `-m physdev ${not}--physdev-is-out`,
            `-m physdev ${not}--physdev-in vethpods ${random.pick(['', '! '])}--physdev-out vethpods`,
            `-m physdev ${not}--physdev-is-bridged --physdev-in ${random.pick(['vethpods', 'eth0'])}`,
          ]
        : [],
    inRule: /physdev-(?:out|is-out|is-bridged)/,
  },
  {
    name: 'devgroup',
    commands: (random) =>
      ['eth0', 'cni0', 'eth1'].map((name) => `link set ${name} group ${random.below(3) * 5}`),
    matches: ({ random, hook, not }) => {
      const group = random.pick(['default', '5', '0x5/0xf', '10', '0/1']);
      if (hook === 'FORWARD')
        return [
          `-m devgroup ${not}--src-group ${group}`,
          `-m devgroup --src-group 0 ${not}--dst-group ${group}`,
        ];
      if (hook === null) return [];
      const end = hook === 'PREROUTING' || hook === 'INPUT' ? 'src' : 'dst';
      return [`-m devgroup ${not}--${end}-group ${group}`];
    },
    inRule: /-m devgroup/,
  },
];
