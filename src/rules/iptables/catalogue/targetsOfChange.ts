import { option, target, type TargetDefinition } from './definitions.ts';
import { leaving } from './hooks.ts';

const goesOn = { terminal: false } as const;
const inMangle = { ...goesOn, tables: ['mangle'] } as const;

const conntrackOptions = [
  option('--notrack', null, 'The packet is not tracked.'),
  option('--helper', 'text', 'The helper for the connection.'),
  option('--timeout', 'text', 'The timeout policy for the connection.'),
  option('--ctevents', 'keywords', 'Which events are reported.', {
    keywords: [
      'new',
      'related',
      'destroy',
      'reply',
      'assured',
      'protoinfo',
      'helper',
      'mark',
      'natseqinfo',
      'secmark',
    ],
  }),
  option('--expevents', 'keywords', 'Which events of expected connections are reported.', {
    keywords: ['new'],
  }),
  option('--zone', 'zone', 'The zone of the connection, or `mark`.'),
  option('--zone-orig', 'zone', 'The zone in the original direction.'),
  option('--zone-reply', 'zone', 'The zone in the reply direction.'),
];

/** What changes a packet or its connection and lets it go on. */
export const targetsOfChange: readonly TargetDefinition[] = [
  target(
    'MARK',
    'Sets the mark that the packet carries on this host.',
    [
      option('--set-xmark', 'markSet', 'Clears the bits of the mask, then flips those of the value.'),
      option('--set-mark', 'markSet', 'Clears the bits of the mask, then sets those of the value.'),
      option('--and-mark', 'number32', 'Keeps only these bits.'),
      option('--or-mark', 'number32', 'Sets these bits.'),
      option('--xor-mark', 'number32', 'Flips these bits.'),
    ],
    {
      ...goesOn,
      needs: [['--set-xmark', '--set-mark', '--and-mark', '--or-mark', '--xor-mark']],
      excludes: [['--set-xmark', '--set-mark', '--and-mark', '--or-mark', '--xor-mark']],
    },
  ),
  target(
    'CONNMARK',
    'Sets the mark of the connection, or copies it.',
    [
      option('--set-xmark', 'markSet', 'Clears the bits of the mask, then flips those of the value.'),
      option('--set-mark', 'markSet', 'Clears the bits of the mask, then sets those of the value.'),
      option('--save-mark', null, "Copies the packet's mark to the connection."),
      option('--restore-mark', null, "Copies the connection's mark to the packet."),
      option('--and-mark', 'number32', 'Keeps only these bits.'),
      option('--or-mark', 'number32', 'Sets these bits.'),
      option('--xor-mark', 'number32', 'Flips these bits.'),
      option('--left-shift-mark', 'number8', 'Shifts the mark to the left.'),
      option('--right-shift-mark', 'number8', 'Shifts the mark to the right.'),
      option('--nfmask', 'number32', "The bits of the packet's mark that count."),
      option('--ctmask', 'number32', "The bits of the connection's mark that count."),
      option('--mask', 'number32', 'The bits that count on both sides.'),
    ],
    {
      ...goesOn,
      needs: [
        [
          '--set-xmark',
          '--set-mark',
          '--and-mark',
          '--or-mark',
          '--xor-mark',
          '--save-mark',
          '--restore-mark',
        ],
      ],
      excludes: [
        [
          '--set-xmark',
          '--set-mark',
          '--and-mark',
          '--or-mark',
          '--xor-mark',
          '--save-mark',
          '--restore-mark',
        ],
        ['--ctmask', '--mask'],
        ['--nfmask', '--mask'],
      ],
    },
  ),
  target('CT', 'Says how the connection is to be tracked.', conntrackOptions, {
    ...goesOn,
    tables: ['raw'],
    hooks: ['PREROUTING', 'OUTPUT'],
  }),
  target('NOTRACK', 'The packet is not tracked.', [], {
    ...goesOn,
    tables: ['raw'],
    hooks: ['PREROUTING', 'OUTPUT'],
  }),
  target(
    'CLASSIFY',
    'Sets the class for traffic control.',
    [option('--set-class', 'class', '`major:minor`, in hex.')],
    { ...goesOn, hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'], needs: [['--set-class']] },
  ),
  target(
    'DSCP',
    'Sets the service class of the header.',
    [
      option('--set-dscp', 'dscp', 'The code point, 0 to 63.'),
      option('--set-dscp-class', 'dscpClass', 'The class by name.'),
    ],
    {
      ...inMangle,
      needs: [['--set-dscp', '--set-dscp-class']],
      excludes: [['--set-dscp', '--set-dscp-class']],
    },
  ),
  target(
    'TOS',
    'Sets the type of service (IPv4) or traffic class (IPv6).',
    [
      option('--set-tos', 'tosSet', 'The value, with a mask, or a name.'),
      option('--and-tos', 'number8', 'Keeps only these bits.'),
      option('--or-tos', 'number8', 'Sets these bits.'),
      option('--xor-tos', 'number8', 'Flips these bits.'),
    ],
    { ...inMangle, needs: [['--set-tos', '--and-tos', '--or-tos', '--xor-tos']] },
  ),
  target(
    'TTL',
    'Changes the time to live.',
    [
      option('--ttl-set', 'number8', 'Sets it.'),
      option('--ttl-dec', 'positive8', 'Lowers it.'),
      option('--ttl-inc', 'positive8', 'Raises it.'),
    ],
    {
      ...inMangle,
      families: [4],
      needs: [['--ttl-set', '--ttl-dec', '--ttl-inc']],
      excludes: [['--ttl-set', '--ttl-dec', '--ttl-inc']],
    },
  ),
  target(
    'HL',
    'Changes the hop limit.',
    [
      option('--hl-set', 'number8', 'Sets it.'),
      option('--hl-dec', 'positive8', 'Lowers it.'),
      option('--hl-inc', 'positive8', 'Raises it.'),
    ],
    {
      ...inMangle,
      families: [6],
      needs: [['--hl-set', '--hl-dec', '--hl-inc']],
      excludes: [['--hl-set', '--hl-dec', '--hl-inc']],
    },
  ),
  target(
    'ECN',
    'Removes congestion notification.',
    [
      option('--ecn-tcp-remove', null, 'From the TCP header.'),
      option('--ecn-tcp-cwr', 'number8', 'Sets the CWR flag (not for use).', { range: { from: 0, to: 1 } }),
      option('--ecn-tcp-ece', 'number8', 'Sets the ECE flag (not for use).', { range: { from: 0, to: 1 } }),
      option('--ecn-ip-ect', 'number8', 'Sets the ECN bits of the IP header (not for use).'),
    ],
    {
      ...inMangle,
      families: [4],
      protocols: ['tcp'],
      needs: [['--ecn-tcp-remove', '--ecn-tcp-cwr', '--ecn-tcp-ece', '--ecn-ip-ect']],
    },
  ),
  target(
    'TCPMSS',
    'Lowers the segment size that a SYN asks for.',
    [
      option('--set-mss', 'segmentSize', 'To this.'),
      option('--clamp-mss-to-pmtu', null, 'To what the path takes.', { hooks: leaving }),
    ],
    { ...goesOn, protocols: ['tcp'], needs: [['--clamp-mss-to-pmtu', '--set-mss']] },
  ),
  target(
    'TCPOPTSTRIP',
    'Removes options from the TCP header.',
    [option('--strip-options', 'tcpOptions', 'The options, by name or number.')],
    { ...inMangle, protocols: ['tcp'] },
  ),
  target('CHECKSUM', 'Works out a missing checksum.', [option('--checksum-fill', null, 'Fills it in.')], {
    ...inMangle,
    needs: [['--checksum-fill']],
  }),
  target(
    'SECMARK',
    'Sets the security context of the packet.',
    [option('--selctx', 'word', 'The context.')],
    { ...goesOn, tables: ['mangle', 'security'], needs: [['--selctx']] },
  ),
  target(
    'CONNSECMARK',
    'Copies the security context between packet and connection.',
    [option('--save', null, 'To the connection.'), option('--restore', null, 'To the packet.')],
    { ...goesOn, tables: ['mangle', 'security'], needs: [['--save', '--restore']] },
  ),
  target(
    'HMARK',
    'Sets the mark to a hash of the connection.',
    [
      option('--hmark-tuple', 'keywords', 'What goes into the hash.', {
        keywords: ['src', 'dst', 'sport', 'dport', 'spi', 'proto', 'ct'],
      }),
      option('--hmark-mod', 'positive32', 'The hash is taken modulo this.'),
      option('--hmark-offset', 'number32', 'And this is added.'),
      option('--hmark-rnd', 'number32', 'The seed.'),
      option('--hmark-src-prefix', 'word', 'The prefix of the source that counts.'),
      option('--hmark-dst-prefix', 'word', 'The prefix of the destination that counts.'),
      option('--hmark-sport-mask', 'number16', 'The bits of the source port that count.'),
      option('--hmark-dport-mask', 'number16', 'The bits of the destination port that count.'),
      option('--hmark-spi-mask', 'number32', 'The bits of the security parameter index that count.'),
      option('--hmark-sport', 'number16', 'Bits set in the source port.'),
      option('--hmark-dport', 'number16', 'Bits set in the destination port.'),
      option('--hmark-spi', 'number32', 'Bits set in the security parameter index.'),
      option('--hmark-proto-mask', 'number8', 'The bits of the protocol that count.'),
    ],
    {
      ...goesOn,
      needs: [
        ['--hmark-mod'],
        ['--hmark-rnd'],
        [
          '--hmark-tuple',
          '--hmark-src-prefix',
          '--hmark-dst-prefix',
          '--hmark-sport-mask',
          '--hmark-dport-mask',
          '--hmark-spi-mask',
          '--hmark-sport',
          '--hmark-dport',
          '--hmark-spi',
          '--hmark-proto-mask',
        ],
      ],
    },
  ),
  target(
    'SNPT',
    'Swaps the prefix of the source without keeping state.',
    [
      option('--src-pfx', 'network', 'The prefix inside.'),
      option('--dst-pfx', 'network', 'The prefix outside.'),
    ],
    { ...inMangle, families: [6], hooks: ['INPUT', 'POSTROUTING'], needs: [['--src-pfx'], ['--dst-pfx']] },
  ),
  target(
    'DNPT',
    'Swaps the prefix of the destination without keeping state.',
    [
      option('--src-pfx', 'network', 'The prefix outside.'),
      option('--dst-pfx', 'network', 'The prefix inside.'),
    ],
    { ...inMangle, families: [6], hooks: ['PREROUTING', 'OUTPUT'], needs: [['--src-pfx'], ['--dst-pfx']] },
  ),
];
