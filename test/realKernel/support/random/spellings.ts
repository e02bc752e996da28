/** Forms that few rules have: fragments, masks with holes, other translations, further looks at conntrack, copies. */
import type { Feature, RulePlace } from './feature.ts';

function ofConntrack({ random, family, not }: RulePlace): readonly string[] {
  const network = random.pick(
    family === 4
      ? ['192.168.0.2', '10.244.1.0/24', '10.96.0.0/12', '10.244.1.5', '203.0.113.50']
      : ['fd00:192:168::2', 'fd00:10:244:1::/64', 'fd00:10:96::/112', '2001:db8::50'],
  );
  return [
    `-m conntrack ${not}--${random.pick(['ctorigsrc', 'ctreplsrc', 'ctrepldst', 'ctreplsrc'])} ${network}`,
    `-m conntrack ${not}--ctstate ${random.pick(['SNAT,DNAT', 'RELATED', 'NEW,UNTRACKED', 'INVALID,DNAT'])}`,
    `-m conntrack ${not}--ctstatus ${random.pick(['ASSURED', 'SEEN_REPLY,ASSURED', 'CONFIRMED,ASSURED'])}`,
    `-m conntrack --ctstate NEW,ESTABLISHED ${not}--ctproto ${random.pick(['tcp', 'udp', '33', '136'])} --ctdir ORIGINAL`,
  ];
}

function rejections({ table, family, hook }: RulePlace): readonly string[] {
  if (table !== 'filter' || hook === null) return [];
  return (
    family === 4
      ? ['icmp-net-unreachable', 'icmp-host-unreachable', 'icmp-proto-unreachable', 'icmp-net-prohibited']
      : ['icmp6-addr-unreachable', 'icmp6-policy-fail', 'icmp6-reject-route']
  ).map((type) => `-j REJECT --reject-with ${type}`);
}

function translations({ random, kind, family, protocol }: RulePlace): readonly string[] {
  const ported = ['tcp', 'udp', 'sctp', 'dccp'].includes(protocol);
  const network = family === 4 ? '203.0.113.0/28' : '2001:db8:9::/64';
  if (kind === 'src' || kind === 'in')
    return [
      `-j NETMAP --to ${network}`,
      ...(ported && kind === 'src' ? ['-j MASQUERADE --to-ports 2000-2009'] : []),
    ];
  if (kind !== 'dst') return [];
  const to = family === 4 ? '10.244.1.5' : '[fd00:10:244:1::5]';
  return [
    `-j NETMAP --to ${network}`,
    ...(ported
      ? [
          `-j REDIRECT --to-ports ${random.pick(['8000-8003', '53', '5000'])}${random.maybe(0.3, () => ' --random')}`,
          `-j DNAT --to-destination ${to}:${random.pick(['8080-8090', '53', '5000-6000/80', '1-65535'])}`,
          '-j DNAT --to-destination :8080',
        ]
      : []),
  ];
}

export const spellings: readonly Feature[] = [
  { name: 'further looks at conntrack', matches: ofConntrack, inRule: /--ct(?:orig|repl)(?:src|dst) / },
  { name: 'refusals of all kinds', targets: rejections, inRule: /-j REJECT/ },
  { name: 'translations of all kinds', targets: translations, inRule: /-j NETMAP|--to-ports \d+-|:\d+-\d+/ },
  {
    name: 'accounts',
    matches: () => ['-m nfacct --nfacct-name ct_state_invalid_dropped_pkts'],
    inRule: /-m nfacct/,
  },
  {
    name: 'TEE',
    targets: ({ table, family, random }) =>
      table === 'mangle'
        ? [
            `-j TEE --gateway ${random.pick(family === 4 ? ['192.168.0.3', '10.244.1.7'] : ['fd00:192:168::3', 'fd00:10:244:1::7'])}`,
          ]
        : [],
    inRule: /-j TEE/,
  },
];
