/** Addresses that packets from other machines seldom have: martians, broadcasts, the node's own as a source. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Feature } from './feature.ts';

const ODD: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '0.0.0.0',
    '0.1.2.3',
    '127.0.0.1',
    '127.5.0.1',
    '192.168.0.2',
    '10.244.1.1',
    '192.168.0.255',
    '10.244.1.255',
    '224.0.0.1',
    '239.1.2.3',
    '240.0.0.9',
    '255.255.255.255',
  ],
  6: [
    '::',
    '::1',
    '::ffff:192.0.2.1',
    'fe80::9',
    'fd00:192:168::2',
    'fd00:10:244:1::',
    'ff02::1',
    'ff02::9',
    'ff05::2',
    'ff0e::1',
  ],
};

export const oddEnds: readonly Feature[] = [
  {
    name: 'odd sources',
    flow: (flow, { random, family }) => {
      if (typeof flow.from.interface !== 'string' || !random.chance(0.06)) return flow;
      return { ...flow, from: { ...flow.from, kind: 'external', address: random.pick(ODD[family]) } };
    },
    inFlow: ({ from, family }) =>
      typeof from.interface === 'string' && ODD[family].includes(from.address ?? ''),
  },
  {
    name: 'odd destinations',
    flow: (flow, { random, family }) => {
      if (typeof flow.from.interface !== 'string' || !random.chance(0.06)) return flow;
      return { ...flow, to: { ...flow.to, address: random.pick(ODD[family]) } };
    },
    inFlow: ({ from, to, family }) => typeof from.interface === 'string' && ODD[family].includes(to.address),
  },
];
