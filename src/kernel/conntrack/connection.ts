import type { NumberRange } from '../../values/numbers.ts';
import type { Family } from '../flow.ts';
import type { Port } from '../port.ts';
import { inverseIcmpType } from './icmp.ts';
import { type Direction, NO_ZONE, type Zone } from './zone.ts';

/** What conntrack tells packets apart by. */
export interface Tuple {
  readonly protocol: number;
  readonly source: bigint;
  readonly sourcePort: Port;
  readonly destination: bigint;
  readonly destinationPort: Port;
  /** Of the ICMP of its family; null otherwise. */
  readonly icmp: IcmpQuery | null;
}

/** What ICMP queries are told apart by beside the addresses. */
interface IcmpQuery {
  readonly family: Family;
  /** In this direction. */
  readonly type: number;
  readonly code: number;
  /** As the query says it, whatever the direction. Null where it is not known; all of one trace are then the same. */
  readonly id: Port;
}

export interface Traffic {
  packets: number;
  bytes: number;
}

/** What has gone through a connection. */
export interface TrafficCount {
  readonly original: Traffic;
  readonly reply: Traffic;
  /** The flows do not say all lengths. */
  lengthsAssumed: boolean;
}

/** States of nf_conntrack_proto_tcp.c, in the order of its table. */
export const tcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;

export type TcpState = (typeof tcpStates)[number];

/** One entry of the conntrack table, or of a packet that has not left yet (not `confirmed`). */
export interface Connection {
  readonly original: Tuple;
  reply: Tuple;
  confirmed: boolean;
  seenReply: boolean;
  assured: boolean;
  /** Its first packet belonged to an expectation of another connection. */
  readonly expected: boolean;
  sourceNat: boolean;
  destinationNat: boolean;
  sourceNatDone: boolean;
  destinationNatDone: boolean;
  mark: number;
  tcpState: TcpState;
  /** SCTP has seen no more than an INIT: more of them are not counted (nf_conntrack_proto_sctp.c). */
  sctpClosed: boolean;
  /** One side of TCP has begun to close it by a FIN: IP_CT_TCP_FLAG_CLOSE_INIT. Null where that, and who reset it, is not known. */
  closing: boolean | null;
  /** Whose RST was its last segment; null where it was another one. */
  resetBy: Direction | null;
  readonly zone: Zone;
  /** The interface that MASQUERADE took the address of; null where it did not, or that is not known. */
  masqueradedBy: string | null;
  /** Its original source is an address of the node that is not known. */
  sourceUnknown: boolean;
  /** What a port that the kernel picked (`'*'`) is one of; null where it picked none, or that is not known. */
  pickedSourcePorts: NumberRange | null;
  pickedDestinationPorts: NumberRange | null;
  /** Null of a connection that did not begin in this run: what went through it before is not known. */
  traffic: TrafficCount | null;
}

/** A connection that begins with this packet. */
export function newConnection(original: Tuple, reply: Tuple, zone: Zone = NO_ZONE): Connection {
  return {
    original,
    reply,
    confirmed: false,
    seenReply: false,
    assured: false,
    expected: false,
    sourceNat: false,
    destinationNat: false,
    sourceNatDone: false,
    destinationNatDone: false,
    mark: 0,
    tcpState: 'NONE',
    sctpClosed: false,
    closing: false,
    resetBy: null,
    zone,
    masqueradedBy: null,
    sourceUnknown: false,
    pickedSourcePorts: null,
    pickedDestinationPorts: null,
    traffic: null,
  };
}

/** The tuple of the opposite direction; null for an ICMP type that nothing answers (nf_ct_invert_tuple). */
export function invert(tuple: Tuple): Tuple | null {
  const icmp = tuple.icmp === null ? null : inverseQuery(tuple.icmp);
  return tuple.icmp !== null && icmp === null ? null : swapped(tuple, icmp);
}

/** The tuple of the opposite direction, of one that a connection has. */
export function inverse(tuple: Tuple): Tuple {
  return invert(tuple) ?? swapped(tuple, tuple.icmp);
}

function inverseQuery(query: IcmpQuery): IcmpQuery | null {
  const type = inverseIcmpType(query.family, query.type);
  return type === null ? null : { ...query, type };
}

function swapped(tuple: Tuple, icmp: IcmpQuery | null): Tuple {
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
    icmp,
  };
}

/** The tuple as one string, for maps, without the ICMP identifier; ports that vary (`'*'`) make a key of their own. */
export function tupleKey({
  protocol,
  source,
  sourcePort,
  destination,
  destinationPort,
  icmp,
}: Tuple): string {
  const query = icmp === null ? '' : `${icmp.type}/${icmp.code}`;
  return `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort} ${query}`;
}

/** The tuple that packets of `direction` carry. */
export function tupleOf(connection: Connection, direction: Direction): Tuple {
  return direction === 'original' ? connection.original : connection.reply;
}
