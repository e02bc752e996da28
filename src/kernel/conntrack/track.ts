/** Conntrack's look at a packet in PREROUTING and OUTPUT: nf_conntrack_core.c, `nf_conntrack_in`. */
import { parseAddress } from '../../values/address.ts';
import type { Flow } from '../flow.ts';
import { protocolNumber } from '../protocols.ts';
import { hasPorts, isIcmp, isIcmpError, type Packet, TCP } from '../packet.ts';
import { invert, newConnection, type Tuple } from './connection.ts';
import { inverseIcmpType, isNeverTracked, opensConnection } from './icmp.ts';
import type { ConntrackTable, Found } from './table.ts';
import { advanceTcp, firstTcpState, hasBadFlags } from './tcp.ts';

/** Attaches the packet to its connection and sets its state. `loose`: the sysctl nf_conntrack_tcp_loose. */
export function track(packet: Packet, table: ConntrackTable, loose: boolean): void {
  // "Previously seen (loopback or untracked)? Ignore."
  if (packet.connection !== null || packet.state === 'UNTRACKED') return;
  packet.state = 'INVALID';
  if (isIcmp(packet)) {
    trackIcmp(packet, table);
    return;
  }
  if (packet.protocol === TCP && hasBadFlags(packet.tcpFlags)) return;
  const tuple = tupleOfPacket(packet);
  const found = table.find(tuple);
  if (packet.protocol !== TCP) {
    if (found === null) begin(packet, tuple);
    else belong(packet, found);
    return;
  }
  trackTcp(packet, tuple, found, table, loose);
}

/** Opens a connection without asking what conntrack would say. */
export function begin(packet: Packet, tuple: Tuple): void {
  const reply = invert(tuple, replyType(packet));
  packet.connection = newConnection(tuple, reply);
  packet.connection.sourceUnknown = packet.sourceUnknown;
  packet.direction = 'original';
  packet.state = 'NEW';
}

/** The tuple that a packet carries. */
export function tupleOfPacket(packet: Packet): Tuple {
  const ported = hasPorts(packet.protocol);
  return {
    protocol: packet.protocol,
    source: packet.source,
    sourcePort: ported ? packet.sourcePort : null,
    destination: packet.destination,
    destinationPort: ported ? packet.destinationPort : null,
    icmpType: isIcmp(packet) ? packet.icmpType : null,
  };
}

function trackTcp(
  packet: Packet,
  tuple: Tuple,
  found: Found | null,
  table: ConntrackTable,
  loose: boolean,
): void {
  if (found !== null) {
    const verdict = advanceTcp(found.connection, found.direction, packet.tcpFlags);
    if (verdict === 'invalid') return;
    if (verdict !== 'new-connection') {
      belong(packet, found);
      if (verdict === 'remove') table.remove(found.connection);
      return;
    }
    table.remove(found.connection);
  }
  const state = firstTcpState(packet.tcpFlags, loose);
  if (state === null) return;
  begin(packet, tuple);
  if (packet.connection !== null) packet.connection.tcpState = state;
}

function trackIcmp(packet: Packet, table: ConntrackTable): void {
  const type = packet.icmpType ?? 0;
  if (isNeverTracked(packet.family, type)) {
    packet.state = 'UNTRACKED';
    return;
  }
  if (isIcmpError(packet.family, type)) {
    relate(packet, table);
    return;
  }
  const tuple = tupleOfPacket(packet);
  const found = table.find(tuple);
  if (found !== null) belong(packet, found);
  else if (opensConnection(packet.family, type)) begin(packet, tuple);
}

/** An ICMP error belongs to the connection of the packet that it quotes: nf_conntrack_inet_error. */
function relate(packet: Packet, table: ConntrackTable): void {
  const quoted = packet.quote === null ? null : tupleOfQuote(packet.quote, packet);
  if (quoted === null) return;
  const found = table.find(invert(quoted, quoted.icmpType === null ? null : replyTypeOf(packet, quoted)));
  if (found === null) return;
  const tuple = found.direction === 'original' ? found.connection.original : found.connection.reply;
  // The error must go to the address that the connection's packets of this direction go to.
  if (tuple.destination !== packet.destination) return;
  packet.connection = found.connection;
  packet.direction = found.direction;
  packet.state = 'RELATED';
}

function tupleOfQuote(quote: Flow, packet: Packet): Tuple | null {
  const source = quote.from.address === null ? null : parseAddress(quote.from.address);
  const destination = parseAddress(quote.to.address);
  const protocol = protocolNumber(quote.protocol, packet.family);
  if (source === null || destination === null || protocol === null) return null;
  const ported = hasPorts(protocol);
  const icmp = protocol === packet.protocol;
  return {
    protocol,
    source: source.value,
    sourcePort: ported ? quote.from.port : null,
    destination: destination.value,
    destinationPort: ported ? quote.to.port : null,
    icmpType: icmp ? (quote.packet?.icmpType ?? (packet.family === 4 ? 8 : 128)) : null,
  };
}

function replyTypeOf(packet: Packet, tuple: Tuple): number | null {
  return tuple.icmpType === null ? null : inverseIcmpType(packet.family, tuple.icmpType);
}

function belong(packet: Packet, found: Found): void {
  const { connection, direction } = found;
  packet.connection = connection;
  packet.direction = direction;
  if (direction === 'reply') {
    packet.state = 'ESTABLISHED';
    connection.seenReply = true;
    return;
  }
  if (connection.seenReply) packet.state = 'ESTABLISHED';
  else packet.state = connection.expected ? 'RELATED' : 'NEW';
}

function replyType(packet: Packet): number | null {
  return isIcmp(packet) && packet.icmpType !== null ? inverseIcmpType(packet.family, packet.icmpType) : null;
}
