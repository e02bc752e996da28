/** Reads kernel traces of every form, whatever stands between the lines. Never throws. */
import type { SeenPacket, TracedPacket } from './events.ts';
import { monitorTrace } from './monitorTrace.ts';
import { nftTrace } from './nftTrace.ts';
import { targetTrace } from './targetTrace.ts';

/** Every packet of a text: the log of the TRACE target, `xtables-monitor --trace`, `nft monitor trace`. */
export function readKernelTrace(text: string): readonly TracedPacket[] {
  const plain = text.replaceAll('\r', '');
  return [...targetTrace(plain), ...withoutLoops(monitorTrace(plain)), ...withoutLoops(nftTrace(plain))];
}

/** A packet to the node itself gets a new id when it comes back by lo; its way is one. */
function withoutLoops(packets: readonly TracedPacket[]): readonly TracedPacket[] {
  const joined: TracedPacket[] = [];
  for (const packet of packets) {
    const first = packet.events[0]?.packet;
    const before =
      first?.input === 'lo' ? joined.findIndex(({ events }) => isSentAs(events[0]?.packet, first)) : -1;
    const sent = joined[before];
    if (sent === undefined) joined.push(packet);
    else joined[before] = { events: [...sent.events, ...packet.events] };
  }
  return joined;
}

function isSentAs(sent: SeenPacket | undefined, come: SeenPacket): boolean {
  return (
    sent !== undefined &&
    sent.input === null &&
    sent.protocol === come.protocol &&
    sent.sourcePort === come.sourcePort &&
    sent.flags.join() === come.flags.join()
  );
}
