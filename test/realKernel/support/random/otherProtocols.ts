/** Protocols without ports. */
import type { Flow } from '../../../../src/kernel/flow.ts';
import type { Feature } from './feature.ts';

const names: Readonly<Record<string, string>> = { '47': 'GRE', '50': 'ESP', '99': 'protocol 99' };

function portless(flow: Flow, protocol: string): Flow {
  const { tcpFlags: _, ...packet } = flow.packet ?? {};
  return { ...flow, from: { ...flow.from, port: null }, to: { ...flow.to, port: null }, protocol, packet };
}

export const otherProtocols: readonly Feature[] = [
  {
    name: 'a protocol without ports',
    flow: (flow, { random }) =>
      random.chance(0.08) && flow.protocol !== 'icmp'
        ? portless(flow, random.pick(['47', '50', '99']))
        : flow,
    inFlow: ({ protocol }) => names[protocol] !== undefined,
  },
  ...Object.entries(names).map(([number, name]) => ({
    name,
    inFlow: ({ protocol }: Flow) => protocol === number,
  })),
];
