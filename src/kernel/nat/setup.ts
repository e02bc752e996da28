/** Chooses a connection's translation: net/netfilter/nf_nat_core.c, nf_nat_setup_info and get_unique_tuple. */
import { type Connection, inverse, type Tuple } from '../conntrack/connection.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { hashedAddress } from './hashedAddress.ts';
import { hasPart, partIn, partOf, uniquePart } from './parts.ts';
import type { Manipulation, NatRange } from './range.ts';

/** Addresses of a range that are explored one by one, where it is not known what the kernel hashes. */
const EXPLORED_ADDRESSES = 64;

/** Binds the connection as `range` says; what it changes shows in the connection's reply tuple. */
export function setupNat(
  packet: Packet,
  connection: Connection,
  run: Run,
  range: NatRange,
  manipulation: Manipulation,
): void {
  // "Can't setup nat info for confirmed ct."
  if (connection.confirmed) return;
  const current = inverse(connection.reply);
  const chosen = uniqueTuple(current, { packet, connection, run, range, manipulation });
  if (!equals(chosen, current)) {
    connection.reply = inverse(chosen);
    if (manipulation === 'source') connection.sourceNat = true;
    else connection.destinationNat = true;
  }
  setDone(connection, manipulation);
}

function setDone(connection: Connection, manipulation: Manipulation): void {
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
  if (run.conntrack.isEmpty && !connection.confirmed) {
    setDone(connection, manipulation);
    return;
  }
  const current = inverse(connection.reply);
  const address = manipulation === 'source' ? current.source : current.destination;
  const range: NatRange = {
    address: { first: address, last: address },
    ports: null,
    random: false,
    persistent: false,
  };
  setupNat(packet, connection, run, range, manipulation);
}

interface Wish {
  readonly packet: Packet;
  readonly connection: Connection;
  readonly run: Run;
  readonly range: NatRange;
  readonly manipulation: Manipulation;
}

function uniqueTuple(original: Tuple, wish: Wish): Tuple {
  const { connection, range, manipulation, run } = wish;
  const isUsed = (tuple: Tuple): boolean => run.conntrack.isUsed(inverse(tuple), connection);
  if (manipulation === 'source' && !range.random) {
    const same = inRange(original, range) ? original : mappedBefore(original, wish);
    if (same !== null && !isUsed(same)) return same;
  }
  const tuple = withAddress(original, pickAddress(original, wish), manipulation);
  notePort(original, wish);
  return hasPart(tuple) ? uniquePart(tuple, connection, range, manipulation, isUsed) : tuple;
}

/** "netfilter: nat: restore default DNAT behavior", February 2024: without it the kernel begins anywhere in a range. */
function notePort(original: Tuple, { run, range: { ports, random }, manipulation }: Wish): void {
  if (manipulation === 'source' || ports === null || ports.first === ports.last || random) return;
  if (ports.base !== null || !hasPart(original) || partIn(partOf(original, 'destination'), ports)) return;
  run.assume(
    `nat-port:${ports.first}-${ports.last}`,
    'nat-port-assumed',
    `Of the ports ${ports.first} to ${ports.last} the first free one is taken, as Linux does since 6.8. Kernels from 5.0 to 6.7 that lack the fix take any of them.`,
  );
}

/** find_appropriate_src: what this source is mapped to already. */
function mappedBefore(original: Tuple, { connection, range, run }: Wish): Tuple | null {
  for (const before of run.conntrack.bySource(connection.original, connection.zone)) {
    const { source, sourcePort, icmp } = inverse(before.reply);
    const query = original.icmp === null ? null : { ...original.icmp, id: icmp?.id ?? null };
    const tuple: Tuple = { ...original, source, sourcePort, icmp: query };
    if (inRange(tuple, range)) return tuple;
  }
  return null;
}

function inRange(tuple: Tuple, { address, ports }: NatRange): boolean {
  if (address !== null && (tuple.source < address.first || tuple.source > address.last)) return false;
  return ports === null || !hasPart(tuple) || partIn(partOf(tuple, 'source'), ports);
}

function pickAddress(original: Tuple, { range, manipulation, run, packet, connection }: Wish): bigint {
  const { source, destination } = original;
  if (range.address === null) return manipulation === 'source' ? source : destination;
  const { first, last } = range.address;
  if (first === last || !packet.sourceUnknown) {
    const { persistent } = range;
    const zone = connection.zone.id;
    return hashedAddress({
      family: packet.family,
      first,
      last,
      source,
      destination,
      manipulation,
      persistent,
      zone,
    });
  }
  return unknownAddress(first, last, run);
}

/** The hash is of the source, which is not known. */
function unknownAddress(first: bigint, last: bigint, run: Run): bigint {
  const count = last - first + 1n;
  const explored = count <= BigInt(EXPLORED_ADDRESSES);
  run.assume(
    `nat-address:${first}-${last}`,
    'nat-address-unknown',
    `The kernel picks one of several addresses by a hash of the packet’s source, which is not known; ${explored ? 'each is shown' : 'the first one is shown'}.`,
  );
  return explored ? first + BigInt(run.pick(Number(count))) : first;
}

function withAddress(tuple: Tuple, address: bigint, manipulation: Manipulation): Tuple {
  return manipulation === 'source' ? { ...tuple, source: address } : { ...tuple, destination: address };
}

function equals(one: Tuple, other: Tuple): boolean {
  return (
    one.source === other.source &&
    one.sourcePort === other.sourcePort &&
    one.destination === other.destination &&
    one.destinationPort === other.destinationPort &&
    one.icmp?.id === other.icmp?.id
  );
}
