/** What the node itself sends to whose packet it does not let through, or nobody of it takes: an ICMP error or a reset, and how that goes back. */
import { type Address, formatAddress } from '../../values/address.ts';
import { endpointOf } from '../endpoints.ts';
import type { Flow, FlowSource } from '../flow.ts';
import { addressOf, type Packet, TCP, UDP } from '../packet.ts';
import type { ReplyWay } from '../replies.ts';
import type { Run } from '../run.ts';
import type { HookName, Step } from '../trace.ts';
import { type IcmpAnswer, type KernelAnswer, sourceOfAnswer, whyUnanswerable } from './answerWay.ts';
import { errorAbout } from './kernelErrors.ts';
import { answerNamed } from './rejection.ts';
import type { PacketResult } from './travel.ts';

/**
 * How the node's refusal of `packet`, which ended as `result` says, goes back to its sender. Null where there is none, or
 * where nothing stands in its way: a reset to a packet that came over a bridge goes straight on the wire (nf_send_reset).
 */
export function refusalWayOf(run: Run, flow: Flow, packet: Packet, result: PacketResult): ReplyWay | null {
  const answer = answerTo(packet, result);
  if (answer === null || packet.sourceUnknown || packet.destinationUnknown) return null;
  if (answer === 'reset' && result.verdict === 'reject' && packet.physicalInput !== null) return null;
  const hook = lastHook(result.steps);
  const why = whyUnanswerable(run, packet, answer, hook);
  if (why !== null) return { kind: 'unsent', why };
  const from = sourceOfAnswer(run, packet, answer, hook);
  return {
    kind: 'through',
    flow: answer === 'reset' ? resetFlow(flow, packet) : errorFlow(flow, packet, answer, from),
    sure: true,
  };
}

/**
 * Whether it is a packet of the connection that it refuses (nf_ct_attach): not the reset of a closed port, which a rule's hooks see
 * as they see any other packet (tcp_v4_send_reset).
 */
export function isAttached({ verdict }: Pick<PacketResult, 'verdict'>, { protocol }: Packet): boolean {
  return verdict !== 'local' || protocol !== TCP;
}

/** Also of what nothing of this node takes: a reset, or the port unreachable of UDP. Its own packets the kernel refuses by an errno. */
function answerTo(packet: Packet, { verdict, refusal, rejectWith }: PacketResult): KernelAnswer | null {
  if (verdict === 'reject') return rejectWith === null ? null : answerNamed(rejectWith);
  if (verdict === 'local' && packet.protocol === TCP) return 'reset';
  if (verdict === 'local' && packet.protocol === UDP)
    return packet.family === 4 ? { type: 3, code: 3 } : { type: 1, code: 4 };
  return packet.local ? null : errorAbout(packet.family, refusal);
}

/** What the kernel refuses after PREROUTING it refuses on its way through. */
function lastHook(steps: readonly Step[]): HookName {
  const last = steps.findLast((step) => step.kind === 'hook' || step.kind === 'routing');
  return last?.kind === 'hook' ? last.hook : 'FORWARD';
}

function nodeItself(address: Address | null, port: number | null): FlowSource {
  return { kind: 'node', address: address && formatAddress(address), port, interface: null };
}

/** The packet as it is now, whatever translated it. */
function endsOf(packet: Packet): Pick<Flow, 'from' | 'to'> {
  const end = (which: 'source' | 'destination'): Flow['to'] => {
    const { address, port } = endpointOf(packet, which);
    return { address, port: typeof port === 'number' ? port : null };
  };
  return { from: { kind: 'external', ...end('source') }, to: end('destination') };
}

function errorFlow(flow: Flow, packet: Packet, { type, code }: IcmpAnswer, from: Address | null): Flow {
  const { icmpType, icmpCode, icmpId } = packet;
  const quote: Flow = {
    family: packet.family,
    ...endsOf(packet),
    protocol: flow.protocol,
    packet:
      icmpType === null ? {} : { icmpType, icmpCode, ...(typeof icmpId === 'number' ? { icmpId } : {}) },
  };
  return {
    family: packet.family,
    from: nodeItself(from, null),
    to: { address: formatAddress(addressOf(packet, 'source')), port: null },
    protocol: 'icmp',
    packet: { icmpType: type, icmpCode: code, quote },
  };
}

function resetFlow(flow: Flow, packet: Packet): Flow {
  const { from, to } = endsOf(packet);
  return {
    family: packet.family,
    from: nodeItself(addressOf(packet, 'destination'), to.port),
    to: { address: from.address ?? '', port: from.port },
    protocol: flow.protocol,
    packet: { tcpFlags: ['RST', 'ACK'] },
  };
}
