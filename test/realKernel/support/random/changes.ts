/** Marks by a hash, shifted marks, prefixes without state, realms of routes, and targets that answer themselves. */
import type { Feature } from './feature.ts';

export const changes: readonly Feature[] = [
  {
    name: 'HMARK',
    targets: ({ random, table, protocol, family }) => {
      if (table !== 'mangle') return [];
      const ports =
        protocol === 'tcp' || protocol === 'udp'
          ? random.pick(['', ',sport', ',sport,dport', ',dport,proto'])
          : '';
      const prefix =
        ports === '' ? random.maybe(0.3, () => ` --hmark-src-prefix ${family === 4 ? 24 : 64}`) : '';
      const tuple =
        prefix === ''
          ? `--hmark-tuple ${random.pick(['src,dst', 'src', 'dst'])}${ports}`
          : '--hmark-tuple dst';
      return [
        `-j HMARK ${tuple}${prefix} --hmark-mod ${random.pick([2, 3, 16])} --hmark-rnd ${random.pick(['0x5', '0xdeafbeef'])} --hmark-offset ${random.below(4)}`,
      ];
    },
    inRule: /-j HMARK/,
  },
  {
    name: 'shifted marks',
    targets: ({ random, table }) =>
      table === 'mangle'
        ? [
            `-j CONNMARK --set-xmark 0x1/0xff --left-shift-mark ${random.below(5)}`,
            `-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff0 --left-shift-mark 4`,
            `-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff0 --right-shift-mark ${random.below(5)}`,
          ]
        : [],
    inRule: /-shift-mark/,
  },
  {
    name: 'NPT',
    targets: ({ family, table, hook, random }) => {
      if (family === 4 || table !== 'mangle' || hook === null || hook === 'FORWARD') return [];
      const inside = random.pick(['fd00:10:244:1::/64', 'fd00:10:244::/48', 'fd00:192:168::/64']);
      const outside = random.pick(['2001:db8:7::/48', '2001:db8:8:1::/64', 'fd00:10:244:2::/64']);
      return hook === 'INPUT' || hook === 'POSTROUTING'
        ? [`-j SNPT --src-pfx ${inside} --dst-pfx ${outside}`]
        : [`-j DNPT --src-pfx ${outside} --dst-pfx ${inside}`];
    },
    inRule: /-j [SD]NPT/,
  },
  {
    name: 'realm',
    commands: (random) => [
      `route replace default via 192.168.0.1 realm ${1 + random.below(3)}`,
      `route add 203.0.113.0/24 via 192.168.0.1 realm ${1 + random.below(3)}/${1 + random.below(3)}`,
      'route replace 10.244.2.0/24 via 192.168.0.3 realm 5',
    ],
    matches: ({ random, family, hook, not }) =>
      family === 4 && hook !== 'PREROUTING' && hook !== null
        ? [
            `-m realm ${not}--realm ${random.pick(['1', '2', '5', '0x10002', '0/0xffff', '0x1/0xffff', '0x20000/0xffff0000'])}`,
          ]
        : [],
    inRule: /-m realm/,
  },
  {
    name: 'SYNPROXY',
    targets: ({ table, hook, protocol }) =>
      table === 'filter' && (hook === 'INPUT' || hook === 'FORWARD') && protocol === 'tcp'
        ? ['-j SYNPROXY --mss 1460']
        : [],
    inRule: /-j SYNPROXY/,
  },
];
