/** Packets of a connection that an earlier packet began: more of the same, answers, and ICMP errors about it. */
import type { Flow, FlowSource, PacketDetails } from '../../../../src/kernel/flow.ts';
import type { ConntrackTuples, Endpoint, Trace } from '../../../../src/kernel/trace.ts';
import type { Random } from '../random.ts';
import type { Feature, FlowPlace } from './feature.ts';
import { isAmongPods } from './frames.ts';

const NODE = [
  '192.168.0.2',
  '10.244.1.1',
  '127.0.0.1',
  '172.16.5.2',
  'fd00:192:168::2',
  'fd00:10:244:1::1',
  'fd00:172:5::2',
  '::1',
];

/** Who sends with this address, from its own side of the node. */
export function senderOf(address: string, port: Endpoint['port']): FlowSource {
  const own = typeof port === 'number' ? port : null;
  if (NODE.includes(address)) return { kind: 'node', address, port: own, interface: null, uid: 0, gid: 0 };
  if (address.startsWith('10.244.1.') || address.startsWith('fd00:10:244:1:'))
    return { kind: 'pod', address, port: own, interface: 'cni0' };
  const second = /^(?:172\.16\.|fd00:172:)/.test(address);
  return { kind: 'external', address, port: own, interface: second ? 'eth1' : 'eth0' };
}

/** The connection that the engine thinks a packet begins; null where it begins none, or a port of it is drawn by the kernel. */
export function connectionOf(trace: Trace): ConntrackTuples | null {
  const [outcome] = trace.outcomes;
  const ends = outcome?.verdict === 'forward' || outcome?.verdict === 'local';
  const tuples = ends ? outcome.conntrack : null;
  if (tuples === null || trace.outcomes.length > 1) return null;
  return [tuples.replyDestination, tuples.replySource].some(({ port }) => port === '*') ? null : tuples;
}

type Packet = Pick<Flow, 'family' | 'from' | 'to' | 'protocol' | 'packet'>;

/** The packet that answers. */
function answerOf(first: Flow, tuples: ConntrackTuples): Packet {
  const from = senderOf(tuples.replySource.address, tuples.replySource.port);
  const to = endOf(tuples.replyDestination);
  const { l2, ...details } = answerDetails(first);
  const stays = l2 !== undefined && isAmongPods({ from, to });
  return {
    family: first.family,
    from,
    to,
    protocol: first.protocol,
    packet: stays ? { ...details, l2 } : details,
  };
}

function answerDetails({ protocol, packet }: Flow): PacketDetails {
  if (protocol === 'tcp') return { tcpFlags: ['SYN', 'ACK'] };
  if (protocol !== 'icmp') return {};
  const type = packet?.icmpType ?? 0;
  const answers: Readonly<Record<number, number>> = { 8: 0, 13: 14, 15: 16, 17: 18, 128: 129, 139: 140 };
  return { ...packet, icmpType: answers[type] ?? type };
}

function endOf({ address, port }: Endpoint): Flow['to'] {
  return { address, port: typeof port === 'number' ? port : null };
}

/** The error that somebody on the way, or the receiver, sends about a packet with these ends. */
function errorAbout(random: Random, first: Flow, quote: Packet, reporter: string): Packet {
  const types =
    first.family === 4
      ? ([
          [3, 0],
          [3, 1],
          [3, 3],
          [3, 4],
          [11, 0],
          [12, 0],
          [5, 1],
          [5, 0],
          [4, 0],
        ] as const)
      : ([
          [1, 0],
          [1, 4],
          [2, 0],
          [3, 0],
          [4, 1],
        ] as const);
  const [icmpType, icmpCode] = random.pick<readonly [number, number]>(types);
  return {
    family: first.family,
    from: senderOf(reporter, null),
    to: { address: quote.from.address ?? '', port: null },
    protocol: 'icmp',
    packet: { icmpType, icmpCode, quote },
  };
}

/** What the connection's packets look like on the side that they go to. */
function quoteOf(first: Flow, from: Endpoint, to: Endpoint, packet: PacketDetails): Packet {
  return {
    family: first.family,
    from: senderOf(from.address, from.port),
    to: endOf(to),
    protocol: first.protocol,
    packet,
  };
}

/** `opened`: the first packet was answered already. */
export function followUp(
  first: Flow,
  tuples: ConntrackTuples,
  random: Random,
  { opened = false } = {},
): Packet {
  const answer = answerOf(first, tuples);
  // An answer of SCTP has chunks of its own.
  switch (first.protocol === 'sctp' ? random.pick([0, 3, 4]) : random.below(6)) {
    case 0:
      return { ...first, packet: { ...first.packet, ...(opened ? goesOn(first, random) : {}), ttl: 60 } };
    case 1:
    case 2:
      return answer;
    case 3: {
      const quote = quoteOf(first, tuples.originalSource, tuples.originalDestination, first.packet ?? {});
      return errorAbout(
        random,
        first,
        quote,
        random.pick([tuples.originalDestination.address, ROUTER[first.family]]),
      );
    }
    case 4: {
      const quote = quoteOf(first, tuples.replyDestination, tuples.replySource, first.packet ?? {});
      return errorAbout(
        random,
        first,
        quote,
        random.pick([tuples.replySource.address, ROUTER[first.family]]),
      );
    }
    default: {
      const quote = quoteOf(first, tuples.originalDestination, tuples.originalSource, answer.packet ?? {});
      return errorAbout(random, first, quote, tuples.originalSource.address);
    }
  }
}

/** Nobody has them: an answer goes elsewhere than it says ("`::` means loopback"). */
const NOBODY = new Set(['::', '0.0.0.0']);

const ROUTER = { 4: '192.168.0.1', 6: 'fd00:192:168::1' } as const;

function continued(flow: Flow, { random, trace, rules }: FlowPlace): Flow {
  const isOfNobody = NOBODY.has(flow.from.address ?? '') || NOBODY.has(flow.to.address);
  if (!random.chance(0.4) || isOfNobody) return flow;
  // Of DCCP no connection tells the ports of an answer.
  if (flow.protocol === 'dccp') return flow;
  // Nobody knows the identifier that the kernel then picks.
  if (flow.protocol === 'icmp' && rules.includes('--random')) return flow;
  const tuples = connectionOf(trace(flow));
  if (tuples === null) return flow;
  if (flow.protocol === 'sctp' || !random.chance(0.5))
    return { ...followUp(flow, tuples, random), after: [flow] };
  const answered = [flow, answerOf(flow, tuples)];
  const after = random.chance(0.5)
    ? answered
    : [...answered, { ...flow, packet: { ...flow.packet, ...goesOn(flow, random) } }];
  return { ...followUp(flow, tuples, random, { opened: true }), after };
}

/** Further packets of who began. */
function goesOn({ protocol }: Flow, random: Random): PacketDetails {
  if (protocol !== 'tcp') return {};
  return {
    tcpFlags: random.pick([['ACK'], ['ACK'], ['PSH', 'ACK'], ['FIN', 'ACK'], ['RST', 'ACK']] as const),
  };
}

export const sequences: readonly Feature[] = [
  { name: 'after another packet', flow: continued, inFlow: ({ after }) => after !== undefined },
  {
    name: 'after several packets',
    inFlow: ({ after }) => (after?.length ?? 0) > 1,
  },
  {
    name: 'ICMP error about a connection',
    inFlow: ({ after, packet }) => after !== undefined && packet?.quote !== undefined,
  },
  {
    name: 'ICMP redirect about a connection',
    inFlow: ({ after, packet }) => after !== undefined && packet?.icmpType === 5,
  },
];
