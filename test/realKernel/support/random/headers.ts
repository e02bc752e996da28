/** Bits of the headers: ECN, extension headers, two negated ports. */
import type { Flow, TcpFlag } from '../../../../src/kernel/flow.ts';
import type { Random } from '../random.ts';
import type { Feature } from './feature.ts';

function withEcn(flow: Flow, random: Random): Flow {
  if (!random.chance(0.3)) return flow;
  const { tcpFlags = ['SYN'], tos = 0, ...packet } = flow.packet ?? {};
  const more: readonly TcpFlag[] = random.pick([['ECE'], ['CWR'], ['ECE', 'CWR'], []] as const);
  const flags = flow.protocol === 'tcp' ? { tcpFlags: [...tcpFlags, ...more] } : {};
  return { ...flow, packet: { ...packet, ...flags, tos: (tos & 0xfc) | random.below(4) } };
}

/** Other protocols, which rules ask the index of. */
function withProtocol(flow: Flow, random: Random): Flow {
  // The bytes behind the header are zeros, which is no authentication header that IPv6 would read on from.
  if (!random.chance(0.05) || flow.after !== undefined) return flow;
  const protocol = random.pick(flow.family === 4 ? ['50', '51', '47', '108'] : ['50', '47', '108']);
  return {
    ...flow,
    protocol,
    from: { ...flow.from, port: null },
    to: { ...flow.to, port: null },
    packet: { ttl: flow.packet?.ttl ?? 64, tos: flow.packet?.tos ?? 0 },
  };
}

export const headers: readonly Feature[] = [
  {
    name: 'ecn',
    matches: ({ random, protocol, not }) => [
      `-m ecn ${not}--ecn-ip-ect ${random.below(4)}`,
      ...(protocol === 'tcp'
        ? [`-m ecn ${not}--ecn-tcp-ece`, `-m ecn ${not}--ecn-tcp-cwr --ecn-ip-ect ${random.below(4)}`]
        : []),
    ],
    targets: ({ random, table, protocol, family }) => {
      if (table !== 'mangle') return [];
      const tos = `-j TOS --or-tos ${random.below(4)}`;
      return protocol === 'tcp' && family === 4 ? ['-j ECN --ecn-tcp-remove', tos] : [tos];
    },
    flow: (flow, { random }) => withEcn(flow, random),
    inRule: /-m ecn /,
  },
  {
    name: 'extension headers',
    matches: ({ random, family, not }) =>
      family === 4
        ? []
        : [
            `-m frag ${not}--fragid 5`,
            '-m frag',
            `-m rt ${not}--rt-type 0`,
            `-m hbh ${not}--hbh-len 8`,
            `-m dst ${not}--dst-len 8`,
            `-m srh ${not}--srh-tag 5`,
            `-m ah ${not}--ahspi 5`,
            `-m ipv6header ${not}--header ${random.pick(['frag', 'prot', 'frag,prot', 'none', 'esp', 'hop,dst,route'])}${random.maybe(0.5, () => ' --soft')}`,
          ],
    inRule: /-m (?:frag|rt|hbh|dst|srh|ah|ipv6header)\b/,
  },
  {
    name: 'other protocols',
    flow: (flow, { random }) => withProtocol(flow, random),
    inFlow: ({ protocol }) => /^\d+$/.test(protocol),
  },
  {
    name: 'two negated ports',
    inRule: /! --sport \d+ ! --dport/,
  },
];
