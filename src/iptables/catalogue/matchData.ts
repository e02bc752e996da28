import { type MatchDefinition, match, option } from './definitions.ts';

export const matches: readonly MatchDefinition[] = [
  match(
    'tcp',
    'TCP ports, flags and options.',
    [
      option('! --sport', 'portRange', 'The source port or range.', { aliases: ['--source-port'] }),
      option('! --dport', 'portRange', 'The destination port or range.', { aliases: ['--destination-port'] }),
      option('! --tcp-flags', 'tcpFlags', 'Of the flags listed first, exactly those listed second are set.', {
        values: 2,
      }),
      option('! --syn', null, 'Opens a connection: SYN set, RST, ACK and FIN not.'),
      option('! --tcp-option', 'number', 'Carries the TCP option of this number.'),
    ],
    { protocols: ['tcp'] },
  ),
  match(
    'udp',
    'UDP ports.',
    [
      option('! --sport', 'portRange', 'The source port or range.', { aliases: ['--source-port'] }),
      option('! --dport', 'portRange', 'The destination port or range.', { aliases: ['--destination-port'] }),
    ],
    { protocols: ['udp'] },
  ),
  match(
    'sctp',
    'SCTP ports and chunks.',
    [
      option('! --sport', 'portRange', 'The source port or range.', { aliases: ['--source-port'] }),
      option('! --dport', 'portRange', 'The destination port or range.', { aliases: ['--destination-port'] }),
      option('! --chunk-types', 'string', 'Chunk types.', { values: 2 }),
    ],
    { protocols: ['sctp'] },
  ),
  match('comment', 'A note for the reader.', [option('--comment', 'string', 'The note.')]),
  match('statistic', 'A share of the packets.', [
    option('--mode', 'keyword', 'How.', { keywords: ['random', 'nth'] }),
    option('! --probability', 'probability', 'The share.'),
    option('! --every', 'number', 'Every nth.'),
    option('--packet', 'number', 'From packet.'),
  ]),
  match('nfacct', 'Counts.', [option('--nfacct-name', 'string', 'The counter.', { wideGap: true })]),
];
