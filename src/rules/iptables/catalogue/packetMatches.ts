import { match, type MatchDefinition, option } from './definitions.ts';

const segmentRouting = ['hdr-len', 'segs-left', 'last-entry'].flatMap((field) => [
  option(`! --srh-${field}-eq`, 'number8', 'The field has this value.'),
  option(`! --srh-${field}-gt`, 'number8', 'The field is greater.'),
  option(`! --srh-${field}-lt`, 'number8', 'The field is less.'),
]);

/** What looks at the packet itself: its IP header, its extension headers, its bytes. */
export const packetMatches: readonly MatchDefinition[] = [
  match(
    'length',
    'The length of the packet.',
    [option('! --length', 'range16', 'Bytes after the link layer, or a range of them.')],
    { needs: [['--length']] },
  ),
  match(
    'ttl',
    'The time to live of IPv4.',
    [
      option('! --ttl-eq', 'number8', 'Exactly this.', { aliases: ['--ttl'] }),
      option('--ttl-lt', 'number8', 'Less than this.'),
      option('--ttl-gt', 'number8', 'More than this.'),
    ],
    {
      families: [4],
      needs: [['--ttl-eq', '--ttl-lt', '--ttl-gt']],
      excludes: [['--ttl-eq', '--ttl-lt', '--ttl-gt']],
    },
  ),
  match(
    'hl',
    'The hop limit of IPv6.',
    [
      option('! --hl-eq', 'number8', 'Exactly this.', { aliases: ['--hl'] }),
      option('--hl-lt', 'number8', 'Less than this.'),
      option('--hl-gt', 'number8', 'More than this.'),
    ],
    {
      families: [6],
      needs: [['--hl-eq', '--hl-lt', '--hl-gt']],
      excludes: [['--hl-eq', '--hl-lt', '--hl-gt']],
    },
  ),
  match(
    'dscp',
    'The service class that the header asks for.',
    [
      option('! --dscp', 'dscp', 'The code point, 0 to 63.'),
      option('! --dscp-class', 'dscpClass', 'The class by name: `EF`, `BE`, `AF11` …, `CS1` ….'),
    ],
    { needs: [['--dscp', '--dscp-class']], excludes: [['--dscp', '--dscp-class']] },
  ),
  match(
    'tos',
    'The type of service (IPv4) or traffic class (IPv6).',
    [option('! --tos', 'tos', 'The value, with a mask, or a name.')],
    { needs: [['--tos']] },
  ),
  match(
    'ecn',
    'Congestion notification bits.',
    [
      option('! --ecn-tcp-cwr', null, 'The CWR flag of TCP is set.', { protocols: ['tcp'] }),
      option('! --ecn-tcp-ece', null, 'The ECE flag of TCP is set.', { protocols: ['tcp'] }),
      option('! --ecn-ip-ect', 'keyword', 'The two ECN bits of the IP header.', {
        keywords: ['0', '1', '2', '3'],
      }),
    ],
    { needs: [['--ecn-tcp-cwr', '--ecn-tcp-ece', '--ecn-ip-ect']] },
  ),
  match(
    'mac',
    'The sender of the Ethernet frame.',
    [option('! --mac-source', 'mac', 'The hardware address that the frame came from.')],
    { hooks: ['PREROUTING', 'INPUT', 'FORWARD'], needs: [['--mac-source']] },
  ),
  match(
    'pkttype',
    'How the link layer was addressed.',
    [option('! --pkt-type', 'packetType', 'To this host, to all, to a group, or to another host.')],
    { needs: [['--pkt-type']] },
  ),
  match('u32', 'Numbers at given places of the packet.', [option('! --u32', 'u32', 'The tests.')], {
    needs: [['--u32']],
  }),
  match(
    'string',
    'Text anywhere in the packet.',
    [
      option('! --string', 'text', 'The text to find.'),
      option('! --hex-string', 'hexString', 'The text to find, with bytes in hex between bars.'),
      option('--algo', 'keyword', 'How to search.', { keywords: ['bm', 'kmp'] }),
      option('--from', 'number16', 'Where to start.'),
      option('--to', 'number16', 'Where to stop.'),
      option('--icase', null, 'Capital letters are the same as small ones.'),
    ],
    { needs: [['--algo'], ['--string', '--hex-string']], excludes: [['--string', '--hex-string']] },
  ),
  match(
    'bpf',
    'A BPF program decides.',
    [
      option('--bytecode', 'bytecode', 'The program, as numbers.'),
      option('--object-pinned', 'word', 'The path where the program is pinned.'),
    ],
    { needs: [['--bytecode', '--object-pinned']], excludes: [['--bytecode', '--object-pinned']] },
  ),
  match(
    'realm',
    'The routing realm.',
    [option('! --realm', 'group', 'The realm by number or name, with a mask.')],
    { families: [4], hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], needs: [['--realm']] },
  ),
  match('eui64', 'The interface part of an IPv6 address is made of the hardware address.', [], {
    families: [6],
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
  }),
  match(
    'frag',
    'The fragment header of IPv6.',
    [
      option('! --fragid', 'range32', 'The identification, or a range.'),
      option('! --fraglen', 'number32', 'The length of the header.'),
      option('--fragres', null, 'The reserved fields must be zero.'),
      option('--fragfirst', null, 'The first fragment.'),
      option('--fragmore', null, 'More fragments follow.'),
      option('--fraglast', null, 'The last fragment.'),
    ],
    { families: [6] },
  ),
  match(
    'hbh',
    'The hop-by-hop options of IPv6.',
    [
      option('! --hbh-len', 'number32', 'The length of the header.'),
      option('--hbh-opts', 'ipv6Options', 'The options, as `type:length`.'),
    ],
    { families: [6] },
  ),
  match(
    'dst',
    'The destination options of IPv6.',
    [
      option('! --dst-len', 'number32', 'The length of the header.'),
      option('--dst-opts', 'ipv6Options', 'The options, as `type:length`.'),
    ],
    { families: [6] },
  ),
  match(
    'rt',
    'The routing header of IPv6.',
    [
      option('! --rt-type', 'number32', 'Its type.'),
      option('! --rt-segsleft', 'range32', 'The segments that are left, or a range.'),
      option('! --rt-len', 'number32', 'The length of the header.'),
      option('--rt-0-res', null, 'The reserved field must be zero (type 0).', { needs: '--rt-type' }),
      option('--rt-0-addrs', 'word', 'The addresses of the header (type 0).', { needs: '--rt-type' }),
      option('--rt-0-not-strict', null, 'The addresses need not be all that the header has (type 0).', {
        needs: '--rt-0-addrs',
      }),
    ],
    { families: [6] },
  ),
  match(
    'ipv6header',
    'Which extension headers there are.',
    [
      option('! --header', 'ipv6Headers', 'The headers, by name or number.'),
      option('--soft', null, 'Others may be there too.'),
    ],
    { families: [6], needs: [['--header']] },
  ),
  match(
    'srh',
    'The segment routing header of IPv6.',
    [
      option('! --srh-next-hdr', 'number8', 'What follows the header, as the number of a protocol.'),
      ...segmentRouting,
      option('! --srh-tag', 'number16', 'The tag of the header.'),
      option('! --srh-psid', 'network', 'The segment before.'),
      option('! --srh-nsid', 'network', 'The segment to come.'),
      option('! --srh-lsid', 'network', 'The last segment.'),
    ],
    { families: [6] },
  ),
];
