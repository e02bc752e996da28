import type { NumberRange } from '../../values/numbers.ts';
import type { Port } from '../port.ts';

export type Direction = 'original' | 'reply';

/** What conntrack tells packets apart by. */
export interface Tuple {
  readonly protocol: number;
  readonly source: bigint;
  readonly sourcePort: Port;
  readonly destination: bigint;
  readonly destinationPort: Port;
  /** Of ICMP queries: the type in this direction; null otherwise. */
  readonly icmpType: number | null;
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
  /** Its original source is an address of the node that is not known. */
  sourceUnknown: boolean;
  /** What a port that the kernel picked (`'*'`) is one of; null where it picked none, or that is not known. */
  pickedSourcePorts: NumberRange | null;
  pickedDestinationPorts: NumberRange | null;
}

/** A connection that begins with this packet. */
export function newConnection(original: Tuple, reply: Tuple): Connection {
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
    sourceUnknown: false,
    pickedSourcePorts: null,
    pickedDestinationPorts: null,
  };
}

/** The tuple of the opposite direction. */
export function invert(tuple: Tuple, icmpType: number | null): Tuple {
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
    icmpType,
  };
}

/** The tuple as one string, for maps; ports that vary (`'*'`) make a key of their own. */
export function tupleKey(tuple: Tuple): string {
  return `${tuple.protocol} ${tuple.source} ${tuple.sourcePort} ${tuple.destination} ${tuple.destinationPort} ${tuple.icmpType}`;
}

/** The tuple that packets of `direction` carry. */
export function tupleOf(connection: Connection, direction: Direction): Tuple {
  return direction === 'original' ? connection.original : connection.reply;
}
