/** Sets that packets change: the SET target, and hardware addresses that a bitmap learns. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature, RulePlace } from './feature.ts';

const HOSTS: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.1.5', '10.244.1.7', '192.168.0.2', '198.51.100.7', '10.244.1.38'],
  6: ['fd00:10:244:1::5', 'fd00:192:168::2', '2001:db8:2::10', 'fd00:10:244:1::7'],
};

function someSets(random: Random, family: Family): readonly string[] {
  const inet = family === 4 ? 'inet' : 'inet6';
  const wide = family === 4 ? ['10.244.0.0/16', '192.168.0.0/20'] : ['fd00:10:244::/48', 'fd00:192::/32'];
  const own =
    family === 4
      ? [
          'create bits bitmap:ip range 10.244.0.0/16',
          'create learned bitmap:ip,mac range 10.244.0.0/16',
          'add learned 10.244.1.5,02:00:00:00:00:aa',
          'add learned 10.244.1.7',
          'add learned 10.244.1.38',
        ]
      : [];
  return [
    `create banned hash:ip family ${inet}`,
    `create few hash:ip family ${inet} maxelem 2`,
    `create bannednets hash:net family ${inet}`,
    `create pairs hash:ip,port family ${inet}`,
    `create ways hash:net,iface family ${inet}`,
    `create triples hash:ip,port,net family ${inet}`,
    `create marks hash:net family ${inet} skbinfo`,
    'create low bitmap:port range 1-1024',
    'create all list:set',
    ...own,
    ...HOSTS[family].filter(() => random.chance(0.3)).map((host) => `add banned ${host}`),
    ...wide
      .filter(() => random.chance(0.5))
      .map((net) => `add bannednets ${net}${random.maybe(0.3, () => ' nomatch')}`),
    ...wide.filter(() => random.chance(0.5)).map((net) => `add ways ${net},eth0`),
    ...wide.map((net) => `add marks ${net} skbmark ${random.pick(['0x1', '0x2/0x2', '0x4000/0xffff'])}`),
    'add all banned',
    'add all bannednets',
  ];
}

/** The set with directions for it. */
function named({ random, family }: RulePlace): string {
  const end = (): string => random.pick(['src', 'dst']);
  return random.pick([
    `banned ${end()}`,
    `banned ${end()}`,
    `few ${end()}`,
    `bannednets ${end()}`,
    `bannednets ${end()}`,
    `pairs ${end()},${end()}`,
    `ways ${random.pick(['src,src', 'dst,dst', 'src,dst'])}`,
    `triples ${end()},dst,${end()}`,
    `low ${end()}`,
    `all ${end()}`,
    ...(family === 4 ? [`bits ${end()}`, `learned ${end()},${end()}`, `learned src,src`] : []),
  ]);
}

export const sets: readonly Feature[] = [
  {
    name: 'SET target',
    sets: someSets,
    matches: (place) => [
      `-m set ${place.not}--match-set ${named(place)}`,
      `-m set ${place.not}--match-set ${named(place)}`,
      `-m set ${place.not}--match-set ${named(place)}`,
    ],
    targets: (place) => [
      `-j SET --add-set ${named(place)}`,
      `-j SET --add-set ${named(place)} --exist`,
      `-j SET --del-set ${named(place)}`,
      `-j SET --add-set ${named(place)} --del-set ${named(place)}`,
      ...(place.table === 'mangle'
        ? [`-j SET --map-set marks ${place.random.pick(['src', 'dst'])} --map-mark`]
        : []),
    ],
    inRule: /-j SET /,
  },
  {
    name: 'a set after SET',
    inRule: /--match-set (?:banned|few|bannednets|pairs|ways|triples|low|all|bits) /,
  },
  { name: 'bitmap:ip,mac', inRule: /--match-set learned / },
];
