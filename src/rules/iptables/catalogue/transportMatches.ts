import { match, type MatchDefinition, option, type OptionDefinition, type ValueKind } from './definitions.ts';

const portsOf = (kind: ValueKind): readonly OptionDefinition[] => [
  option('! --sport', kind, 'The source port, or a range of them.', { aliases: ['--source-port'] }),
  option('! --dport', kind, 'The destination port, or a range of them.', {
    aliases: ['--destination-port'],
  }),
];

const DCCP_TYPES = 'REQUEST RESPONSE DATA ACK DATAACK CLOSEREQ CLOSE RESET SYNC SYNCACK INVALID'.split(' ');

/** What looks into the header of a transport protocol. */
export const transportMatches: readonly MatchDefinition[] = [
  match(
    'tcp',
    'Ports, flags and options of TCP.',
    [
      ...portsOf('orderedPortRange'),
      option('! --tcp-flags', 'tcpFlags', 'Of the flags listed first, exactly those listed second are set.', {
        values: 2,
      }),
      option('! --syn', null, 'Opens a connection: SYN is set, and ACK, RST and FIN are not.'),
      option('! --tcp-option', 'positive8', 'The header carries the option of this number.'),
    ],
    { protocols: ['tcp'], excludes: [['--syn', '--tcp-flags']] },
  ),
  match('udp', 'Ports of UDP.', portsOf('portRange'), { protocols: ['udp'] }),
  match(
    'sctp',
    'Ports and chunks of SCTP.',
    [
      ...portsOf('orderedPortRange'),
      option(
        '! --chunk-types',
        'chunkTypes',
        'Which chunks the packet holds: `all`, `any` or `only`, then the list.',
        {
          values: 2,
        },
      ),
    ],
    { protocols: ['sctp'] },
  ),
  match(
    'dccp',
    'Ports and packet types of DCCP.',
    [
      ...portsOf('portRange'),
      option('! --dccp-types', 'keywords', 'The packet is of one of these types.', {
        keywords: DCCP_TYPES,
        anyCase: true,
      }),
      option('! --dccp-option', 'number8', 'The header carries the option of this number.'),
    ],
    { protocols: ['dccp'] },
  ),
  match(
    'multiport',
    'Up to 15 ports or ranges at once (a range counts twice).',
    [
      option('! --sports', 'portList', 'The source port is one of these.', { aliases: ['--source-ports'] }),
      option('! --dports', 'portList', 'The destination port is one of these.', {
        aliases: ['--destination-ports'],
      }),
      option('! --ports', 'portList', 'The source or the destination port is one of these.'),
    ],
    {
      protocols: ['tcp', 'udp', 'udplite', 'sctp', 'dccp'],
      protocolFirst: true,
      needs: [['--dports', '--sports', '--ports']],
      excludes: [['--sports', '--dports', '--ports']],
    },
  ),
  match(
    'icmp',
    'Type and code of ICMP.',
    [option('! --icmp-type', 'icmpType', 'A type, by name or `type/code`.')],
    { protocols: ['icmp'], families: [4], needs: [['--icmp-type']] },
  ),
  match(
    'icmp6',
    'Type and code of ICMPv6.',
    [option('! --icmpv6-type', 'icmpv6Type', 'A type, by name or `type/code`.')],
    {
      protocols: ['icmpv6', 'ipv6-icmp'],
      families: [6],
      aliases: ['icmpv6', 'ipv6-icmp'],
      needs: [['--icmpv6-type']],
    },
  ),
  match(
    'mh',
    'Type of an IPv6 mobility header.',
    [option('! --mh-type', 'mobilityTypes', 'A type or a range of types, by name or number.')],
    {
      protocols: ['mh', 'ipv6-mh', 'mobility-header'],
      families: [6],
      aliases: ['ipv6-mh', 'mobility-header'],
    },
  ),
  match(
    'esp',
    'The security parameter index of ESP.',
    [option('! --espspi', 'range32', 'The index, or a range.')],
    {
      protocols: ['esp'],
    },
  ),
  match(
    'ah',
    'The IPsec authentication header.',
    [
      option('! --ahspi', 'range32', 'The security parameter index, or a range.'),
      option('! --ahlen', 'number32', 'The length of the header (IPv6 only).', { families: [6] }),
      option('--ahres', null, 'The reserved field must be zero (IPv6 only).', { families: [6] }),
    ],
    { protocols: ['ah'], protocolsIn: 4 },
  ),
  match(
    'ipcomp',
    'The parameter index of IP compression.',
    [
      option('! --ipcompspi', 'range32', 'The index, or a range.'),
      option('--compres', null, 'The reserved field must be zero.'),
    ],
    { protocols: ['ipcomp'] },
  ),
  match(
    'tcpmss',
    'The maximum segment size of a SYN.',
    [option('! --mss', 'range16', 'The size, or a range.')],
    { protocols: ['tcp'], needs: [['--mss']] },
  ),
  match(
    'osf',
    'Guesses the operating system from how it opens a connection.',
    [
      option('! --genre', 'word', 'The system, as the fingerprints name it.'),
      option('--ttl', 'keyword', 'How the time to live is compared.', { keywords: ['0', '1', '2'] }),
      option('--log', 'keyword', 'What is logged.', { keywords: ['0', '1', '2'] }),
    ],
    { protocols: ['tcp'], needs: [['--genre']] },
  ),
];
