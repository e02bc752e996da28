/** Whether what the kernel itself answers with finds its way: icmp_send, icmp6_send, nf_send_reset and nf_send_reset6. */
import type { Address } from '../../values/address.ts';
import { interfaceOf, isLoopbackInterface } from '../node/addressTypes.ts';
import type { Node } from '../node/node.ts';
import { addressType, routeOutput } from '../node/routing.ts';
import { numberSysctl } from '../node/sysctls.ts';
import { addressOf, ICMP, ICMPV6, type Packet, TCP } from '../packet.ts';
import type { Run } from '../run.ts';

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
export type KernelAnswer = 'reset' | { readonly type: number; readonly code: number };

/**
 * Why the kernel cannot send an answer to the packet's source, in plain words: its own routing refuses it. Null where it
 * can, or where that is not known.
 */
export function whyUnanswerable(run: Run, packet: Packet, answer: KernelAnswer): string | null {
  if (packet.sourceUnknown || packet.destinationUnknown) return null;
  const { family } = packet;
  const isReset = answer === 'reset';
  const own = addressOf(packet, 'destination');
  const mayBeSource = isReset || addressType(run.node, own) === 'LOCAL';
  const decision = routeOutput(run.node, family, {
    source: mayBeSource ? own : null,
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
  return decision.kind === 'error' ? decision.reason : null;
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
