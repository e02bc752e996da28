/** The part of a tuple that a translation may change beside an address: a port, or the identifier of an ICMP query. */
import { MAX_16, type NumberRange } from '../../values/numbers.ts';
import type { Connection, Tuple } from '../conntrack/connection.ts';
import { hasTrackedPorts } from '../packet.ts';
import type { Port } from '../port.ts';
import type { Manipulation, NatRange } from './range.ts';

type Ports = NonNullable<NatRange['ports']>;

/** So many are tried one after the other: NF_NAT_MAX_ATTEMPTS. */
const ATTEMPTS = 128;

/** Whether the protocol has such a part at all. */
export function hasPart(tuple: Tuple): boolean {
  return tuple.icmp !== null || hasTrackedPorts(tuple.protocol);
}

/** That of a source or destination; the identifier is of both. */
export function partOf(tuple: Tuple, manipulation: Manipulation): Port {
  if (tuple.icmp !== null) return tuple.icmp.id;
  return manipulation === 'source' ? tuple.sourcePort : tuple.destinationPort;
}

export function partIn(part: Port, { first, last }: Ports): boolean {
  return typeof part === 'number' && part >= first && part <= last;
}

function withPart(tuple: Tuple, part: Port, manipulation: Manipulation): Tuple {
  if (tuple.icmp !== null) return { ...tuple, icmp: { ...tuple.icmp, id: part } };
  return manipulation === 'source' ? { ...tuple, sourcePort: part } : { ...tuple, destinationPort: part };
}

/** The tuple with a part that is free, as the range wants it; what is picked at random is noted at the connection. */
export function uniquePart(
  tuple: Tuple,
  connection: Connection,
  range: NatRange,
  manipulation: Manipulation,
  isUsed: (tuple: Tuple) => boolean,
): Tuple {
  if (!needsPart(tuple, range, manipulation, isUsed)) return tuple;
  if (tuple.icmp !== null) return withPart(tuple, pickedId(range, manipulation), manipulation);
  if (manipulation === 'destination') {
    // A destination without given ports is never given another port.
    if (range.ports === null) return tuple;
    return withPart(tuple, destinationPort(tuple, connection, range, range.ports, isUsed), manipulation);
  }
  const { ports } = range;
  if (ports !== null && ports.first === ports.last) return withPart(tuple, ports.first, manipulation);
  connection.pickedSourcePorts =
    ports === null ? likePorts(tuple.sourcePort) : { from: ports.first, to: ports.last };
  return withPart(tuple, '*', manipulation);
}

/** "Only bother mapping if it's not already in range and unique." */
function needsPart(
  tuple: Tuple,
  { ports, random }: NatRange,
  manipulation: Manipulation,
  isUsed: (tuple: Tuple) => boolean,
): boolean {
  if (random) return true;
  if (ports === null) return isUsed(tuple);
  if (ports.base !== null || !partIn(partOf(tuple, manipulation), ports)) return true;
  return ports.first !== ports.last && isUsed(tuple);
}

/** Of a destination the first of the range, else a random one. */
function pickedId({ ports, random }: NatRange, manipulation: Manipulation): Port {
  if (manipulation === 'destination' && !random) return ports?.first ?? 0;
  return ports !== null && ports.first === ports.last ? ports.first : '*';
}

/** "Loose convention: >> 512 is credential passing": a privileged port becomes another privileged one. */
function likePorts(port: Port): NumberRange {
  if (typeof port !== 'number' || port >= 1024) return { from: 1024, to: 65535 };
  return port < 512 ? { from: 1, to: 511 } : { from: 600, to: 1023 };
}

/** nf_nat_l4proto_unique_tuple */
function destinationPort(
  tuple: Tuple,
  connection: Connection,
  range: NatRange,
  ports: Ports,
  isUsed: (tuple: Tuple) => boolean,
): Port {
  const size = ports.last - ports.first + 1;
  const port = tuple.destinationPort;
  if (range.random && ports.base === null && size > 1) {
    connection.pickedDestinationPorts = { from: ports.first, to: ports.last };
    return '*';
  }
  // `u16 off`: a port below the base is far behind it.
  const offset = ports.base !== null && typeof port === 'number' ? port - ports.base : 0;
  for (let step = 0; step < Math.min(size, ATTEMPTS); step++) {
    const next = ports.first + (((offset + step) & MAX_16) % size);
    if (!isUsed(withPart(tuple, next, 'destination'))) return next;
  }
  return ports.first;
}
