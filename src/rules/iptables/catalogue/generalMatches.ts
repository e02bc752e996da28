import { match, type MatchDefinition, option } from './definitions.ts';
import { arriving, leaving } from './hooks.ts';

/** Everything else: marks, addresses, interfaces, chance, lists, time. */
export const generalMatches: readonly MatchDefinition[] = [
  match(
    'comment',
    'A note for the reader; always true.',
    [option('--comment', 'text', 'The note, up to 255 bytes.')],
    { needs: [['--comment']] },
  ),
  match(
    'mark',
    'The mark that the packet carries on this host.',
    [option('! --mark', 'mark', 'The value, with a mask: the packet’s mark AND the mask is the value.')],
    { needs: [['--mark']] },
  ),
  match(
    'addrtype',
    'What kind of address it is for this host.',
    [
      option('! --src-type', 'addressTypes', 'The source is one of these.'),
      option(
        '! --dst-type',
        'addressTypes',
        'The destination is one of these; `LOCAL` is any address of this host.',
      ),
      option('--limit-iface-in', null, 'Only the interface on which it came in counts.', { hooks: arriving }),
      option('--limit-iface-out', null, 'Only the interface through which it goes out counts.', {
        hooks: leaving,
      }),
    ],
    { needs: [['--src-type', '--dst-type']], excludes: [['--limit-iface-in', '--limit-iface-out']] },
  ),
  match(
    'iprange',
    'A range of addresses.',
    [
      option('! --src-range', 'addressRange', 'The source lies in it.'),
      option('! --dst-range', 'addressRange', 'The destination lies in it.'),
    ],
    { needs: [['--src-range', '--dst-range']] },
  ),
  match(
    'set',
    'A list of addresses, networks or ports kept by ipset.',
    [
      option('! --match-set', 'setMatch', 'The set, and which parts of the packet to look up in it.', {
        values: 2,
        aliases: ['--set'],
      }),
      option('--return-nomatch', null, 'An entry marked `nomatch` counts as found.'),
      option('! --update-counters', null, 'A hit counts in the set.'),
      option('! --update-subcounters', null, 'A hit counts in the sets of a list.'),
      ...['packets', 'bytes'].flatMap((unit) => [
        option(`! --${unit}-eq`, 'number64', `The entry’s ${unit} are exactly so many.`),
        option(`--${unit}-lt`, 'number64', `The entry’s ${unit} are fewer.`),
        option(`--${unit}-gt`, 'number64', `The entry’s ${unit} are more.`),
      ]),
    ],
    { needs: [['--match-set']] },
  ),
  match(
    'statistic',
    'A share of the packets, by chance or by turns.',
    [
      option('--mode', 'keyword', 'By chance or by turns.', {
        keywords: ['random', 'nth'],
        needs: { random: '--probability', nth: '--every' },
      }),
      option('! --probability', 'probability', 'The share, 0 to 1, kept in steps of 1/2³¹.'),
      option('! --every', 'positive32', 'One packet in so many.'),
      option('--packet', 'number32', 'Which of them: 0 is the first.'),
    ],
    {
      needs: [['--mode']],
      excludes: [
        ['--probability', '--every'],
        ['--probability', '--packet'],
      ],
    },
  ),
  match(
    'recent',
    'A list of addresses that were seen lately.',
    [
      option('! --set', null, 'Puts the address on the list; always true.'),
      option('! --rcheck', null, 'The address is on the list.'),
      option('! --update', null, 'The address is on the list, and is now seen again.'),
      option('! --remove', null, 'The address was on the list, and is taken off.'),
      option('--seconds', 'positive32', 'Seen within so many seconds.'),
      option('--reap', null, 'Entries older than that are thrown away.', { needs: '--seconds' }),
      option('--hitcount', 'number16', 'Seen at least so often.'),
      option('--rttl', null, 'With the same time to live.'),
      option('--name', 'procName', 'The list; `DEFAULT` where none is given.'),
      option('--mask', 'address', 'Addresses that are one under this mask count as one.'),
      option('--rsource', null, 'The list holds sources.'),
      option('--rdest', null, 'The list holds destinations.'),
    ],
    {
      needs: [['--set', '--rcheck', '--update', '--remove']],
      excludes: [
        ['--set', '--rcheck', '--update', '--remove'],
        ['--reap', '--set'],
        ['--reap', '--remove'],
        ['--seconds', '--set'],
        ['--seconds', '--remove'],
        ['--hitcount', '--set'],
        ['--hitcount', '--remove'],
        ['--rttl', '--set'],
        ['--rttl', '--remove'],
      ],
    },
  ),
  match(
    'nfacct',
    'Counts in a counter that several rules can share; always true.',
    [option('--nfacct-name', 'text', 'The counter.', { wideGap: true })],
    { needs: [['--nfacct-name']] },
  ),
  match(
    'physdev',
    'The ports of a bridge.',
    [
      option('! --physdev-in', 'interface', 'The port on which the packet came in.'),
      option('! --physdev-out', 'interface', 'The port through which it goes out.'),
      option('! --physdev-is-in', null, 'It came in through a bridge.'),
      option('! --physdev-is-out', null, 'It goes out through a bridge.'),
      option('! --physdev-is-bridged', null, 'It is bridged, not routed.'),
    ],
    {
      needs: [
        ['--physdev-in', '--physdev-out', '--physdev-is-in', '--physdev-is-out', '--physdev-is-bridged'],
      ],
    },
  ),
  match(
    'rpfilter',
    'Whether an answer would go back the way the packet came.',
    [
      option('--loose', null, 'Any interface will do.'),
      option('--validmark', null, 'The mark counts in the route.'),
      option('--accept-local', null, 'Local sources are allowed.'),
      option('--invert', null, 'True where the test fails.'),
    ],
    { tables: ['raw', 'mangle'], hooks: ['PREROUTING'] },
  ),
  match(
    'devgroup',
    'The group of an interface.',
    [
      option('! --src-group', 'group', 'Of the interface on which it came in.', { hooks: arriving }),
      option('! --dst-group', 'group', 'Of the interface through which it goes out.', { hooks: leaving }),
    ],
    { needs: [['--src-group', '--dst-group']] },
  ),
  match(
    'policy',
    'The IPsec policy.',
    [
      option('--dir', 'keyword', 'On the way in or out.', {
        keywords: ['in', 'out'],
        hooks: { in: arriving, out: leaving },
      }),
      option('--pol', 'keyword', 'With IPsec or without.', { keywords: ['none', 'ipsec'] }),
      option('--strict', null, 'The whole policy, element by element.'),
      option('! --reqid', 'number32', 'The request id.'),
      option('! --spi', 'number32', 'The security parameter index.'),
      option('! --proto', 'keyword', 'The protocol.', {
        keywords: ['ah', 'esp', 'ipcomp', '50', '51', '108'],
      }),
      option('! --mode', 'keyword', 'Transport or tunnel.', { keywords: ['transport', 'tunnel'] }),
      option('! --tunnel-src', 'network', 'The near end of the tunnel.', { needs: '--mode' }),
      option('! --tunnel-dst', 'network', 'The far end of the tunnel.', { needs: '--mode' }),
      option('--next', null, 'The next element.', { needs: '--strict' }),
    ],
    { needs: [['--dir']], repeats: true },
  ),
  match('time', 'The time of arrival.', [
    option('--datestart', 'date', 'From this date, as `YYYY-MM-DDThh:mm:ss`.'),
    option('--datestop', 'date', 'Until this date.'),
    option('--timestart', 'timeOfDay', 'From this time of day.'),
    option('--timestop', 'timeOfDay', 'Until this time of day.'),
    option('! --monthdays', 'monthDays', 'On these days of the month.'),
    option('! --weekdays', 'weekDays', 'On these days of the week.'),
    option('--kerneltz', null, "In the kernel's time zone instead of UTC."),
    option('--contiguous', null, 'A range past midnight is one.', { needs: '--timestop' }),
    option('--localtz', null, 'The old name of --kerneltz.'),
    option('--utc', null, 'In UTC (the default).'),
  ]),
  match('cpu', 'The processor that handles the packet.', [option('! --cpu', 'number32', 'Its number.')], {
    needs: [['--cpu']],
  }),
  match(
    'cluster',
    'The share of the connections that falls to this member of a cluster.',
    [
      option('--cluster-total-nodes', 'number32', 'How many members there are.', {
        range: { from: 1, to: 32 },
      }),
      option('! --cluster-local-node', 'number32', 'The number of this one.', { range: { from: 1, to: 32 } }),
      option('! --cluster-local-nodemask', 'number32', 'The numbers of this one, as bits.'),
      option('--cluster-hash-seed', 'number32', 'The seed of the hash.'),
    ],
    {
      needs: [
        ['--cluster-total-nodes'],
        ['--cluster-local-node', '--cluster-local-nodemask'],
        ['--cluster-hash-seed'],
      ],
      excludes: [['--cluster-local-node', '--cluster-local-nodemask']],
    },
  ),
];
