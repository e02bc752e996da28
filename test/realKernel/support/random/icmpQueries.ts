/** ICMP in conntrack: codes, identifiers, all types, and what stands where others have ports. */
import type { Flow } from '../../../../src/kernel/flow.ts';
import { isIcmpError } from '../../../../src/kernel/packet.ts';
import type { Feature, FlowPlace, RulePlace } from './feature.ts';

const TYPES = {
  4: [8, 8, 8, 0, 13, 14, 15, 16, 17, 18, 3, 4, 5, 9, 10, 11, 12, 18, 19, 42],
  6: [
    128, 128, 128, 129, 139, 140, 130, 133, 137, 143, 144, 145, 148, 149, 151, 152, 153, 1, 3, 100, 127, 200,
  ],
} as const;

function changed(flow: Flow, { random, family }: FlowPlace): Flow {
  if (flow.protocol !== 'icmp') return flow;
  const icmpType = random.chance(0.5) ? random.pick(TYPES[family]) : (flow.packet?.icmpType ?? 8);
  return {
    ...flow,
    packet: {
      ...flow.packet,
      icmpType,
      icmpCode: random.pick([0, 0, 0, 0, 1, 3]),
      icmpId: random.pick([7, 7, 0, 5000, 65535]),
    },
  };
}

/** What an error is about, where it is about nothing that the node knows: HMARK goes by it. */
function quoting(flow: Flow): Flow {
  const { family, from, to, packet } = flow;
  const isError = flow.protocol === 'icmp' && isIcmpError(family, packet?.icmpType ?? 0);
  if (!isError || from.address === null) return flow;
  const quote: Flow = {
    family,
    from: { kind: 'external', address: to.address, port: 4000, interface: null },
    to: { address: from.address, port: 53 },
    protocol: 'udp',
  };
  return { ...flow, packet: { ...packet, quote } };
}

function matches({ random, not }: RulePlace): readonly string[] {
  const ports = random.pick([
    '2048',
    '0',
    '0:2048',
    '1024:5000',
    '7',
    '32768:33280',
    '53:443',
    '40000',
    '5000:65535',
  ]);
  const option = random.pick(['--ctorigsrcport', '--ctorigdstport', '--ctreplsrcport', '--ctrepldstport']);
  return [`-m conntrack ${not}${option} ${ports}`];
}

export const icmpQueries: readonly Feature[] = [
  {
    name: 'ICMP error about nothing known',
    flow: (flow, place) => quoting(changed(flow, place)),
    inFlow: ({ after, packet }) => after === undefined && packet?.quote !== undefined,
  },
  {
    name: 'ICMP with another code than 0',
    inFlow: ({ packet }) => (packet?.icmpCode ?? 0) !== 0,
  },
  { name: 'conntrack’s ports', matches, inRule: /--ct(?:orig|repl)(?:src|dst)port/ },
];
