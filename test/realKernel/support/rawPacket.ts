/** The bytes of a flow's packet. */
import { parseAddress } from '../../../src/values/address.ts';
import type { Flow, TcpFlag } from '../../../src/kernel/flow.ts';

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, dccp: 33, sctp: 132, udplite: 136 };
const FLAGS: readonly TcpFlag[] = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** The whole IP packet with right checksums, as netfilter's connection tracking wants them. */
export function ipPacket(flow: Flow, source: string): Buffer {
  const from = bytesOf(source);
  const to = bytesOf(flow.to.address);
  const icmp = flow.family === 4 ? 1 : 58;
  const protocol = flow.protocol === 'icmp' ? icmp : (NUMBERS[flow.protocol] ?? Number(flow.protocol));
  const headerLength = flow.family === 4 ? 20 : 40;
  const wanted = flow.packet?.length ?? 0;
  const bare = payloadOf(flow, protocol);
  const payload = Buffer.concat([bare, Buffer.alloc(Math.max(0, wanted - headerLength - bare.length))]);
  if (protocol === 17) payload.writeUInt16BE(payload.length, 4);
  writeChecksum(
    payload,
    protocol,
    flow.family === 4 && protocol === 1 ? Buffer.alloc(0) : pseudo(flow, from, to, protocol, payload.length),
  );
  return Buffer.concat([
    flow.family === 4
      ? header4(flow, from, to, protocol, payload)
      : header6(flow, from, to, protocol, payload),
    payload,
  ]);
}

/** An Ethernet frame with the packet in it. */
export function frameOf(
  packet: Buffer,
  family: 4 | 6,
  macs: { readonly from: string; readonly to: string },
): Buffer {
  const type = Buffer.from(family === 4 ? '0800' : '86dd', 'hex');
  return Buffer.concat([macBytes(macs.to), macBytes(macs.from), type, packet]);
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

function bytesOf(text: string): Buffer {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return Buffer.from(address.value.toString(16).padStart(address.family === 4 ? 8 : 32, '0'), 'hex');
}

function payloadOf(flow: Flow, protocol: number): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(flow.from.port ?? 0, 0);
  ports.writeUInt16BE(flow.to.port ?? 0, 2);
  switch (protocol) {
    case 6: {
      const flags = flow.packet?.tcpFlags ?? ['SYN'];
      const bits = FLAGS.reduce((sum, flag, index) => sum | (flags.includes(flag) ? 1 << index : 0), 0);
      const acknowledged = flags.includes('ACK') ? '00000001' : '00000000';
      return Buffer.concat([
        ports,
        Buffer.from(`00000001${acknowledged}50${bits.toString(16).padStart(2, '0')}040000000000`, 'hex'),
      ]);
    }
    case 17:
    // A coverage of 0: the checksum is of the whole packet.
    case 136:
      return Buffer.concat([ports, Buffer.alloc(4)]);
    // A REQUEST: five words, its type, which sequence numbers it has, and a service.
    case 33:
      return Buffer.concat([
        ports,
        Buffer.from('05000000', 'hex'),
        Buffer.from('010000000000000100000000', 'hex'),
      ]);
    case 132:
      return Buffer.concat([
        ports,
        Buffer.alloc(8),
        Buffer.from('0100001400000001000010000001000100000001', 'hex'),
      ]);
    case 1:
    case 58:
      return icmpPayload(flow);
    default:
      return Buffer.alloc(8);
  }
}

/** Sequence number 1; an error has zeros there (no MTU, no gateway) and the packet that it is about behind. */
function icmpPayload({ family, packet }: Flow): Buffer {
  const head = Buffer.from([packet?.icmpType ?? (family === 4 ? 8 : 128), packet?.icmpCode ?? 0, 0, 0]);
  const quote = packet?.quote;
  const id = packet?.icmpId ?? 7;
  if (quote === undefined) return Buffer.concat([head, Buffer.from([id >> 8, id & 255, 0, 1])]);
  return Buffer.concat([head, Buffer.alloc(4), ipPacket(quote, quote.from.address ?? '0.0.0.0')]);
}

function pseudo(flow: Flow, from: Buffer, to: Buffer, protocol: number, length: number): Buffer {
  const tail = Buffer.alloc(flow.family === 4 ? 4 : 8);
  tail.writeUInt16BE(length, flow.family === 4 ? 2 : 2);
  tail.writeUInt8(protocol, flow.family === 4 ? 1 : 7);
  return Buffer.concat([from, to, tail]);
}

const PLACES: Readonly<Record<number, number>> = { 1: 2, 6: 16, 17: 6, 33: 6, 58: 2, 136: 6 };

function writeChecksum(payload: Buffer, protocol: number, before: Buffer): void {
  if (protocol === 132) payload.writeUInt32LE(crc32c(payload), 8);
  const place = PLACES[protocol];
  if (place === undefined) return;
  const sum = internetChecksum(Buffer.concat([before, payload]));
  payload.writeUInt16BE(sum === 0 ? 0xffff : sum, place);
}

function header4(flow: Flow, from: Buffer, to: Buffer, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt8(flow.packet?.tos ?? 0, 1);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(0x4000, 6);
  header.writeUInt8(flow.packet?.ttl ?? 64, 8);
  header.writeUInt8(protocol, 9);
  from.copy(header, 12);
  to.copy(header, 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  return header;
}

function header6(flow: Flow, from: Buffer, to: Buffer, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE(((6 << 28) | ((flow.packet?.tos ?? 0) << 20)) >>> 0, 0);
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(flow.packet?.ttl ?? 64, 7);
  from.copy(header, 8);
  to.copy(header, 24);
  return header;
}

/** RFC 1071. */
function internetChecksum(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2)
    sum += (bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** RFC 9260 appendix A. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
