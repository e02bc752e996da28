/** The bytes of a packet from its IP header on, as far as they are known. */
import { hasPorts, isIcmp, type Packet, TCP, UDP } from './packet.ts';
import type { Port } from './port.ts';

/** Bits that are known are 1 in `known`; the others are 0 in `bits`. All numbers are unsigned 32-bit. */
export interface PartlyKnown {
  readonly bits: number;
  readonly known: number;
}

export const NOTHING_KNOWN: PartlyKnown = { bits: 0, known: 0 };

/** Which bytes a packet has, and what is in them. */
export class PacketBytes {
  readonly #values: number[] = [];
  readonly #known: number[] = [];
  /** The packet's length; with `exact` false there may be more. */
  readonly length: number;
  readonly exact: boolean;

  constructor(packet: Packet) {
    this.length = packet.length;
    this.exact = !packet.lengthAssumed;
    const length = this.exact ? packet.length : null;
    if (packet.family === 4) this.#header4(packet, length);
    else this.#header6(packet, length);
    this.#transport(packet, packet.family === 4 ? 20 : 40);
  }

  /**
   * `size` bytes (1, 2 or 4) at `offset` as one number, the first byte the highest; `outside` where the packet ends before
   * them, null where it is not known whether it does.
   */
  read(offset: number, size: number): PartlyKnown | 'outside' | null {
    if (offset + size > this.length) return this.exact ? 'outside' : null;
    let [bits, known] = [0, 0xffffffff];
    for (let at = offset; at < offset + size; at++) {
      bits = ((bits << 8) | (this.#values[at] ?? 0)) >>> 0;
      known = ((known << 8) | (this.#known[at] ?? 0)) >>> 0;
    }
    return { bits, known };
  }

  /** No IP options, no fragment; identification, checksum and the bit "do not fragment" are the sender's. */
  #header4(packet: Packet, length: number | null): void {
    this.#put(0, 0x45);
    this.#put(1, packet.tos);
    if (length !== null) this.#number(2, length, 2);
    this.#put(6, 0, 0xbf);
    this.#put(7, 0);
    this.#put(8, packet.ttl);
    this.#put(9, packet.protocol);
    if (!packet.sourceUnknown) this.#address(12, packet.source, 4);
    this.#address(16, packet.destination, 4);
  }

  #header6(packet: Packet, length: number | null): void {
    this.#put(0, 0x60 | (packet.tos >> 4));
    this.#put(1, (packet.tos & 15) << 4, 0xf0);
    if (length !== null) this.#number(4, length - 40, 2);
    this.#put(6, packet.protocol);
    this.#put(7, packet.ttl);
    if (!packet.sourceUnknown) this.#address(8, packet.source, 16);
    this.#address(24, packet.destination, 16);
  }

  #transport(packet: Packet, start: number): void {
    if (hasPorts(packet.protocol)) {
      this.#port(start, packet.sourcePort);
      this.#port(start + 2, packet.destinationPort);
    }
    if (packet.protocol === TCP) this.#tcp(packet, start);
    if (packet.protocol === UDP && this.exact) this.#number(start + 4, packet.length - start, 2);
    if (isIcmp(packet) && packet.icmpType !== null) {
      this.#put(start, packet.icmpType);
      this.#put(start + 1, packet.icmpCode);
    }
  }

  /** Without options only where the packet has no room for any. */
  #tcp(packet: Packet, start: number): void {
    this.#put(start + 13, packet.tcpFlags);
    if (this.exact && packet.length === start + 20) this.#put(start + 12, 0x50, 0xf0);
  }

  #port(offset: number, port: Port): void {
    if (typeof port === 'number') this.#number(offset, port, 2);
  }

  #number(offset: number, value: number, size: number): void {
    for (let at = 0; at < size; at++) this.#put(offset + at, (value >>> (8 * (size - 1 - at))) & 0xff);
  }

  #address(offset: number, address: bigint, size: number): void {
    for (let at = 0; at < size; at++) {
      this.#put(offset + at, Number((address >> BigInt(8 * (size - 1 - at))) & 0xffn));
    }
  }

  #put(offset: number, value: number, known = 0xff): void {
    this.#values[offset] = value & known;
    this.#known[offset] = known;
  }
}
