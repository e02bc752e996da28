/** Which changes in OUTPUT make the kernel route a packet again: net/ipv4/netfilter.c, ip_route_me_harder. */
import type { End, Ending } from '../end.ts';
import { enter, type HookCall } from '../hookCall.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { decideAgain } from './routing.ts';

/** Routes the packet again; null when it may go on. */
export function routeAgain(packet: Packet, run: Run): End | null {
  const way = decideAgain(run, packet);
  if (way.kind === 'end') return way;
  packet.way = way;
  return null;
}

/** The call, and routing again where it changed what routes look at (ipt_mangle_out, nf_route_table_hook4). */
export function routesAgain(call: HookCall): (packet: Packet, run: Run) => Ending | null {
  return (packet, run) => {
    const { source, destination, mark, tos } = packet;
    const end = enter(call, packet, run);
    if (end !== null) return end;
    const isSame =
      source === packet.source &&
      destination === packet.destination &&
      mark === packet.mark &&
      tos === packet.tos;
    return isSame ? null : routeAgain(packet, run);
  };
}
