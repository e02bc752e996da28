import { match, type MatchDefinition, option } from './definitions.ts';

/** What looks at the connection, the socket or the virtual service that a packet belongs to. */
export const connectionMatches: readonly MatchDefinition[] = [
  match(
    'conntrack',
    'The state of the connection and its addresses, as the kernel tracks it.',
    [
      option('! --ctstate', 'conntrackStates', 'The connection is in one of these states.'),
      option('! --ctproto', 'protocol', 'The protocol of the connection.'),
      option('! --ctorigsrc', 'network', 'Who opened the connection.'),
      option('! --ctorigdst', 'network', 'Whom it was opened to, before any DNAT.'),
      option('! --ctreplsrc', 'network', 'Who answers, after any DNAT.'),
      option('! --ctrepldst', 'network', 'Where the answers go, after any SNAT.'),
      option('! --ctorigsrcport', 'portRange', 'The source port of the opening side.'),
      option('! --ctorigdstport', 'portRange', 'The port that was asked for, before any DNAT.'),
      option('! --ctreplsrcport', 'portRange', 'The port that answers, after any DNAT.'),
      option('! --ctrepldstport', 'portRange', 'The port that answers go to, after any SNAT.'),
      option('! --ctstatus', 'conntrackStatuses', 'The connection has one of these marks of progress.'),
      option('! --ctexpire', 'range32', 'The seconds that the entry has left.'),
      option('--ctdir', 'keyword', 'Which way the packet goes.', {
        keywords: ['ORIGINAL', 'REPLY'],
        anyCase: true,
      }),
    ],
    {
      needs: [
        [
          '--ctstate',
          '--ctproto',
          '--ctorigsrc',
          '--ctorigdst',
          '--ctreplsrc',
          '--ctrepldst',
          '--ctorigsrcport',
          '--ctorigdstport',
          '--ctreplsrcport',
          '--ctrepldstport',
          '--ctstatus',
          '--ctexpire',
          '--ctdir',
        ],
      ],
    },
  ),
  match(
    'state',
    'The state of the connection (the old form of `conntrack`).',
    [option('! --state', 'trackedStates', 'The connection is in one of these states.')],
    { needs: [['--state']] },
  ),
  match('connmark', 'The mark of the connection.', [option('! --mark', 'mark', 'The value, with a mask.')], {
    needs: [['--mark']],
  }),
  match(
    'connlabel',
    'A label of the connection.',
    [option('! --label', 'label', 'The label, by name or number.'), option('--set', null, 'Sets it too.')],
    { needs: [['--label']] },
  ),
  match(
    'connbytes',
    'How much has gone through the connection.',
    [
      option('! --connbytes', 'byteRange', '`from:to`, either of which may be left out.'),
      option('--connbytes-dir', 'keyword', 'Which way.', { keywords: ['original', 'reply', 'both'] }),
      option('--connbytes-mode', 'keyword', 'What is counted.', { keywords: ['packets', 'bytes', 'avgpkt'] }),
    ],
    { needs: [['--connbytes'], ['--connbytes-dir'], ['--connbytes-mode']] },
  ),
  match(
    'connlimit',
    'How many connections a client has.',
    [
      option('! --connlimit-upto', 'number32', 'At most so many.'),
      option('! --connlimit-above', 'number32', 'More than so many.'),
      option('--connlimit-mask', 'groupMask', 'Clients of one network of this prefix length count as one.'),
      option('--connlimit-saddr', null, 'Clients are told apart by source.'),
      option('--connlimit-daddr', null, 'Connections are counted by destination.'),
    ],
    {
      needs: [['--connlimit-above', '--connlimit-upto']],
      excludes: [
        ['--connlimit-above', '--connlimit-upto'],
        ['--connlimit-saddr', '--connlimit-daddr'],
      ],
    },
  ),
  match(
    'helper',
    'Connections that a conntrack helper expected.',
    [option('! --helper', 'text', 'The helper, `ftp` say.')],
    { needs: [['--helper']] },
  ),
  match('ipvs', 'Connections of IPVS.', [
    option('! --ipvs', null, 'The packet belongs to one.'),
    option('! --vproto', 'protocol', 'The protocol of the virtual service.'),
    option('! --vaddr', 'network', 'Its address.'),
    option('! --vport', 'port', 'Its port.'),
    option('--vdir', 'keyword', 'Which way the packet goes.', {
      keywords: ['ORIGINAL', 'REPLY'],
      anyCase: true,
    }),
    option('! --vmethod', 'keyword', 'How IPVS forwards.', {
      keywords: ['GATE', 'IPIP', 'MASQ'],
      anyCase: true,
    }),
    option('! --vportctl', 'port', 'The port of the controlling connection.'),
  ]),
  match(
    'socket',
    'A socket of this host that the packet would reach.',
    [
      option('--transparent', null, 'Only transparent sockets.'),
      option('--nowildcard', null, 'Sockets that listen on every address too.'),
      option('--restore-skmark', null, "The packet takes the socket's mark."),
    ],
    { hooks: ['PREROUTING', 'INPUT'] },
  ),
  match(
    'owner',
    'The process that made the packet.',
    [
      option('! --uid-owner', 'owner', 'Its user, by number or name, or a range of numbers.'),
      option('! --gid-owner', 'owner', 'Its group, by number or name, or a range of numbers.'),
      option('! --socket-exists', null, 'There is a socket.'),
      option('--suppl-groups', null, 'Its other groups count too.', { needs: '--gid-owner' }),
    ],
    { hooks: ['OUTPUT', 'POSTROUTING'], needs: [['--uid-owner', '--gid-owner', '--socket-exists']] },
  ),
  match(
    'cgroup',
    'The control group of the process.',
    [
      option('! --path', 'word', 'Its path below the root, or one above it.'),
      option('! --cgroup', 'number32', 'Its class id.'),
    ],
    { needs: [['--path', '--cgroup']], excludes: [['--path', '--cgroup']] },
  ),
  match('quota', 'Until so many bytes have passed.', [option('! --quota', 'number64', 'The bytes.')], {
    needs: [['--quota']],
  }),
];
