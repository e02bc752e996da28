/** The packet's bytes: u32, and programs of BPF. */
import type { Feature } from './feature.ts';

/** Protocol, TOS, TTL, addresses, ports, flags of TCP: what a flow tells. */
const U32: Readonly<Record<4 | 6, readonly string[]>> = {
  4: [
    '6&0xFF=6',
    '6&0xFF=6,17',
    '8>>24=64',
    '8>>24=0:63',
    '0>>16&0xFF=0x10:0xFF',
    '12=0x0AF40000:0x0AF4FFFF',
    '16&0xFFFFFF00=0xC0A80000',
    '6&0xFF=6,17,132&&0>>22&0x3C@0>>16=80,443',
    '6&0xFF=6,17&&0>>22&0x3C@0&0xFFFF=22:443',
    '6&0xFF=6&&0>>22&0x3C@12>>16&0x3F=2',
    '0>>28=4',
    '4&0x3FFF=0',
    '6&0xFF=1&&0>>22&0x3C@0>>24=8',
    '0>>22<<2=0x54',
  ],
  6: [
    '4>>8&0xFF=6,58',
    '4&0xFF=64',
    '8=0xFD000010',
    '24=0xFD000000:0xFDFFFFFF',
    '4>>8&0xFF=6,17&&40>>16=80',
    '0>>20&0xFF=0x10',
    '0>>28=6',
  ],
};

/** `ip proto 6`, `tcp dst port 80`, a mark, the length of the header in X, memory, arithmetic. */
const BPF: Readonly<Record<4 | 6, readonly string[]>> = {
  4: [
    '4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0',
    '7,48 0 0 9,21 0 4 6,177 0 0 0,72 0 0 2,21 0 1 80,6 0 0 1,6 0 0 0',
    '7,48 0 0 9,21 0 4 17,177 0 0 0,72 0 0 2,37 1 0 443,6 0 0 1,6 0 0 0',
    '4,32 0 0 4294963220,21 0 1 1,6 0 0 1,6 0 0 0',
    '6,48 0 0 8,4 0 0 1,2 0 0 3,96 0 0 3,21 0 0 65,22 0 0 0',
    '5,32 0 0 12,84 0 0 4294901760,21 0 1 183762944,6 0 0 1,6 0 0 0',
    '4,48 0 0 1,69 0 1 3,6 0 0 1,6 0 0 0',
  ],
  6: [
    '4,48 0 0 6,21 0 1 6,6 0 0 1,6 0 0 0',
    '6,48 0 0 6,21 0 3 6,40 0 0 42,21 0 1 80,6 0 0 1,6 0 0 0',
    '4,48 0 0 7,53 0 1 64,6 0 0 1,6 0 0 0',
  ],
};

export const bytes: readonly Feature[] = [
  {
    name: 'u32',
    matches: ({ random, family, not }) => [
      `-m u32 ${not}--u32 "${random.pick(U32[family])}"`,
      `-m u32 ${not}--u32 "${random.pick(U32[family])}"`,
    ],
    inRule: /-m u32 /,
  },
  {
    name: 'bpf',
    matches: ({ random, family }) => [`-m bpf --bytecode "${random.pick(BPF[family])}"`],
    inRule: /-m bpf /,
  },
];
