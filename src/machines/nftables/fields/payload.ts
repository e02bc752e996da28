/** Fields of headers: net/netfilter/nft_payload.c, and what nft asks beside them without showing it. */
import { lookup } from '../../../text/lookup.ts';
import { frameOf } from '../../../kernel/frame.ts';
import { presume, question } from '../../../kernel/answers.ts';
import { nameFact } from '../../../kernel/facts.ts';
import { hasPorts, type Packet } from '../../../kernel/packet.ts';
import { PacketBytes } from '../../../kernel/packetBytes.ts';
import { testPicked } from '../../../kernel/nat/pickedPorts.ts';
import { redirectedQuestion, sourceQuestionOf } from '../../../kernel/passage/addressAsked.ts';
import { payloads } from '../../../rules/nftables/catalogue/payloads.ts';
import type { Payload, RawPayload } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { Open } from '../values/datum.ts';
import { lengthOf, linkTypeOf } from './meta.ts';
import { absent, openField, openReader, type Reader } from './reader.ts';

/** By the header's name: which protocol it is of. */
const protocolsOf: Readonly<Record<string, bigint>> = lookup({
  icmp: 1n,
  igmp: 2n,
  tcp: 6n,
  udp: 17n,
  dccp: 33n,
  gre: 47n,
  esp: 50n,
  ah: 51n,
  icmpv6: 58n,
  comp: 108n,
  sctp: 132n,
  udplite: 136n,
});

export function payloadReader(expression: Payload, context: RuleContext): Reader {
  const { protocol, field, tunnel } = expression;
  if (tunnel !== null) return openReader(expression, context);
  if (protocol === 'ip' || protocol === 'ip6') {
    return context.family === (protocol === 'ip' ? 4 : 6) ? ipReader(expression, context) : absent;
  }
  if (protocol === 'ether') return etherReader(expression, context);
  if (protocol === 'vlan' || protocol === 'arp') return absent;
  const wanted = Object.hasOwn(protocolsOf, protocol) ? protocolsOf[protocol] : undefined;
  const read = transportReader(expression, context);
  if (protocol === 'th') return read;
  if (wanted === undefined) return openReader(expression, context);
  const number = Number(wanted);
  const type = typesBehind(protocol, field);
  return (visit) => {
    const { packet } = visit;
    if (packet.protocol !== number) return null;
    if (type !== null && !type.has(packet.icmpType ?? -1)) return null;
    return read(visit);
  };
}

const QUERIES = new Set([8, 0]);
const QUERIES_IPV6 = new Set([128, 129]);

/** Types of ICMP that nft asks for beside some fields (src/proto.c, `icmp_dep`). */
function typesBehind(protocol: string, field: string): ReadonlySet<number> | null {
  const asks = field === 'id' || field === 'sequence';
  if (protocol === 'icmp') {
    if (asks) return QUERIES;
    if (field === 'gateway') return new Set([5]);
    return field === 'mtu' ? new Set([3]) : null;
  }
  if (protocol !== 'icmpv6') return null;
  if (asks) return QUERIES_IPV6;
  if (field === 'mtu' || field === 'packet-too-big') return new Set([2]);
  return field === 'parameter-problem' ? new Set([4]) : null;
}

function ipReader(expression: Payload, context: RuleContext): Reader {
  switch (expression.field) {
    case 'saddr':
      return ({ packet }) => (packet.sourceUnknown ? openSource(packet, context) : packet.source);
    case 'daddr':
      return ({ packet }) => (packet.destinationUnknown ? openDestination(packet) : packet.destination);
    case 'protocol':
    case 'nexthdr':
      return ({ packet }) => BigInt(packet.protocol);
    case 'ttl':
    case 'hoplimit':
      return ({ packet }) => BigInt(packet.ttl);
    case 'dscp':
      return ({ packet }) => BigInt(packet.tos >> 2);
    case 'ecn':
      return ({ packet }) => BigInt(packet.tos & 3);
    case 'version':
      return () => BigInt(context.family);
    case 'hdrlength':
      return () => 5n;
    case 'length':
      return ({ packet, run }) => lengthOf(packet, run, context.family === 4 ? 0 : IPV6_HEADER);
    case 'frag-off':
      return bytesReader('nh', 48, 16, printExpression(expression), context);
    default:
      return openReader(expression, context);
  }
}

const IPV6_HEADER = 40;

function openSource(packet: Packet, context: RuleContext): Open {
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec, run) => sourceQuestionOf(packet, spec.text, context.decides, run),
  };
}

function openDestination(packet: Packet): Open {
  return { kind: 'open', bits: 0n, known: 0n, ask: (spec) => redirectedQuestion(packet, spec.text) };
}

/** In the other families nft asks for an Ethernet link first; only what came in a frame has one. */
function etherReader(expression: Payload, context: RuleContext): Reader {
  const open = openReader(expression, context);
  return (visit) => {
    const { packet, run, hook } = visit;
    const name = hook === 'POSTROUTING' ? packet.output : packet.input;
    if (name === null) return null;
    const type = name === undefined ? null : linkTypeOf(run, name);
    if (type !== null && type !== 1n) return null;
    const frame = frameOf(packet, run.node);
    if (frame === null) return null;
    switch (expression.field) {
      case 'saddr':
        return frame.source === null ? openMac(visit) : macNumber(frame.source);
      case 'daddr':
        return frame.destination === null ? open(visit) : macNumber(frame.destination);
      default:
        return packet.family === 4 ? 0x0800n : 0x86ddn;
    }
  };
}

function openMac({ run }: Visit): Open {
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) =>
      question(
        `${run.scope}mac:${spec.text}`,
        'mac-unknown',
        `A rule asks whether the frame comes from ${spec.text}; the sender’s hardware address is not known.`,
        `the frame comes from ${spec.text}`,
        { is: [nameFact(`${run.scope}mac`, spec.text)] },
      ),
  };
}

function macNumber(text: string): bigint {
  return BigInt(`0x${text.replaceAll(':', '')}`);
}

type PortEnd = 'source' | 'destination';

function transportReader(expression: Payload, context: RuleContext): Reader {
  const { protocol, field } = expression;
  const text = printExpression(expression);
  if (field === 'sport') return portReader('source', text, context);
  if (field === 'dport') return portReader('destination', text, context);
  const place = placeOf(protocol, field);
  if (place === null) return openReader(expression, context);
  const read = bytesReader('th', place.offset, place.length, text, context);
  if (protocol === 'udp' && field === 'length') {
    const header = context.family === 4 ? 20 : IPV6_HEADER;
    // Hardly a datagram is empty: a length that is not given is not taken to be that of bare headers.
    return (visit) => (visit.packet.lengthAssumed ? read(visit) : BigInt(visit.packet.length - header));
  }
  if ((protocol === 'icmp' || protocol === 'icmpv6') && field === 'id') {
    return (visit) => (visit.packet.icmpId === null ? read(visit) : BigInt(visit.packet.icmpId));
  }
  return read;
}

function portReader(end: PortEnd, text: string, context: RuleContext): Reader {
  const raw = bytesReader('th', end === 'source' ? 0 : 16, 16, text, context);
  const checksum = end === 'destination' ? openChecksum(text, context) : null;
  return (visit) => {
    const { packet } = visit;
    if (packet.icmpType !== null && checksum !== null) return checksum;
    if (!hasPorts(packet.protocol)) return raw(visit);
    const port = end === 'source' ? packet.sourcePort : packet.destinationPort;
    if (port === '*') return openPort(packet, end);
    return port === null ? null : BigInt(port);
  };
}

/** Where others have the port, ICMP has its checksum: any of 65,536 numbers, by what the message holds. */
function openChecksum(text: string, context: RuleContext): Open {
  const open = openField(text, context);
  return {
    ...open,
    ask: (spec, run) => {
      const { from, to } = spec.kind === 'range' ? spec.range : { from: 0n, to: BIGGEST_PORT };
      if (to - from > FEW) return open.ask(spec, run);
      const claim = `the checksum of the ICMP message is ${spec.text}`;
      const message = `The checksum of the ICMP message, which “${text}” reads, is taken not to be ${spec.text}.`;
      return presume(false, `nft:checksum:${spec.text}`, 'checksum-assumed', message, claim);
    },
  };
}

const BIGGEST_PORT = 65_535n;
/** So many numbers are hardly ever met by chance. */
const FEW = 64n;

/** The kernel has picked the port; answers carry the connection's ports the other way round. */
function openPort({ connection, direction }: Packet, end: PortEnd): Open {
  const isSource = (end === 'source') === (direction === 'original');
  const picked = isSource ? connection?.pickedSourcePorts : connection?.pickedDestinationPorts;
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const range =
        spec.kind === 'range'
          ? { from: Number(spec.range.from), to: Number(spec.range.to) }
          : { from: 1, to: 0 };
      const answer = testPicked(picked, isSource ? 'source' : 'destination', [range]);
      if (typeof answer === 'object' && answer.kind === 'question') return answer;
      return decided(answer === true);
    },
  };
}

/** As a question that has its answer, and that nobody is told of. */
function decided(holds: boolean): ReturnType<typeof question> {
  return { ...question(`nft:port:${holds}`, 'port-unknown', '', ''), presumed: holds };
}

/** Fields in the order of their headers (include/uapi/linux/tcp.h and others), without those that have readers of their own. */
const places: Readonly<Record<string, Readonly<Record<string, number>>>> = lookup({
  icmp: { type: 0, code: 8, checksum: 16, id: 32, sequence: 48, gateway: 32, mtu: 48 },
  icmpv6: {
    type: 0,
    code: 8,
    checksum: 16,
    id: 32,
    sequence: 48,
    'max-delay': 32,
    mtu: 32,
    'parameter-problem': 32,
    'packet-too-big': 32,
  },
  igmp: { type: 0, mrt: 8, checksum: 16, group: 32 },
  tcp: {
    sequence: 32,
    ackseq: 64,
    doff: 96,
    reserved: 100,
    flags: 104,
    window: 112,
    checksum: 128,
    urgptr: 144,
  },
  udp: { length: 32, checksum: 48 },
  udplite: { csumcov: 32, checksum: 48 },
  sctp: { vtag: 32, checksum: 64 },
  dccp: { type: 67 },
  ah: { nexthdr: 0, hdrlength: 8, reserved: 16, spi: 32, sequence: 64 },
  esp: { spi: 0, sequence: 32 },
  comp: { nexthdr: 0, flags: 8, cpi: 16 },
});

function placeOf(
  protocol: string,
  field: string,
): { readonly offset: number; readonly length: number } | null {
  const offset = places[protocol]?.[field];
  const length = payloads.get(protocol)?.get(field)?.bits;
  return offset === undefined || length === undefined ? null : { offset, length };
}

export function rawReader(expression: RawPayload, context: RuleContext): Reader {
  const { base, offset, length } = expression;
  if (base !== 'nh' && base !== 'th') return openReader(expression, context);
  return bytesReader(base, offset, length, printExpression(expression), context);
}

/** Bits of the packet, from its IP header (`nh`) or the one behind (`th`) on. Behind its end there is nothing. */
function bytesReader(
  base: 'nh' | 'th',
  offset: number,
  length: number,
  text: string,
  context: RuleContext,
): Reader {
  const start = base === 'nh' ? 0 : context.family === 4 ? 20 : IPV6_HEADER;
  const first = Math.floor(offset / 8);
  const end = Math.ceil((offset + length) / 8);
  const shift = BigInt(end * 8 - offset - length);
  const mask = (1n << BigInt(length)) - 1n;
  return ({ packet }) => {
    if (base === 'th' && isBare(packet)) return null;
    const read = bytesOf(packet, start + first, start + end);
    if (read === null) return null;
    const [bits, known] = [(read.bits >> shift) & mask, (read.known >> shift) & mask];
    return known === mask ? bits : openField(text, context, bits, known);
  };
}

/** Protocols behind which the kernel finds no transport header are none of a flow's. */
function isBare({ protocol }: Packet): boolean {
  return protocol === 59;
}

function bytesOf(
  packet: Packet,
  from: number,
  to: number,
): { readonly bits: bigint; readonly known: bigint } | null {
  const bytes = new PacketBytes(packet);
  let [bits, known] = [0n, 0n];
  for (let at = from; at < to; at++) {
    const read = bytes.read(at, 1);
    if (read === 'outside') return null;
    bits = (bits << 8n) | BigInt(read?.bits === undefined ? 0 : read.bits & 0xff);
    known = (known << 8n) | BigInt(read?.known === undefined ? 0 : read.known & 0xff);
  }
  return { bits, known };
}
