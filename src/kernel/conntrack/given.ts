import type { GivenState } from '../flow.ts';
import { type Packet, TCP } from '../packet.ts';
import type { Run } from '../run.ts';
import { firstTcpState } from './tcp.ts';
import { begin, tupleOfPacket } from './track.ts';
import type { Zone } from './zone.ts';

/** Puts the packet in the state that the caller says it is in. */
export function trackAsGiven(run: Run, packet: Packet, given: GivenState, zone: Zone): void {
  if (packet.connection !== null || packet.state === 'UNTRACKED') return;
  if (given === 'invalid' || given === 'untracked') {
    packet.state = given === 'invalid' ? 'INVALID' : 'UNTRACKED';
    return;
  }
  const tuple = tupleOfPacket(packet);
  const found = given === 'established' ? run.conntrack.find(tuple, zone) : null;
  if (found !== null) {
    packet.connection = found.connection;
    packet.direction = found.direction;
    packet.state = 'ESTABLISHED';
    return;
  }
  begin(packet, tuple, zone);
  setTcpState(packet);
  if (given === 'related') packet.state = 'RELATED';
  if (given === 'established' && packet.connection !== null) establish(run, packet);
}

/** The packet is taken to open its connection, also with flags that do not. */
function setTcpState({ connection, protocol, tcpFlags }: Packet): void {
  if (connection !== null && protocol === TCP)
    connection.tcpState = firstTcpState(tcpFlags, true) ?? 'SYN_SENT';
}

/** Nothing tells how an established connection was translated when it began. */
function establish(run: Run, packet: Packet): void {
  packet.state = 'ESTABLISHED';
  if (packet.connection === null) return;
  packet.connection.seenReply = true;
  packet.connection.assured = true;
  packet.connection.sourceNatDone = true;
  packet.connection.destinationNatDone = true;
  packet.connection.tcpState = 'ESTABLISHED';
  packet.connection.sctpClosed = false;
  run.assume(
    'established-untranslated',
    'established-untranslated',
    'The connection is established; its first packet is taken to have passed without any address translation.',
  );
}
