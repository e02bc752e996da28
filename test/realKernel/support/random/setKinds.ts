/** Sets with timeouts, counters, comments and masks, of the kinds that the others do not name. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature, RulePlace } from './feature.ts';

const ENDS: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.244.1.5', '10.244.1.7', '192.168.0.2', '198.51.100.7', '10.96.0.10'],
  6: ['fd00:10:244:1::5', 'fd00:10:244:1::7', 'fd00:192:168::2', '2001:db8:2::10', 'fd00:10:96::10'],
};

const PORTS = ['tcp:80', 'udp:53', 'tcp:443', 'sctp:80', 'tcp:8080', 'udp:5000', '47:0'];

/** Of two entries that are one behind their mask `ipset` refuses the second: of a network there is one. */
function lines(random: Random, family: Family): readonly string[] {
  const inet = `family ${family === 4 ? 'inet' : 'inet6'}`;
  const mask = family === 4 ? 24 : 64;
  const ends = ENDS[family];
  const networks = ends.slice(1);
  const ports = [...PORTS, family === 4 ? 'icmp:echo-request' : 'icmpv6:echo-request'];
  const some = (likely: number, lists: readonly string[]): readonly string[] =>
    lists.filter(() => random.chance(likely));
  return [
    `create timed hash:ip ${inet} timeout 600 comment`,
    `create counted hash:ip ${inet} counters`,
    `create masked hash:ip ${inet} netmask ${mask}`,
    `create netports hash:net,port ${inet}`,
    `create ipportips hash:ip,port,ip ${inet} timeout 0`,
    `create subsets list:set`,
    ...some(
      0.5,
      ends.map((end) => `add timed ${end} timeout ${random.pick([0, 500])} comment "a b"`),
    ),
    ...some(
      0.5,
      ends.map((end) => `add counted ${end} packets 3 bytes 180`),
    ),
    ...some(
      0.5,
      networks.map((end) => `add masked ${end}`),
    ),
    ...networks.flatMap((end) =>
      some(
        0.5,
        ports.map((port) => `add netports ${end}/${mask},${port}`),
      ),
    ),
    ...ends.flatMap((end) =>
      some(
        0.5,
        ports.map((port) => `add ipportips ${end},${port},${random.pick(ends)}`),
      ),
    ),
    'add subsets timed',
    'add subsets masked',
  ];
}

function named({ random }: RulePlace): string {
  const end = (): string => random.pick(['src', 'dst']);
  return random.pick([
    `timed ${end()}`,
    `masked ${end()}`,
    `netports ${end()},${random.pick(['dst', 'dst', 'src'])}`,
    `ipportips ${random.pick(['src,dst,dst', 'dst,dst,src', 'src,src,dst'])}`,
    `subsets ${end()}`,
    `counted ${end()} --return-nomatch`,
    `counted ${end()} ! --update-counters`,
    `timed ${end()} --packets-gt ${random.below(3)}`,
  ]);
}

export const setKinds: readonly Feature[] = [
  {
    name: 'sets of further kinds',
    sets: lines,
    matches: (place) => Array.from({ length: 2 }, () => `-m set ${place.not}--match-set ${named(place)}`),
    targets: ({ random }) => [
      `-j SET --add-set timed ${random.pick(['src', 'dst'])} --timeout 300${random.maybe(0.5, () => ' --exist')}`,
    ],
    inRule: /--(?:match|add)-set (?:timed|counted|masked|netports|ipportips|subsets) /,
  },
];
