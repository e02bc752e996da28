/** Protocols that have ports as TCP has: DCCP and UDP-Lite. */
import type { Feature } from './feature.ts';

const NAMES = ['dccp', 'udplite'];

export const transports: readonly Feature[] = NAMES.map((name) => ({
  name,
  flow: (flow, { random }) => {
    if (flow.from.port === null || flow.after !== undefined || !random.chance(0.04)) return flow;
    const { tcpFlags: _, ...packet } = flow.packet ?? {};
    return { ...flow, protocol: name, packet };
  },
  inFlow: ({ protocol }) => protocol === name,
  inRule: new RegExp(`-p ${name}\\b`),
}));
