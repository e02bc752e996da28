/** `ct state`, `ct original ip saddr`: net/netfilter/nft_ct.c. */
import type { Connection, Tuple } from '../../../kernel/conntrack/connection.ts';
import { tupleOf } from '../../../kernel/conntrack/connection.ts';
import { ConnectionLabels, labelAsked } from '../../../kernel/conntrack/labels.ts';
import type { Traffic } from '../../../kernel/conntrack/connection.ts';
import { totalOf } from '../../../kernel/conntrack/traffic.ts';
import { type Direction, zoneIn } from '../../../kernel/conntrack/zone.ts';
import { testPicked } from '../../../kernel/nat/pickedPorts.ts';
import { hasTrackedPorts, type Packet } from '../../../kernel/packet.ts';
import { sourceQuestionOf } from '../../../kernel/passage/addressAsked.ts';
import { question } from '../../../kernel/answers.ts';
import type { Ct } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { Datum, Open } from '../values/datum.ts';
import { openReader, type Reader } from './reader.ts';

const STATES = { INVALID: 1n, ESTABLISHED: 2n, RELATED: 4n, NEW: 8n, UNTRACKED: 64n } as const;

/** Without a connection, and on a template, only the state is there; everything else ends the rule. */
export function ctReader(expression: Ct, context: RuleContext): Reader {
  if (expression.key === 'state') return ({ packet }) => STATES[packet.state ?? 'INVALID'];
  const read = connectionReader(expression, context);
  return (visit) => {
    const { connection, template } = visit.packet;
    return connection === null || template !== null ? null : read(connection, visit);
  };
}

type ConnectionReader = (connection: Connection, visit: Visit) => Datum;

function connectionReader(expression: Ct, context: RuleContext): ConnectionReader {
  const { key, direction } = expression;
  const open = openReader(expression, context);
  switch (key) {
    case 'mark':
      return ({ mark }) => BigInt(mark);
    case 'direction':
      return (_, { packet }) => (packet.direction === 'original' ? 0n : 1n);
    case 'status':
      return (connection) => statusOf(connection);
    case 'zone':
      // Without a direction it is the zone's number, whatever it counts for.
      return ({ zone }) => BigInt(direction === null ? zone.id : zoneIn(zone, direction));
    case 'l3proto':
      return (_, { packet }) => (packet.family === 4 ? 2n : 10n);
    case 'protocol':
      return ({ original }) => BigInt(original.protocol);
    case 'helper':
      // Only what belongs to another connection has a master (NFT_CT_HELPER).
      return ({ expected }, visit) => (expected ? open(visit) : null);
    case 'label':
      return (connection, visit) => labelsOf(connection, visit);
    case 'packets':
    case 'bytes':
    case 'avgpkt':
      return trafficReader(key, direction, open);
    case 'proto-src':
      return (connection) => partOf(connection, direction ?? 'original', 'source', expression);
    case 'proto-dst':
      return (connection) => partOf(connection, direction ?? 'original', 'destination', expression);
    default:
      return addressReader(expression, context) ?? ((_, visit) => open(visit));
  }
}

/** `ip saddr`, `saddr`; null for anything else. */
function addressReader({ key, direction }: Ct, context: RuleContext): ConnectionReader | null {
  const [first = '', second] = key.split(' ');
  const field = second ?? first;
  if (field !== 'saddr' && field !== 'daddr') return null;
  const of = direction ?? 'original';
  const end = field === 'saddr' ? 'source' : 'destination';
  if (second !== undefined && context.family !== (first === 'ip' ? 4 : 6)) return () => null;
  const isSource = (of === 'original') === (end === 'source');
  return (connection, { packet }) =>
    isSource && connection.sourceUnknown ? openSource(packet, context) : tupleOf(connection, of)[end];
}

function openSource({ family }: Packet, { decides }: RuleContext): Open {
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec, run) => sourceQuestionOf({ family, masqueraded: false }, spec.text, decides, run),
  };
}

/** A bit for each. A connection begins without any; what one had before this trace no snapshot tells. */
function labelsOf(connection: Connection, { run }: Visit): Datum {
  const bits = run.state(ConnectionLabels).bitsOf(connection);
  if (!connection.confirmed) return bits;
  return { kind: 'open', bits, known: bits, ask: (spec) => labelAsked(spec.text) };
}

/** Bits of enum ip_conntrack_status. */
function statusOf(connection: Connection): bigint {
  const bits: readonly (readonly [boolean, bigint])[] = [
    [connection.expected, 1n],
    [connection.seenReply, 2n],
    [connection.assured, 4n],
    [connection.confirmed, 8n],
    [connection.sourceNat, 16n],
    [connection.destinationNat, 32n],
    [connection.sourceNatDone, 128n],
    [connection.destinationNatDone, 256n],
  ];
  return bits.reduce((sum, [isSet, bit]) => (isSet ? sum | bit : sum), 0n);
}

/**
 * What stands where ports do: of ICMP the identifier, and type and code as one number; nothing, of protocols without either
 * (struct nf_conntrack_tuple, `src.u.all` and `dst.u.all`).
 */
function partOf(connection: Connection, of: Direction, end: 'source' | 'destination', asked: Ct): Datum {
  const own: Tuple = tupleOf(connection, of);
  if (own.icmp !== null) {
    if (end === 'destination') return BigInt(own.icmp.type * 256 + own.icmp.code);
    return typeof own.icmp.id === 'number' ? BigInt(own.icmp.id) : openPart(asked, connection, end);
  }
  const port = end === 'source' ? own.sourcePort : own.destinationPort;
  if (!hasTrackedPorts(own.protocol)) return 0n;
  return typeof port === 'number' ? BigInt(port) : openPart(asked, connection, end);
}

/** Only answers have a port that was picked: it took the place of the other end's. */
function openPart(asked: Ct, connection: Connection, end: 'source' | 'destination'): Open {
  const text = printExpression(asked);
  return {
    kind: 'open',
    bits: 0n,
    known: 0n,
    ask: (spec) => {
      const claim = `${text} is ${spec.text}`;
      const range =
        spec.kind === 'range'
          ? { from: Number(spec.range.from), to: Number(spec.range.to) }
          : { from: 1, to: 0 };
      const answer =
        end === 'destination'
          ? testPicked(connection.pickedSourcePorts, 'source', [range])
          : testPicked(connection.pickedDestinationPorts, 'destination', [range]);
      if (typeof answer === 'object' && answer.kind === 'question') return answer;
      return {
        ...question(`nft:${claim}`, 'port-unknown', `Whether ${claim} is worked out.`, claim),
        presumed: answer === true,
      };
    },
  };
}

function trafficReader(
  key: 'packets' | 'bytes' | 'avgpkt',
  direction: Direction | null,
  open: Reader,
): ConnectionReader {
  return (connection, visit) => {
    const { traffic: count } = connection;
    if (count === null || (key !== 'packets' && count.lengthsAssumed)) return open(visit);
    return BigInt(amountOf(totalOf(count, direction ?? 'both'), key));
  };
}

function amountOf({ packets, bytes }: Traffic, key: 'packets' | 'bytes' | 'avgpkt'): number {
  if (key === 'packets') return packets;
  if (key === 'bytes') return bytes;
  return packets === 0 ? 0 : Math.floor(bytes / packets);
}
