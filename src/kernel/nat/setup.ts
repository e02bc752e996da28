/** Chooses a connection's translation: net/netfilter/nf_nat_core.c, nf_nat_setup_info and get_unique_tuple. */
import { MAX_16, type NumberRange } from '../../values/numbers.ts';
import { type Connection, invert, type Tuple } from '../conntrack/connection.ts';
import { inverseIcmpType } from '../conntrack/icmp.ts';
import { hasPorts, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Manipulation, NatRange } from './range.ts';

/** Addresses of a range that are explored one by one; in a greater one the kernel's hash cannot be followed. */
const EXPLORED_ADDRESSES = 64;

/** Binds the connection as `range` says; what it changes shows in the connection's reply tuple. */
export function setupNat(
  packet: Packet,
  connection: Connection,
  run: Run,
  range: NatRange,
  manipulation: Manipulation,
): void {
  const inverse = (tuple: Tuple): Tuple => invertTuple(packet, tuple);
  const current = inverse(connection.reply);
  const chosen = uniqueTuple(current, { packet, connection, run, range, manipulation });
  if (!equals(chosen, current)) {
    connection.reply = inverse(chosen);
    if (manipulation === 'source') connection.sourceNat = true;
    else connection.destinationNat = true;
  }
  if (manipulation === 'source') connection.sourceNatDone = true;
  else connection.destinationNatDone = true;
}

/** The binding of a connection that no rule translates; it still may not clash with another. */
export function setupNullBinding(
  packet: Packet,
  connection: Connection,
  run: Run,
  manipulation: Manipulation,
): void {
  const current = invertTuple(packet, connection.reply);
  const address = manipulation === 'source' ? current.source : current.destination;
  const range: NatRange = { address: { first: address, last: address }, ports: null, random: false };
  setupNat(packet, connection, run, range, manipulation);
}

function invertTuple(packet: Packet, tuple: Tuple): Tuple {
  return invert(tuple, tuple.icmpType === null ? null : inverseIcmpType(packet.family, tuple.icmpType));
}

interface Wish {
  readonly packet: Packet;
  readonly connection: Connection;
  readonly run: Run;
  readonly range: NatRange;
  readonly manipulation: Manipulation;
}

function uniqueTuple(original: Tuple, wish: Wish): Tuple {
  const { range, manipulation } = wish;
  if (manipulation === 'source' && !range.random) {
    const same = keepsSource(original, wish) ?? mappedBefore(original, wish);
    if (same !== null) return same;
  }
  const tuple = withAddress(original, pickAddress(original, wish), manipulation);
  if (!hasPorts(tuple.protocol)) return tuple;
  return needsPort(tuple, wish) ? withPort(tuple, wish) : tuple;
}

/** "If we're lucky, the source is already in the range, and free." */
function keepsSource(original: Tuple, wish: Wish): Tuple | null {
  return inRange(original, wish.range) && !isUsed(original, wish) ? original : null;
}

/** find_appropriate_src: what this source was mapped to before, if that is free towards this destination. */
function mappedBefore(original: Tuple, wish: Wish): Tuple | null {
  const before = wish.run.conntrack.findBySource(wish.connection.original);
  if (before === null) return null;
  const { reply } = before;
  const tuple: Tuple = { ...original, source: reply.destination, sourcePort: reply.destinationPort };
  return inRange(tuple, wish.range) && !isUsed(tuple, wish) ? tuple : null;
}

function inRange(tuple: Tuple, range: NatRange): boolean {
  const { address, ports } = range;
  if (address !== null && (tuple.source < address.first || tuple.source > address.last)) return false;
  return ports === null || !hasPorts(tuple.protocol) || portInRange(tuple.sourcePort, range);
}

function portInRange(port: Tuple['sourcePort'], range: NatRange): boolean {
  return (
    typeof port === 'number' && range.ports !== null && port >= range.ports.first && port <= range.ports.last
  );
}

function isUsed(tuple: Tuple, wish: Wish): boolean {
  return wish.run.conntrack.isUsed(invertTuple(wish.packet, tuple), wish.connection);
}

/** find_best_ips_proto: a hash of the addresses chooses; it is seeded, so each address is as likely. */
function pickAddress(original: Tuple, { range, manipulation, run }: Wish): bigint {
  const current = manipulation === 'source' ? original.source : original.destination;
  if (range.address === null) return current;
  const { first, last } = range.address;
  const count = last - first + 1n;
  if (count <= BigInt(EXPLORED_ADDRESSES)) return first + BigInt(run.pick(Number(count)));
  run.assume(
    `nat-address:${first}-${last}`,
    'nat-address-unknown',
    'The kernel picks one of many addresses by a hash that is not known; the first one is shown.',
  );
  return first;
}

function withAddress(tuple: Tuple, address: bigint, manipulation: Manipulation): Tuple {
  return manipulation === 'source' ? { ...tuple, source: address } : { ...tuple, destination: address };
}

/** "Only bother mapping if it's not already in range and unique." */
function needsPort(tuple: Tuple, wish: Wish): boolean {
  const { range, manipulation } = wish;
  if (range.random) return true;
  if (range.ports === null) return isUsed(tuple, wish);
  const port = manipulation === 'source' ? tuple.sourcePort : tuple.destinationPort;
  if (range.ports.base !== null || !portInRange(port, range)) return true;
  return range.ports.first !== range.ports.last && isUsed(tuple, wish);
}

/** nf_nat_l4proto_unique_tuple. A destination without given ports is never given another port. */
function withPort(tuple: Tuple, wish: Wish): Tuple {
  const { range, manipulation } = wish;
  if (manipulation === 'destination') {
    if (range.ports === null) return tuple;
    return { ...tuple, destinationPort: destinationPort(tuple, wish, range.ports) };
  }
  const ports = range.ports;
  if (ports !== null && ports.first === ports.last) return { ...tuple, sourcePort: ports.first };
  wish.connection.pickedSourcePorts =
    ports === null ? likePorts(tuple.sourcePort) : { from: ports.first, to: ports.last };
  return { ...tuple, sourcePort: '*' };
}

/** "Loose convention: >> 512 is credential passing": a privileged port becomes another privileged one. */
function likePorts(port: Tuple['sourcePort']): NumberRange {
  if (typeof port !== 'number' || port >= 1024) return { from: 1024, to: 65535 };
  return port < 512 ? { from: 1, to: 511 } : { from: 600, to: 1023 };
}

function destinationPort(
  tuple: Tuple,
  wish: Wish,
  ports: NonNullable<NatRange['ports']>,
): Tuple['destinationPort'] {
  const size = ports.last - ports.first + 1;
  if (wish.range.random && size > 1) {
    wish.connection.pickedDestinationPorts = { from: ports.first, to: ports.last };
    return '*';
  }
  const port = tuple.destinationPort;
  // `u16 off`: a port below the base is far behind it.
  const offset = ports.base !== null && typeof port === 'number' ? port - ports.base : 0;
  for (let step = 0; step < Math.min(size, 128); step++) {
    const next = ports.first + (((offset + step) & MAX_16) % size);
    if (!isUsed({ ...tuple, destinationPort: next }, wish)) return next;
  }
  return ports.first;
}

function equals(one: Tuple, other: Tuple): boolean {
  return (
    one.source === other.source &&
    one.sourcePort === other.sourcePort &&
    one.destination === other.destination &&
    one.destinationPort === other.destinationPort
  );
}
