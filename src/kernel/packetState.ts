/** What rules change of a packet, so that a question about it is another one afterwards. */
import type { Question } from './answers.ts';
import { formatEndpoint } from './endpoint.ts';
import { endpointOf } from './endpoints.ts';
import type { HeaderState, Packet } from './packet.ts';

/** The header as it is now. */
export function headerState(packet: HeaderState): HeaderState {
  const { source, destination, sourcePort, destinationPort, tos, rewrites } = packet;
  return { source, destination, sourcePort, destinationPort, tos, rewrites };
}

/** The question about the packet as it is now: of another key than before where rules changed the packet since. */
export function asItIsNow(asked: Question, packet: Packet, scope: string): Question {
  const changes = changesOf(packet);
  if (changes === '') return scope === '' ? asked : { ...asked, key: `${scope}${asked.key}` };
  return {
    ...asked,
    key: `${scope}${asked.key} ${changes}`,
    message: `${asked.message} By then rules changed the packet (${changes}).`,
    claim: `${asked.claim} (${changes})`,
  };
}

/** `10.244.1.5:40000 > 10.244.1.9:80, TOS 0x1`; empty for a packet that is as it came. */
function changesOf(packet: Packet): string {
  const { arrived } = packet;
  const words: string[] = [];
  if (hasOtherEnds(packet, arrived)) {
    const from = packet.sourceUnknown ? '?' : formatEndpoint(endpointOf(packet, 'source'));
    words.push(`${from} > ${formatEndpoint(endpointOf(packet, 'destination'))}`);
  }
  if (packet.tos !== arrived.tos) words.push(`TOS 0x${packet.tos.toString(16)}`);
  if (packet.rewrites !== arrived.rewrites) words.push(`header changed ${packet.rewrites} times`);
  return words.join(', ');
}

function hasOtherEnds(one: HeaderState, other: HeaderState): boolean {
  return (
    one.source !== other.source ||
    one.destination !== other.destination ||
    one.sourcePort !== other.sourcePort ||
    one.destinationPort !== other.destinationPort
  );
}
