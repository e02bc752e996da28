/** Capture files: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng). Never throws; what is cut ends the file. */
import type { CapturedPacket } from './captured.ts';
import { frameOf } from './linkLayer.ts';

/** More packets of a file are not read. */
const MOST_PACKETS = 100_000;

const PCAP: ReadonlyMap<number, number> = new Map([
  [0xa1b2c3d4, 1e6],
  [0xa1b23c4d, 1e9],
]);
const PCAPNG = 0x0a0d0d0a;

/** The packets of IP; null where the bytes are no capture file. */
export function capturedIn(file: Uint8Array): readonly CapturedPacket[] | null {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.byteLength < 24) return null;
  if (bytes.getUint32(0) === PCAPNG) return [...pcapng(bytes)];
  for (const little of [true, false]) {
    const unit = PCAP.get(bytes.getUint32(0, little));
    if (unit !== undefined) return [...pcap(bytes, little, unit)];
  }
  return null;
}

function* pcap(bytes: DataView, little: boolean, unit: number): Generator<CapturedPacket> {
  const linkType = bytes.getUint32(20, little) & 0xffff;
  let at = 24;
  for (let count = 0; count < MOST_PACKETS && at + 16 <= bytes.byteLength; count++) {
    const length = bytes.getUint32(at + 8, little);
    const seconds = bytes.getUint32(at, little) + bytes.getUint32(at + 4, little) / unit;
    if (at + 16 + length > bytes.byteLength) return;
    const frame = frameOf(part(bytes, at + 16, length), linkType);
    if (frame !== null) yield { ...frame, seconds };
    at += 16 + length;
  }
}

interface CaptureInterface {
  readonly linkType: number;
  readonly name: string | null;
  readonly unit: number;
}

const SECTION = PCAPNG;
const INTERFACE = 1;
const ENHANCED = 6;

function* pcapng(bytes: DataView): Generator<CapturedPacket> {
  let little = true;
  let interfaces: CaptureInterface[] = [];
  let at = 0;
  for (let count = 0; count < MOST_PACKETS && at + 12 <= bytes.byteLength; count++) {
    if (bytes.getUint32(at) === SECTION) {
      little = bytes.getUint32(at + 8, true) === 0x1a2b3c4d;
      interfaces = [];
    }
    const type = bytes.getUint32(at, little);
    const length = bytes.getUint32(at + 4, little);
    if (length < 12 || at + length > bytes.byteLength) return;
    if (type === INTERFACE && length >= 20)
      interfaces.push(interfaceOf(part(bytes, at + 8, length - 12), little));
    if (type === ENHANCED && length >= 32) {
      const packet = enhanced(part(bytes, at + 8, length - 12), little, interfaces);
      if (packet !== null) yield packet;
    }
    at += length;
  }
}

const IF_NAME = 2;
const IF_TSRESOL = 9;

function interfaceOf(block: DataView, little: boolean): CaptureInterface {
  let name: string | null = null;
  let unit = 1e6;
  for (let at = 8; at + 4 <= block.byteLength;) {
    const code = block.getUint16(at, little);
    const length = block.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > block.byteLength) break;
    if (code === IF_NAME) name = textOf(part(block, at + 4, length));
    if (code === IF_TSRESOL && length > 0) unit = unitOf(block.getUint8(at + 4));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: block.getUint16(0, little), name, unit };
}

/** A power of ten, or with the highest bit of two. */
function unitOf(resolution: number): number {
  return resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
}

const EPB_FLAGS = 2;

function enhanced(
  block: DataView,
  little: boolean,
  interfaces: readonly CaptureInterface[],
): CapturedPacket | null {
  const of = interfaces[block.getUint32(0, little)];
  const length = block.getUint32(12, little);
  if (of === undefined || 20 + length > block.byteLength) return null;
  const frame = frameOf(part(block, 20, length), of.linkType);
  if (frame === null) return null;
  const ticks = block.getUint32(4, little) * 2 ** 32 + block.getUint32(8, little);
  const direction = frame.direction ?? directionIn(block, 20 + Math.ceil(length / 4) * 4, little);
  const isNamed = of.name !== null && of.name !== 'any';
  const packet = isNamed ? onInterface(frame.packet, of.name, direction) : frame.packet;
  return { ...frame, packet, direction, seconds: ticks / of.unit };
}

function directionIn(block: DataView, start: number, little: boolean): CapturedPacket['direction'] {
  for (let at = start; at + 4 <= block.byteLength;) {
    const code = block.getUint16(at, little);
    const length = block.getUint16(at + 2, little);
    if (code === 0) return null;
    if (code === EPB_FLAGS && at + 8 <= block.byteLength) {
      const way = block.getUint32(at + 4, little) & 3;
      return way === 1 ? 'in' : way === 2 ? 'out' : null;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return null;
}

/** The packet with the interface where it was seen. */
export function onInterface(
  packet: CapturedPacket['packet'],
  name: string | null,
  direction: CapturedPacket['direction'],
): CapturedPacket['packet'] {
  return direction === 'out' ? { ...packet, output: name } : { ...packet, input: name };
}

function part(bytes: DataView, start: number, length: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + start, length);
}

function textOf(bytes: DataView): string {
  return Array.from({ length: bytes.byteLength }, (_, at) => String.fromCharCode(bytes.getUint8(at)))
    .join('')
    .replaceAll('\0', '');
}
