/** What a flow says of its node: sockets, queues, the time. */
import type { Flow, Listener } from '../../../../src/kernel/flow.ts';
import { now } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Feature } from './feature.ts';

/** The sockets of every node of the random judge; nobody listens to a queue. Of root, as the judge itself. */
export const LISTENERS: readonly Listener[] = (
  [
    { protocol: 'tcp', address: '0.0.0.0', port: 80, transparent: true },
    { protocol: 'tcp', address: '192.168.0.2', port: 443 },
    { protocol: 'tcp', address: '10.244.1.1', port: 8080, transparent: true },
    { protocol: 'tcp', address: '::', port: 8443, transparent: true },
    { protocol: 'tcp', address: 'fd00:192:168::2', port: 80, transparent: true },
    { protocol: 'tcp', address: '::', port: 3306 },
    { protocol: 'udp', address: '0.0.0.0', port: 53, transparent: true },
    { protocol: 'udp', address: '::', port: 5000, transparent: true },
    { protocol: 'udp', address: '192.168.0.2', port: 80 },
    { protocol: 'udp', address: 'fd00:10:244:1::1', port: 53, transparent: true },
  ] as const
).map((listener) => ({ ...listener, uid: 0, gid: 0 }));

function told(flow: Flow): Flow {
  return {
    ...flow,
    listeners: LISTENERS,
    queues: [],
    clock: now(),
  };
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function someTime(random: Random, not: string): string {
  const hour = (): string => `${String(random.below(24)).padStart(2, '0')}:${random.pick(['00', '30'])}`;
  return [
    '-m time',
    random.maybe(0.6, () => `--timestart ${hour()} --timestop ${hour()}`),
    random.maybe(0.5, () => `${not}--weekdays ${random.pick(DAYS)},${random.pick(DAYS)},Sun`),
    random.maybe(0.3, () => `${not}--monthdays ${1 + random.below(28)},29,30`),
    random.maybe(0.2, () => '--datestart 2020-01-01T00:00:00 --datestop 2030-01-01T00:00:00'),
    random.maybe(0.3, () => '--contiguous'),
    random.maybe(0.2, () => '--kerneltz'),
  ]
    .filter((part) => part !== '')
    .join(' ')
    .replace(/^-m time --contiguous$/, '-m time');
}

export const sockets: readonly Feature[] = [
  {
    name: 'TPROXY',
    commands: (random) =>
      random.chance(0.6)
        ? [
            'rule add fwmark 0x8/0x8 lookup 300',
            'route add local default dev lo table 300',
            '-6 rule add fwmark 0x8/0x8 lookup 300',
            '-6 route add local default dev lo table 300',
          ]
        : [],
    targets: ({ random, family, table, hook, protocol }) => {
      if (table !== 'mangle' || hook !== 'PREROUTING' || (protocol !== 'tcp' && protocol !== 'udp'))
        return [];
      const port = random.pick([0, 53, 80, 443, 3306, 5000, 8080, 8443]);
      const ips = family === 4 ? ['10.244.1.1', '192.168.0.2'] : ['fd00:192:168::2', 'fd00:10:244:1::1'];
      const ip = random.maybe(0.4, () => ` --on-ip ${random.pick(ips)}`);
      const target = `-j TPROXY --on-port ${port}${ip} --tproxy-mark ${random.pick(['0x8/0x8', '0x9/0xff', '0x4'])}`;
      return [target, target, target];
    },
    flow: told,
    inRule: /-j TPROXY/,
  },
  {
    name: 'socket',
    matches: ({ random, hook }) =>
      hook === 'PREROUTING' || hook === 'INPUT'
        ? [`-m socket${random.maybe(0.5, () => ' --transparent')}${random.maybe(0.5, () => ' --nowildcard')}`]
        : [],
    inRule: /-m socket/,
  },
  {
    name: 'NFQUEUE',
    targets: ({ random }) => [
      `-j NFQUEUE ${random.pick(['--queue-num 3', '--queue-balance 3:5', '--queue-balance 0:3 --queue-cpu-fanout'])}${random.maybe(0.6, () => ' --queue-bypass')}`,
    ],
    inRule: /-j NFQUEUE/,
  },
  { name: 'time', matches: ({ random, not }) => [someTime(random, not)], inRule: /-m time/ },
];
