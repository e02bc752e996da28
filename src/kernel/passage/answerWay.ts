/** Whether what the kernel itself answers with finds its way: icmp_send, icmp6_send, nf_send_reset and nf_send_reset6. */
import { type Address, formatAddress } from '../../values/address.ts';
import { interfaceOf, isLoopbackInterface } from '../node/addressTypes.ts';
import type { Node, Route } from '../node/node.ts';
import { addressType, routeOutput } from '../node/routing.ts';
import { numberSysctl } from '../node/sysctls.ts';
import { addressOf, ICMP, ICMPV6, type Packet, TCP } from '../packet.ts';
import type { Run } from '../run.ts';
import type { HookName } from '../trace.ts';

/**
 * Whether the reset of a port of this node at which nothing listens gets to `source`, which asked for it at `destination`. What is
 * for ::1 is bound to the interface that has the address which was asked, and only `lo` leads there (tcp_v6_send_response). Null
 * where it is not known whose address that is.
 */
export function getsReset(node: Node, source: Address, destination: Address): boolean | null {
  if (source.family === 4 || source.value !== 1n) return true;
  const name = destination.value === 1n ? 'lo' : interfaceOf(node, destination);
  return name === null ? null : isLoopbackInterface(node, name);
}

/** A reset, or an ICMP error of this type and code. */
export type KernelAnswer = 'reset' | IcmpAnswer;

export interface IcmpAnswer {
  readonly type: number;
  readonly code: number;
}

/**
 * Why the kernel cannot send an answer to the packet's source, in plain words: its own routing refuses it. Null where it
 * can, or where that is not known. `hook`: where it is made.
 */
export function whyUnanswerable(
  run: Run,
  packet: Packet,
  answer: KernelAnswer,
  hook: HookName,
): string | null {
  if (packet.sourceUnknown || packet.destinationUnknown) return null;
  const { family } = packet;
  const isReset = answer === 'reset';
  if (family === 6 && !isReset && packet.source === 0n)
    return 'an error about a packet from :: would go to nobody';
  const decision = routeOutput(run.node, family, {
    source: sourceOfAnswer(run, packet, answer, hook),
    destination: addressOf(packet, 'source'),
    mark: isReflected(run, packet) ? packet.mark : 0,
    tos: isReset || family === 6 ? 0 : tosOfError(packet.tos),
    traffic: {
      protocol: isReset ? TCP : family === 4 ? ICMP : ICMPV6,
      ...portsOf(packet, answer),
      uid: 0,
      ask: () => null,
    },
    outputInterface: null,
    anySource: isReset,
  });
  if (decision.kind === 'error') return decision.reason;
  const isLost =
    family === 6 && !isReset && decision.kind === 'send' && isAnycast(decision.route, packet.source);
  return isLost
    ? `an error would go to ${formatAddress(addressOf(packet, 'source'))}, which stands for any router of its network`
    : null;
}

/** ipv6_anycast_destination: an anycast address of the node, or the first address of a network that is on a link. */
function isAnycast(route: Route | null, address: bigint): boolean {
  if (route === null || route.family === 4) return false;
  const isFirst = route.gateway === null && route.prefixLength < 127 && route.destination.value === address;
  return route.type === 'ANYCAST' || isFirst;
}

/** The address that an answer must come from; null where routing chooses one. */
export function sourceOfAnswer(
  run: Run,
  packet: Packet,
  answer: KernelAnswer,
  hook: HookName,
): Address | null {
  const own = addressOf(packet, 'destination');
  const isFromItself =
    answer === 'reset' || addressType(run.node, own) === 'LOCAL' || isBoundToIt(run, packet, hook);
  return isFromItself ? own : null;
}

/**
 * Of a packet whose route ends on this node an ICMP error must come from its destination, whosever that is (icmp_send:
 * RTCF_LOCAL): also of one that policy routing keeps here, as for TPROXY. Before it is routed the kernel looks up the way to
 * its source instead.
 */
function isBoundToIt(run: Run, packet: Packet, hook: HookName): boolean {
  if (packet.family === 6) return false;
  if (hook === 'PREROUTING') return addressType(run.node, addressOf(packet, 'source')) === 'LOCAL';
  return hook === 'INPUT' || (hook === 'OUTPUT' && packet.output === 'lo');
}

/** An error's type and code lie where the kernel has the destination port of others (flowi_uli). */
function portsOf(
  { sourcePort, destinationPort }: Packet,
  answer: KernelAnswer,
): { readonly sourcePort: number | null; readonly destinationPort: number | null } {
  if (answer !== 'reset') return { sourcePort: 0, destinationPort: answer.type * 256 + answer.code };
  return {
    sourcePort: typeof destinationPort === 'number' ? destinationPort : null,
    destinationPort: typeof sourcePort === 'number' ? sourcePort : null,
  };
}

/** IPv4 takes over the packet's TOS, with the precedence of internetwork control. */
function tosOfError(tos: number): number {
  return (tos & 0x1e) | 0xc0;
}

function isReflected(run: Run, { family }: Packet): boolean {
  return numberSysctl(run.node, `net.ipv${family}.fwmark_reflect`) === 1;
}
