/** Packets to virtual servers, to what is beside them, and of the connections that they began. */
import type { Flow, PacketDetails } from '../../../../src/kernel/flow.ts';
import type { Trace } from '../../../../src/kernel/trace.ts';
import type { Random } from '../../../realKernel/support/random.ts';
import { connectionOf, followUp } from '../../../realKernel/support/random/sequences.ts';
import { randomSource } from '../../../realKernel/support/randomFlows.ts';
import { type IpvsNode, LOCAL_PODS, NODE_ADDRESSES, REMOTE_PODS } from './ipvsNode.ts';

/** Each packet that begins a connection has a port of its own: nobody makes IPVS forget. */
const FIRST_PORT = 20000;

/** `trace`: what the engine believes, to aim packets at connections; no judge of anything. */
export function ipvsFlows(
  random: Random,
  node: IpvsNode,
  count: number,
  trace: (flow: Flow) => Trace,
): readonly Flow[] {
  let port = FIRST_PORT;
  const next = (): number => port++;
  return Array.from({ length: count }, () => {
    const flow = firstFlow(random, node, next());
    return random.chance(0.4) ? after(random, flow, next, trace) : flow;
  });
}

function firstFlow(random: Random, { family, frontends }: IpvsNode, port: number): Flow {
  const frontend = random.pick(frontends);
  const beside = [
    ...NODE_ADDRESSES[family],
    ...LOCAL_PODS[family],
    ...REMOTE_PODS[family],
    ...frontends.map(({ address }) => address),
  ];
  const address = random.chance(0.12) ? random.pick(beside) : frontend.address;
  const kind = random.below(20);
  if (kind === 0) {
    const icmpType = random.pick(family === 4 ? [8, 8, 13, 0] : [128, 128, 129]);
    return {
      family,
      from: randomSource(random, family, null),
      to: { address, port: null },
      protocol: 'icmp',
      packet: { icmpType, icmpCode: 0, icmpId: port, ...details(random) },
    };
  }
  const protocol = kind === 1 ? random.pick(['tcp', 'udp', 'sctp']) : frontend.protocol;
  return {
    family,
    from: randomSource(random, family, port),
    to: { address, port: kind === 2 ? random.pick([22, 53, 80, 8080, 40000]) : frontend.port },
    protocol,
    packet: { ...flags(random, protocol), ...details(random) },
  };
}

function flags(random: Random, protocol: string): PacketDetails {
  if (protocol !== 'tcp' || random.chance(0.8)) return {};
  return { tcpFlags: random.pick([['ACK'], ['RST'], ['FIN', 'ACK'], ['SYN', 'ACK'], []] as const) };
}

/** 65 would be 64 behind IPVS, as the node's own packets have it. */
function details(random: Random): PacketDetails {
  return { ttl: random.pick([64, 64, 64, 64, 64, 200, 33, 2, 1]) };
}

/** The flow, with one or two before it. */
function after(random: Random, first: Flow, next: () => number, trace: (flow: Flow) => Trace): Flow {
  const again = (packet: PacketDetails): Flow => ({ ...first, packet: { ...first.packet, ...packet } });
  const another = (flow: Flow): Flow => ({ ...flow, from: { ...flow.from, port: next() } });
  const isTcp = first.protocol === 'tcp';
  switch (random.below(6)) {
    case 0:
      return first.protocol === 'icmp' ? first : { ...another(first), after: [first] };
    case 1:
      return first.protocol === 'icmp' ? first : { ...another(first), after: [first, another(first)] };
    case 2:
      return { ...again(isTcp ? { tcpFlags: ['ACK'] } : {}), after: [first] };
    case 3:
      return isTcp
        ? { ...first, after: [first, again({ tcpFlags: ['RST'] })] }
        : { ...first, after: [first] };
    default: {
      const tuples = connectionOf(trace(first));
      return tuples === null ? first : { ...followUp(first, tuples, random), after: [first] };
    }
  }
}
