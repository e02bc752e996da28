/** Marks in all their forms and tables, and packets that a process has marked. */
import type { Feature } from './feature.ts';

const VALUES = ['0x1', '0x1/0x1', '0x4000/0x4000', '0x2/0xf', '0x10/0xff'] as const;
const BITS = ['0x1', '0x4000', '0xff', '0xfffffffe'] as const;

export const marks: readonly Feature[] = [
  {
    name: 'MARK in all forms',
    targets: ({ random }) => [
      `-j MARK --set-mark ${random.pick(VALUES)}`,
      `-j MARK --${random.pick(['or', 'and', 'xor'])}-mark ${random.pick(BITS)}`,
    ],
    inRule: /-j MARK /,
  },
  {
    name: 'CONNMARK in all forms',
    targets: ({ random, table }) => [
      `-j CONNMARK --${random.pick(['or', 'and', 'xor'])}-mark ${random.pick(BITS)}`,
      `-j CONNMARK --set-mark ${random.pick(VALUES)}`,
      ...(table === 'mangle'
        ? [
            `-j CONNMARK --restore-mark --mask ${random.pick(BITS)}`,
            `-j CONNMARK --save-mark --mask ${random.pick(BITS)}`,
          ]
        : []),
    ],
    inRule: /-j CONNMARK /,
  },
  {
    name: 'a mark of the socket',
    flow: (flow, { random }) =>
      flow.from.interface === null && flow.after === undefined && random.chance(0.25)
        ? { ...flow, mark: random.pick([0x1, 0x8, 0x4000, 0x2]) }
        : flow,
    inFlow: ({ mark }) => mark !== undefined,
  },
];
