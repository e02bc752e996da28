import { match, type MatchDefinition, option } from './definitions.ts';

const estimator = [1, 2].flatMap((index) => [
  option(`--rateest${index}`, 'word', 'The name of an estimator.'),
  option(`--rateest-bps${index}`, 'word', 'A rate in bits a second.', { optional: true }),
  option(`--rateest-pps${index}`, 'word', 'A rate in packets a second.', { optional: true }),
]);

/** What counts how much there is in a time, or so far. */
export const rateMatches: readonly MatchDefinition[] = [
  match('limit', 'At most so many packets in a time.', [
    option('--limit', 'rate', 'The rate: `3/hour`, `10/sec`.'),
    option('--limit-burst', 'limitBurst', 'How many at once before the rate counts.'),
  ]),
  match(
    'hashlimit',
    'At most so many packets in a time, for each client, port or pair.',
    [
      option('! --hashlimit-upto', 'hashRate', 'True up to this rate.', { aliases: ['--hashlimit'] }),
      option('! --hashlimit-above', 'hashRate', 'True above this rate.'),
      option('--hashlimit-burst', 'hashBurst', 'How much at once before the rate counts.'),
      option('--hashlimit-mode', 'keywords', 'What has a bucket of its own.', {
        keywords: ['dstip', 'srcip', 'dstport', 'srcport'],
        looseList: true,
      }),
      option('--hashlimit-srcmask', 'prefixMask', 'The prefix length by which sources are grouped.'),
      option('--hashlimit-dstmask', 'prefixMask', 'The prefix length by which destinations are grouped.'),
      option('--hashlimit-name', 'procName', 'Its name under /proc.'),
      option('--hashlimit-htable-size', 'number32', 'Buckets of the table.'),
      option('--hashlimit-htable-max', 'number32', 'Entries of the table.'),
      option('--hashlimit-htable-gcinterval', 'positive32', 'Milliseconds between two clean-ups.'),
      option('--hashlimit-htable-expire', 'positive32', 'Milliseconds after which an entry is forgotten.'),
      option('--hashlimit-rate-match', null, 'Only measures, does not limit.'),
      option('--hashlimit-rate-interval', 'interval', 'The seconds over which it measures.'),
    ],
    {
      needs: [['--hashlimit-upto', '--hashlimit-above'], ['--hashlimit-name']],
      excludes: [['--hashlimit-upto', '--hashlimit-above']],
    },
  ),
  match(
    'rateest',
    'Compares measured rates.',
    [
      ...estimator,
      option('--rateest-delta', null, 'Compares the differences.'),
      option('--rateest-bps', 'word', 'Bits a second.', { optional: true }),
      option('--rateest-pps', 'word', 'Packets a second.', { optional: true }),
      option('! --rateest-lt', null, 'Less.'),
      option('! --rateest-gt', null, 'Greater.'),
      option('! --rateest-eq', null, 'Equal.'),
    ],
    { needs: [['--rateest', '--rateest1']] },
  ),
];
