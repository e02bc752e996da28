/** Rates, of which a packet alone uses up none, and turns, which nobody knows. */
import type { Random } from '../random.ts';
import type { Feature } from './feature.ts';

/** Buckets that are never empty: the kernel does not fill them again between packets. */
function hashlimit(random: Random, ported: boolean): string {
  const modes = ['srcip', 'dstip', 'srcip,dstip', ...(ported ? ['srcip,dstport', 'dstport', 'srcport'] : [])];
  const bytes = random.chance(0.3);
  return [
    '-m hashlimit',
    `--hashlimit-${random.pick(['upto', 'above'])} ${bytes ? '500mb/s' : random.pick(['9000/sec', '9000/min'])}`,
    `--hashlimit-burst ${bytes ? '900mb' : '9000'}`,
    random.maybe(0.7, () => `--hashlimit-mode ${random.pick(modes)}`),
    random.maybe(0.3, () => `--hashlimit-srcmask ${random.pick([0, 24, 32])}`),
    random.maybe(0.3, () => `--hashlimit-htable-expire 60000`),
    bytes ? '' : random.maybe(0.2, () => '--hashlimit-rate-match --hashlimit-rate-interval 5'),
    `--hashlimit-name h${random.below(100_000)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Buckets that a packet or two use up, and that are not filled again while the test runs. */
function small(random: Random, ported: boolean): string {
  const mode = random.pick([
    'srcip',
    'dstip',
    'srcip,dstip',
    ...(ported ? ['srcip,dstport', 'srcport'] : []),
  ]);
  return [
    '-m hashlimit',
    `--hashlimit-${random.pick(['upto', 'above'])} ${random.pick(['1/hour', '2/day'])}`,
    `--hashlimit-burst ${1 + random.below(3)}`,
    random.maybe(0.7, () => `--hashlimit-mode ${mode}`),
    random.maybe(0.3, () => `--hashlimit-${random.pick(['srcmask', 'dstmask'])} ${random.pick([0, 16, 30])}`),
    random.maybe(0.2, () => '--hashlimit-htable-expire 60000'),
    `--hashlimit-name ${random.pick(['shared', `s${random.below(1000)}`])}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Rates of bytes: one packet is always within the first kind, and may be beyond the second. */
function slowBytes(random: Random): string {
  const name = `--hashlimit-name b${random.below(1000)}`;
  const way = random.pick(['upto', 'above']);
  return random.pick([
    `-m hashlimit --hashlimit-${way} 1kb/s --hashlimit-mode srcip ${name}`,
    `-m hashlimit --hashlimit-${way} 32b/s --hashlimit-rate-match --hashlimit-rate-interval 3600 ${name}`,
    `-m hashlimit --hashlimit-${way} 2/hour --hashlimit-burst 2 --hashlimit-rate-match --hashlimit-rate-interval 3600 ${name}`,
  ]);
}

/** Rules that count what a packet or two use up. */
export const USED_UP = /limit-burst [1-3]\b|\d(?:k?b)\/s/;

export const limits: readonly Feature[] = [
  {
    name: 'limit',
    matches: ({ random }) => [`-m limit --limit ${random.pick(['9000/sec', '5000/min'])} --limit-burst 9000`],
    inRule: /-m limit /,
  },
  {
    name: 'hashlimit',
    matches: ({ random, protocol }) => [hashlimit(random, ['tcp', 'udp', 'sctp'].includes(protocol))],
    inRule: /-m hashlimit /,
  },
  {
    name: 'limit of few packets',
    matches: ({ random }) => [
      `-m limit --limit ${random.pick(['1/hour', '3/day'])} --limit-burst ${1 + random.below(3)}`,
    ],
    inRule: /--limit-burst [1-3]\b/,
  },
  {
    name: 'hashlimit of few packets',
    matches: ({ random, protocol }) => [small(random, ['tcp', 'udp', 'sctp'].includes(protocol))],
    inRule: /--hashlimit-burst [1-3]\b/,
  },
  {
    name: 'hashlimit of few bytes',
    matches: ({ random }) => [slowBytes(random)],
    inRule: /--hashlimit-(?:upto|above) \d+k?b\/s/,
  },
  {
    name: 'every nth',
    matches: ({ random, not }) => [
      `-m statistic --mode nth ${not}--every ${random.pick([1, 2, 3])} --packet 0`,
    ],
    inRule: /--mode nth/,
  },
];
