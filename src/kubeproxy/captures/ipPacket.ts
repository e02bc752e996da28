/** An IP packet out of its bytes: RFC 791, 8200, 9293, 768, 9260, 792. */
import type { SeenPacket } from '../kernelTrace/events.ts';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp',
  132: 'sctp',
};
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];
/** Hop-by-hop, routing, destination options: each has its length in units of 8 bytes, the first not counted. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);

/** Null for what is cut too short, and for a fragment that is not the first: it has no ports. */
export function ipPacket(bytes: DataView): SeenPacket | null {
  if (bytes.byteLength < 20) return null;
  const version = bytes.getUint8(0) >> 4;
  if (version === 4) return ipv4Packet(bytes);
  return version === 6 && bytes.byteLength >= 40 ? ipv6Packet(bytes) : null;
}

function ipv4Packet(bytes: DataView): SeenPacket | null {
  const start = (bytes.getUint8(0) & 15) * 4;
  if ((bytes.getUint16(6) & 0x1fff) !== 0) return null;
  const address = (at: number): string => [0, 1, 2, 3].map((each) => bytes.getUint8(at + each)).join('.');
  return transport(bytes, start, bytes.getUint8(9), {
    family: 4,
    source: address(12),
    destination: address(16),
    ttl: bytes.getUint8(8),
  });
}

function ipv6Packet(bytes: DataView): SeenPacket | null {
  let next = bytes.getUint8(6);
  let start = 40;
  while (EXTENSIONS.has(next) && start + 8 <= bytes.byteLength) {
    next = bytes.getUint8(start);
    start += (bytes.getUint8(start + 1) + 1) * 8;
  }
  return transport(bytes, start, next, {
    family: 6,
    source: ipv6Text(bytes, 8),
    destination: ipv6Text(bytes, 24),
    ttl: bytes.getUint8(7),
  });
}

function ipv6Text(bytes: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.getUint16(at + index * 2).toString(16));
  const text = groups.join(':');
  const zeros = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].toSorted(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (zeros === undefined) return text;
  const before = text.slice(0, zeros.index);
  const after = text.slice(zeros.index + zeros[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

type Header = Pick<SeenPacket, 'family' | 'source' | 'destination' | 'ttl'>;

function transport(bytes: DataView, start: number, number: number, header: Header): SeenPacket | null {
  const protocol = PROTOCOLS[number] ?? String(number);
  const has = (length: number): boolean => start + length <= bytes.byteLength;
  const hasPorts = protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
  if (hasPorts && !has(protocol === 'tcp' ? 14 : 4)) return null;
  const bits = protocol === 'tcp' ? bytes.getUint8(start + 13) : 0;
  return {
    ...header,
    input: null,
    output: null,
    protocol,
    sourcePort: hasPorts ? bytes.getUint16(start) : null,
    destinationPort: hasPorts ? bytes.getUint16(start + 2) : null,
    flags: FLAGS.filter((_, at) => ((bits >> at) & 1) === 1),
    icmpType: protocol === 'icmp' && has(1) ? bytes.getUint8(start) : null,
    mark: 0,
  };
}
