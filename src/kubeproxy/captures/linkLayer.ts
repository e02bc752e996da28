/** Frames of a capture, by its link type (https://www.tcpdump.org/linktypes.html). */
import type { CapturedPacket } from './captured.ts';
import { ipPacket } from './ipPacket.ts';

type Frame = Pick<CapturedPacket, 'packet' | 'interfaceIndex' | 'direction' | 'isLogged'>;

interface Payload {
  readonly start: number;
  readonly direction: CapturedPacket['direction'];
  readonly interfaceIndex: number | null;
}

const NULL_LOOP = 0;
const ETHERNET = 1;
const SLL = 113;
const SLL2 = 276;
const RAW: ReadonlySet<number> = new Set([12, 14, 101, 228, 229]);

/** Null for what is no IP packet, or of a link type that is not read. */
export function frameOf(bytes: DataView, linkType: number): Frame | null {
  const payload = payloadOf(bytes, linkType);
  if (payload === null || payload.start >= bytes.byteLength) return null;
  const { start, direction, interfaceIndex } = payload;
  const inner = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const packet = ipPacket(inner);
  return packet === null ? null : { packet, direction, interfaceIndex, isLogged: false };
}

function payloadOf(bytes: DataView, linkType: number): Payload | null {
  const plain = { direction: null, interfaceIndex: null };
  if (RAW.has(linkType)) return { start: 0, ...plain };
  if (linkType === NULL_LOOP) return { start: 4, ...plain };
  if (linkType === ETHERNET && bytes.byteLength >= 14) return behindTags(bytes, 12, plain);
  if (linkType === SLL && bytes.byteLength >= 16) {
    return behindTags(bytes, 14, { direction: directionOf(bytes.getUint16(0)), interfaceIndex: null });
  }
  if (linkType !== SLL2 || bytes.byteLength < 20 || !isIP(bytes.getUint16(0))) return null;
  return { start: 20, direction: directionOf(bytes.getUint8(10)), interfaceIndex: bytes.getUint32(4) };
}

/** `at`: where the EtherType stands; VLAN tags are passed over. */
function behindTags(bytes: DataView, at: number, rest: Omit<Payload, 'start'>): Payload | null {
  let type = bytes.getUint16(at);
  let start = at + 2;
  while ((type === 0x8100 || type === 0x88a8) && start + 4 <= bytes.byteLength) {
    type = bytes.getUint16(start + 2);
    start += 4;
  }
  return isIP(type) ? { start, ...rest } : null;
}

function isIP(etherType: number): boolean {
  return etherType === 0x0800 || etherType === 0x86dd;
}

/** PACKET_OUTGOING is 4. */
function directionOf(type: number): 'in' | 'out' {
  return type === 4 ? 'out' : 'in';
}
