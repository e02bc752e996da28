/**
 * The TCP state machine of nf_conntrack_proto_tcp.c. Sequence numbers and windows are not modelled: a packet is taken to
 * lie inside its window, but for one that acknowledges something where the other side has sent nothing.
 */
import type { TcpFlag } from '../flow.ts';
import type { Connection, TcpState } from './connection.ts';
import { tcpStates } from './connection.ts';
import type { Direction } from './zone.ts';

const bits: Readonly<Record<TcpFlag, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECE: 64,
  CWR: 128,
};

/** Flag names as the byte of the header. */
export function tcpFlagBits(flags: readonly TcpFlag[]): number {
  return flags.reduce((sum, flag) => sum | bits[flag], 0);
}

const SS = 'SYN_SENT';
const SR = 'SYN_RECV';
const ES = 'ESTABLISHED';
const FW = 'FIN_WAIT';
const CW = 'CLOSE_WAIT';
const LA = 'LAST_ACK';
const TW = 'TIME_WAIT';
const CL = 'CLOSE';
const S2 = 'SYN_SENT2';
const IV = 'invalid';
const IG = 'ignore';

type Next = TcpState | 'invalid' | 'ignore';
type Segment = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';

/** Columns: NONE SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE SYN_SENT2. */
const transitions: Readonly<Record<Direction, Readonly<Record<Segment, readonly Next[]>>>> = {
  original: {
    syn: [SS, SS, IG, IG, IG, IG, IG, SS, SS, S2],
    synack: [IV, IV, SR, IV, IV, IV, IV, IV, IV, SR],
    fin: [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
    ack: [ES, IV, ES, ES, CW, CW, TW, TW, CL, IV],
    rst: [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL],
    none: [IV, IV, IV, IV, IV, IV, IV, IV, IV, IV],
  },
  reply: {
    syn: [IV, S2, IV, IV, IV, IV, IV, SS, IV, S2],
    synack: [IV, SR, IG, IG, IG, IG, IG, IG, IG, SR],
    fin: [IV, IV, FW, FW, LA, LA, LA, TW, CL, IV],
    ack: [IV, IG, SR, ES, CW, CW, TW, TW, CL, IG],
    rst: [IV, CL, CL, CL, CL, CL, CL, CL, CL, CL],
    none: [IV, IV, IV, IV, IV, IV, IV, IV, IV, IV],
  },
};

/** Flag combinations that a sane stack sends, PSH, ECE and CWR set aside: `tcp_valid_flags`. */
const validFlags = new Set([
  bits.SYN,
  bits.SYN | bits.URG,
  bits.SYN | bits.ACK,
  bits.RST,
  bits.RST | bits.ACK,
  bits.FIN | bits.ACK,
  bits.FIN | bits.ACK | bits.URG,
  bits.ACK,
  bits.ACK | bits.URG,
]);

/** Whether conntrack refuses the flags outright (such a packet is INVALID). */
export function hasBadFlags(flags: number): boolean {
  return !validFlags.has(flags & (bits.FIN | bits.SYN | bits.RST | bits.ACK | bits.URG));
}

/** What the segment means to the state machine: `get_conntrack_index`. */
function segmentOf(flags: number): Segment {
  if ((flags & bits.RST) !== 0) return 'rst';
  if ((flags & bits.SYN) !== 0) return (flags & bits.ACK) !== 0 ? 'synack' : 'syn';
  if ((flags & bits.FIN) !== 0) return 'fin';
  return (flags & bits.ACK) !== 0 ? 'ack' : 'none';
}

/** The state of a connection that begins with `flags`; null where such a packet is INVALID. `loose`: tcp_loose. */
export function firstTcpState(flags: number, loose: boolean): TcpState | null {
  const next = transitions.original[segmentOf(flags)][0];
  if (next === undefined || next === 'invalid' || next === 'ignore') return null;
  return next === 'SYN_SENT' || loose ? next : null;
}

/**
 * Whether the segment acknowledges what nobody sent: the reset of who began, before any answer (tcp_in_window). Other segments with an
 * ACK are INVALID there by their flags alone.
 */
export function acknowledgesNothing(
  { tcpState, seenReply }: Connection,
  direction: Direction,
  flags: number,
): boolean {
  const resets = (flags & bits.RST) !== 0 && (flags & bits.ACK) !== 0;
  return resets && direction === 'original' && tcpState === 'SYN_SENT' && !seenReply;
}

export type TcpVerdict = 'accept' | 'uncounted' | 'invalid' | 'new-connection' | 'remove';

/**
 * Moves a tracked connection on by one packet. `mayReopen`: whether the packet's side may open one again that is over by nobody knows
 * whose reset. `uncounted`: it belongs to the connection, which neither counts it nor lasts longer for it (a SYN that nobody has
 * answered, again, and what is ignored). `new-connection`: the old entry is over and the packet starts afresh;
 * `remove`: the entry goes when the packet has passed (a RST, of either side, where nothing was answered yet).
 */
export function advanceTcp(
  connection: Connection,
  direction: Direction,
  flags: number,
  mayReopen: () => boolean,
): TcpVerdict {
  const segment = segmentOf(flags);
  const next = transitions[direction][segment][tcpStates.indexOf(connection.tcpState)] ?? IV;
  if (next === 'invalid') return 'invalid';
  const { tcpState: was, resetBy } = connection;
  const isOver = was === 'TIME_WAIT' || was === 'CLOSE';
  const isAgain = next === 'SYN_SENT' && isOver;
  if (isAgain && (resetBy === direction || (connection.closing ?? mayReopen()))) return 'new-connection';
  connection.resetBy = segment === 'rst' ? direction : null;
  // A SYN to whom the other side has just reset the connection is let through as a segment of it.
  if (next === 'ignore' || isAgain) return 'uncounted';
  connection.tcpState = next;
  if (next === 'FIN_WAIT' && was !== next) connection.closing = true;
  if (segment === 'rst' && !connection.seenReply) return 'remove';
  if (segment === 'syn' && was === 'SYN_SENT' && !connection.seenReply) return 'uncounted';
  if (connection.seenReply && next === 'ESTABLISHED') connection.assured = true;
  return 'accept';
}

/** A state's name as `conntrack -L` prints it; anything else is taken for an established one. Old releases say LISTEN. */
export function tcpStateOf(text: string | null): TcpState {
  if (text === 'LISTEN') return S2;
  return tcpStates.find((state) => state === text) ?? 'ESTABLISHED';
}

const closing: ReadonlySet<TcpState> = new Set([FW, CW, LA, TW]);

/** Whether a FIN has begun to close a connection, as far as its state tells: null of one that a reset ended, which may have come after one. */
export function isClosing(state: TcpState): boolean | null {
  return state === CL ? null : closing.has(state);
}

/** The flag of a reset in the header's byte. */
export const SYN_BIT = bits.SYN;
export const ACK_BIT = bits.ACK;
export const FIN_BIT = bits.FIN;
export const RST_BIT = bits.RST;
export const ECE_BIT = bits.ECE;
export const CWR_BIT = bits.CWR;
