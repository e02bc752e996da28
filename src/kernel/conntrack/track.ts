/** Conntrack's look at a packet in PREROUTING and OUTPUT: nf_conntrack_core.c, `nf_conntrack_in`. */
import type { Flow } from '../flow.ts';
import { GRE, hasTrackedPorts, isIcmp, isIcmpError, type Packet, SCTP, TCP, UDPLITE } from '../packet.ts';
import { inverse, invert, newConnection, type Tuple } from './connection.ts';
import { isNeverTracked, opensConnection } from './icmp.ts';
import type { ConntrackTable, Found } from './table.ts';
import { acknowledgesNothing, advanceTcp, firstTcpState, hasBadFlags } from './tcp.ts';
import type { Zone } from './zone.ts';

/** Sysctls of conntrack. */
interface Settings {
  /** nf_conntrack_tcp_loose */
  readonly loose: boolean;
  /** nf_conntrack_tcp_be_liberal */
  readonly liberal: boolean;
  /** nf_conntrack_checksum */
  readonly checksums: boolean;
}

/** Of UDP-Lite that comes in the kernel checks the sum as if it were of UDP (`udplite_error`), so that it is always wrong. */
export function isTakenForDamaged({ protocol, local }: Packet): boolean {
  return protocol === UDPLITE && !local;
}

/** Attaches the packet to its connection, in `zone`, and sets its state. False where the connection does not count it. */
export function track(
  packet: Packet,
  table: ConntrackTable,
  zone: Zone,
  { loose, liberal, checksums }: Settings,
): boolean {
  // "Previously seen (loopback or untracked)? Ignore."
  if (packet.connection !== null || packet.state === 'UNTRACKED') return false;
  packet.state = 'INVALID';
  if (isIcmp(packet)) {
    trackIcmp(packet, table, zone);
    return true;
  }
  if (packet.protocol === TCP && hasBadFlags(packet.tcpFlags)) return false;
  if (isTakenForDamaged(packet) && checksums) return false;
  const tuple = tupleOfPacket(packet);
  const found = table.find(tuple, zone);
  if (packet.protocol === TCP) return trackTcp(packet, tuple, found, { table, zone, loose, liberal });
  if (found === null) {
    begin(packet, tuple, zone);
    return true;
  }
  belong(packet, found);
  return packet.protocol !== SCTP || !found.connection.sctpClosed;
}

/** Opens a connection without asking what conntrack would say. */
export function begin(packet: Packet, tuple: Tuple, zone: Zone): void {
  packet.connection = newConnection(tuple, inverse(tuple), zone);
  packet.connection.sourceUnknown = packet.sourceUnknown;
  packet.connection.sctpClosed = packet.protocol === SCTP;
  packet.direction = 'original';
  packet.state = 'NEW';
}

/** The tuple that a packet carries. */
export function tupleOfPacket(packet: Packet): Tuple {
  const ported = hasTrackedPorts(packet.protocol);
  return {
    protocol: packet.protocol,
    source: packet.source,
    sourcePort: ported ? packet.sourcePort : null,
    destination: packet.destination,
    destinationPort: ported ? packet.destinationPort : null,
    icmp: isIcmp(packet) ? icmpOf(packet) : null,
  };
}

function icmpOf({ family, icmpType, icmpCode, icmpId }: Packet): Tuple['icmp'] {
  return { family, type: icmpType ?? 0, code: icmpCode, id: icmpId };
}

/** Where and how connections are looked for. */
interface Tracking extends Pick<Settings, 'loose' | 'liberal'> {
  readonly table: ConntrackTable;
  readonly zone: Zone;
}

function trackTcp(packet: Packet, tuple: Tuple, found: Found | null, tracking: Tracking): boolean {
  const { table, zone, loose, liberal } = tracking;
  if (found !== null) {
    if (!liberal && acknowledgesNothing(found.connection, found.direction, packet.tcpFlags)) return false;
    const verdict = advanceTcp(found.connection, found.direction, packet.tcpFlags, () =>
      table.mayReopen(tuple),
    );
    if (verdict === 'invalid') return false;
    if (verdict !== 'new-connection') {
      belong(packet, found);
      if (verdict === 'remove') table.remove(found.connection);
      return verdict !== 'uncounted';
    }
    table.remove(found.connection);
  }
  const state = firstTcpState(packet.tcpFlags, loose);
  if (state === null) return false;
  begin(packet, tuple, zone);
  if (packet.connection !== null) packet.connection.tcpState = state;
  return true;
}

function trackIcmp(packet: Packet, table: ConntrackTable, zone: Zone): void {
  const type = packet.icmpType ?? 0;
  if (isNeverTracked(packet.family, type)) {
    packet.state = 'UNTRACKED';
    return;
  }
  if (isIcmpError(packet.family, type)) {
    relate(packet, table, zone);
    return;
  }
  const tuple = tupleOfPacket(packet);
  const found = table.find(tuple, zone);
  if (found !== null) belong(packet, found);
  else if (opensConnection(packet.family, type)) begin(packet, tuple, zone);
}

/** An ICMP error belongs to the connection of the packet that it quotes: nf_conntrack_inet_error. */
function relate(packet: Packet, table: ConntrackTable, zone: Zone): void {
  const quoted = tupleOfQuote(packet);
  // "Ordinarily, we'd expect the inverted tupleproto, but it's been preserved inside the ICMP."
  const inner = quoted === null ? null : invert(quoted);
  const found = inner === null ? null : table.find(inner, zone);
  if (found === null) return;
  const tuple = found.direction === 'original' ? found.connection.original : found.connection.reply;
  // The error must go to the address that the connection's packets of this direction go to.
  if (tuple.destination !== packet.destination) return;
  packet.connection = found.connection;
  packet.direction = found.direction;
  packet.state = 'RELATED';
}

function tupleOfQuote({ quote, quoted, protocol }: Packet): Tuple | null {
  if (quote === null || quoted === null) return null;
  const ports = hasTrackedPorts(quoted.protocol) ? {} : { sourcePort: null, destinationPort: null };
  return { ...quoted, ...ports, icmp: quoted.protocol === protocol ? icmpOfQuote(quote) : null };
}

function icmpOfQuote({ family, packet }: Flow): Tuple['icmp'] {
  const type = packet?.icmpType ?? (family === 4 ? 8 : 128);
  return { family, type, code: packet?.icmpCode ?? 0, id: packet?.icmpId ?? null };
}

function belong(packet: Packet, found: Found): void {
  const { connection, direction } = found;
  packet.connection = connection;
  packet.direction = direction;
  // gre_packet: a packet that finds a reply seen already. UDP waits two seconds for that (udp_packet), others for ever.
  if (packet.protocol === GRE && connection.seenReply) connection.assured = true;
  if (direction === 'reply') {
    packet.state = 'ESTABLISHED';
    connection.seenReply = true;
    return;
  }
  if (connection.seenReply) packet.state = 'ESTABLISHED';
  else packet.state = connection.expected ? 'RELATED' : 'NEW';
}
