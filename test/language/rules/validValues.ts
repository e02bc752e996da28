/** A value that each option takes. */
import type { OptionDefinition, ValueKind } from '../../../src/rules/iptables/catalogue/definitions.ts';

const byKind: Readonly<Partial<Record<ValueKind, string>>> = {
  text: 'x',
  word: 'x',
  chain: 'X',
  counter: '1',
  procName: 'x',
  protocol: 'tcp',
  interface: 'eth0',
  mark: '0x1/0xff',
  markSet: '0x1/0xff',
  segmentSize: '1400',
  probability: '0.5',
  conntrackStates: 'NEW,ESTABLISHED',
  trackedStates: 'NEW,ESTABLISHED',
  conntrackStatuses: 'ASSURED',
  icmpType: 'echo-request',
  icmpv6Type: 'echo-request',
  rate: '5/sec',
  dscp: '0x10',
  dscpClass: 'EF',
  tos: '0x10',
  tosSet: '0x10',
  natPorts: '8080-8090',
  owner: '0',
  addressTypes: 'LOCAL',
  packetType: 'unicast',
  mac: '02:00:00:00:00:01',
  rejectWith: 'icmp-port-unreachable',
  timeOfDay: '12:30',
  date: '2026-01-01T00:00:00',
  monthDays: '1,2',
  weekDays: 'Mon,Tue',
  u32: '0x6=0x11',
  bytecode: '"1,6 0 0 1"',
  tcpOptions: 'timestamp',
  ipv6Headers: 'frag',
  ipv6Options: '1:2',
  mobilityTypes: 'brr',
  class: '1:10',
  zone: '5',
  group: '1',
  byteRange: '1000:2000',
  estimatorTime: '250ms',
  hexString: '"|0a0b|"',
};

/** Where the kind alone does not tell. */
const byName: Readonly<Record<string, readonly string[]>> = {
  'connlabel --label': ['5'],
  'connlimit --connlimit-mask': ['24'],
  'cgroup --path': ['system.slice'],
  'osf --genre': ['Linux'],
  'hashlimit --hashlimit-upto': ['5/sec'],
  'hashlimit --hashlimit-above': ['5/sec'],
  'hashlimit --hashlimit-burst': ['5'],
  'rt --rt-type': ['0'],
  'rt --rt-0-addrs': ['fd00::1'],
  'rt --rt-len': ['8'],
  'hbh --hbh-len': ['8'],
  'dst --dst-len': ['8'],
  'HMARK --hmark-src-prefix': ['24'],
  'HMARK --hmark-dst-prefix': ['24'],
  'LED --led-delay': ['100'],
  'cluster --cluster-total-nodes': ['2'],
  'tcp --tcp-flags': ['SYN,ACK', 'SYN'],
  'sctp --chunk-types': ['any', 'DATA'],
  'recent --mask': ['255.255.255.0'],
  'string --to': ['100'],
  'NFQUEUE --queue-balance': ['0:3'],
  'RATEEST --rateest-ewmalog': ['1s'],
  'policy --mode': ['tunnel'],
  'time --timestart': ['22:00'],
  'time --timestop': ['06:00'],
  'set --match-set': ['x', 'src'],
  'SET --add-set': ['x', 'src'],
  'SET --del-set': ['x', 'src'],
  'SET --map-set': ['x', 'src'],
  'IDLETIMER --timeout': ['60'],
  'AUDIT --type': ['accept'],
};

const addresses: Readonly<Record<4 | 6, Readonly<Partial<Record<ValueKind, string>>>>> = {
  4: {
    addressList: '10.0.0.0/8',
    network: '10.0.0.0/8',
    address: '10.0.0.1',
    addressRange: '10.0.0.1-10.0.0.9',
    natDestination: '10.0.0.1',
    natSource: '10.0.0.1',
    netmap: '10.0.0.0/24',
  },
  6: {
    addressList: 'fd00::/8',
    network: 'fd00::/64',
    address: 'fd00::1',
    addressRange: 'fd00::1-fd00::9',
    natDestination: 'fd00::1',
    natSource: 'fd00::1',
    netmap: 'fd00::/64',
  },
};

/** The words behind `option` of the extension that is called `name`. */
export function validValues(name: string, option: OptionDefinition, family: 4 | 6): readonly string[] {
  const known = byName[`${name} ${option.name}`];
  if (known !== undefined) return known;
  const { kind } = option;
  if (kind === 'keyword' || kind === 'keywords') return [option.keywords[0] ?? ''];
  const value = kind === null ? '1' : (addresses[family][kind] ?? byKind[kind] ?? '1');
  return [value];
}
