/** What rules remember of connections and packets: counts, labels, quotas; and helpers, and chunks of SCTP. */
import type { Feature } from './feature.ts';

export const connections: readonly Feature[] = [
  {
    name: 'connbytes',
    matches: ({ random, not }) => {
      const range = random.pick(['1:1', '1', '2:', ':1', '40:60', '100', '2:2', '60:200']);
      const direction = random.pick(['original', 'reply', 'both']);
      return [
        `-m connbytes ${not}--connbytes ${range} --connbytes-dir ${direction} --connbytes-mode ${random.pick(['packets', 'bytes', 'avgpkt'])}`,
      ];
    },
    inRule: /-m connbytes /,
  },
  {
    name: 'connlimit',
    matches: ({ random }) => [
      `-m connlimit --connlimit-${random.pick(['above', 'upto'])} ${random.below(3)} --connlimit-mask ${random.pick([0, 8, 16, 32])} --connlimit-${random.pick(['saddr', 'daddr'])}`,
    ],
    inRule: /-m connlimit /,
  },
  {
    name: 'connlabel',
    matches: ({ random, not }) => {
      const label = random.below(3);
      return [`-m connlabel ${not}--label ${label}`, `-m connlabel ${not}--label ${label} --set`];
    },
    inRule: /-m connlabel /,
  },
  {
    // A rule’s quota is not forgotten between packets: one is never used up, the other is too small for any packet.
    name: 'quota',
    matches: ({ random, not }) => [`-m quota ${not}--quota ${random.pick(['1000000000', '19'])}`],
    inRule: /-m quota /,
  },
  {
    name: 'cluster',
    matches: ({ random, not }) => [
      `-m cluster --cluster-total-nodes ${random.pick([2, 3, 4])} ${not}--cluster-local-node ${random.pick([1, 2])} --cluster-hash-seed ${random.pick(['0x4d', '0xdeadbeef'])}`,
      `-m cluster --cluster-total-nodes 4 ${not}--cluster-local-nodemask 5 --cluster-hash-seed 7`,
    ],
    inRule: /-m cluster /,
  },
  { name: 'helper', matches: ({ not }) => [`-m helper ${not}--helper ftp`], inRule: /-m helper / },
  {
    name: 'chunk types',
    matches: ({ random, protocol, not }) =>
      protocol === 'sctp'
        ? [
            `-m sctp ${not}--chunk-types ${random.pick(['any', 'all', 'only'])} ${random.pick(['INIT', 'DATA', 'INIT,DATA', 'INIT_ACK,ABORT', 'ALL', 'NONE'])}`,
          ]
        : [],
    inRule: /--chunk-types/,
  },
];
