/** Targets that rewrite a header or note a packet, and leave it on its way. */
import type { Feature, RulePlace } from './feature.ts';

const OPENING = '-m tcp --tcp-flags SYN,RST SYN';

function ofMangle({ random, family, protocol, hook }: RulePlace): readonly string[] {
  const by = random.pick([1, 3, 63, 200]);
  const hops = random.pick([`inc ${by}`, `dec ${by}`, `set ${by}`]);
  return [
    family === 4 ? `-j TTL --ttl-${hops}` : `-j HL --hl-${hops}`,
    `-j TOS --${random.pick(['and', 'xor'])}-tos ${random.pick(['0x0f', '0xf3', '0x04'])}`,
    `-j TOS --set-tos ${random.pick(['0x08', '0x20/0xe0', 'Minimize-Delay'])}`,
    `-j DSCP --set-dscp-class ${random.pick(['EF', 'CS1', 'AF21', 'BE'])}`,
    '-j CHECKSUM --checksum-fill',
    ...(hook === null || hook === 'PREROUTING' || hook === 'INPUT' ? [] : ['-j CLASSIFY --set-class 1:1']),
    ...(protocol === 'tcp'
      ? [
          `${OPENING} -j TCPMSS --set-mss 1000`,
          ...(hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING'
            ? [`${OPENING} -j TCPMSS --clamp-mss-to-pmtu`]
            : []),
          '-j TCPOPTSTRIP --strip-options mss,sack-permitted',
        ]
      : []),
  ];
}

export const rewriting: readonly Feature[] = [
  {
    name: 'rewriting targets',
    targets: (place) => {
      if (place.table !== 'mangle') return [];
      // A rule has its options of TCP once: what has them already takes none with the target.
      return ofMangle(place);
    },
    inRule: /-j (?:TTL|HL|TOS|DSCP|CHECKSUM|CLASSIFY|TCPMSS|TCPOPTSTRIP) /,
  },
  {
    name: 'noting targets',
    targets: ({ random, table }) => [
      random.pick([
        '-j LOG --log-level 7 --log-uid --log-ip-options --log-tcp-options',
        '-j NFLOG --nflog-group 5 --nflog-size 64',
        `-j IDLETIMER --timeout 600 --label t${random.below(3)}`,
        '-j AUDIT --type ACCEPT',
        '-j RATEEST --rateest-name r --rateest-interval 250ms --rateest-ewmalog 500ms',
        ...(table === 'raw' ? ['-j TRACE', '-j NOTRACK'] : []),
      ]),
    ],
    inRule: /-j (?:LOG|NFLOG|IDLETIMER|AUDIT|RATEEST|TRACE|NOTRACK)\b/,
  },
];
