/** Which server a connection gets: net/netfilter/ipvs/ip_vs_rr.c, ip_vs_wrr.c, ip_vs_sh.c and their siblings. */
import type { Packet } from '../../kernel/packet.ts';
import type { Run } from '../../kernel/run.ts';
import { MAX_32 } from '../../values/numbers.ts';
import type { RealServer } from '../../rules/ipvs/nodes.ts';
import type { IpvsProgram, Service } from './program.ts';

/** What schedulers keep from one packet of a run to the next. */
class Turns {
  readonly #ofServices = new Map<string, Turn>();

  of(service: Service): Turn {
    const known = this.#ofServices.get(service.name) ?? { given: [], slots: new Map() };
    this.#ofServices.set(service.name, known);
    return known;
  }
}

interface Turn {
  /** What was given in turn, or by counts, one after the other. */
  readonly given: RealServer[];
  /** Whom a place of a hash table, or an address, belongs to. */
  readonly slots: Map<string, RealServer>;
}

interface Scheduling {
  readonly program: IpvsProgram;
  readonly service: Service;
  readonly packet: Packet;
  readonly run: Run;
  readonly turn: Turn;
}

/** Those that take new connections, with their weights. */
type Candidates = readonly RealServer[];

/** The server for a new connection; null where none takes it. */
export function scheduled(
  program: IpvsProgram,
  service: Service,
  packet: Packet,
  run: Run,
): RealServer | null {
  const { servers, scheduler } = service.server;
  if (servers.some(({ weight }) => weight === null)) noteWeights(service, run);
  const way: Scheduling = { program, service, packet, run, turn: run.state(Turns).of(service) };
  if (scheduler === 'sh') return bySource(way);
  if (scheduler === 'dh') return byDestination(way);
  const able = servers.filter(
    (server) => weightOf(server) > 0 && !(scheduler === 'ovf' && isOverflowing(server)),
  );
  if (scheduler === 'ovf' && able.some(({ active }) => active === null)) noteOverflow(service, run);
  if (able.some(({ upper }) => upper !== null && upper > 0)) noteThresholds(service, run);
  if (able.length < 2) return able[0] ?? null;
  return (others.get(scheduler ?? '') ?? evenly)(way, able);
}

/** ip_vs_ovf.c: one that has more active connections than its weight takes no more. */
function isOverflowing(server: RealServer): boolean {
  return server.active !== null && server.active > weightOf(server);
}

function weightOf({ weight }: RealServer): number {
  return weight ?? 1;
}

type Pick = (way: Scheduling, able: Candidates) => RealServer;

const others: ReadonlyMap<string, Pick> = new Map<string, Pick>([
  ['rr', inTurn],
  ['wrr', (way, able) => (haveOneWeight(able) ? inTurn(way, able) : byWeight(way, able))],
  ['wlc', (way, able) => byCounts(way, able, connections) ?? byWeight(way, able)],
  ['sed', (way, able) => byCounts(way, able, expected) ?? byWeight(way, able)],
  ['nq', (way, able) => byCounts(way, able, queue) ?? byWeight(way, able)],
  ['twos', byWeight],
  ['lc', (way, able) => byCounts(way, able, (server) => perWeight(server, connections)) ?? evenly(way, able)],
  ['fo', (way, able) => evenly(way, heaviest(able))],
  ['ovf', (way, able) => evenly(way, heaviest(able))],
  ['lblc', (way, able) => keptFor('the address', way, able)],
  ['lblcr', (way, able) => keptFor('the address', way, able)],
  ['mh', (way, able) => keptFor(`${way.packet.source}`, way, able)],
]);

/** One after the other, whatever the client; where it began is not known, nor in which order, but it is always the same. */
function inTurn({ service, run, turn: { given } }: Scheduling, able: Candidates): RealServer {
  const again = given.length >= able.length ? given[given.length - able.length] : undefined;
  const left = able.filter((server) => !given.includes(server));
  noteState(service, run, 'whose turn it is');
  const next = again ?? left[left.length === 1 ? 0 : run.pick(left.length)] ?? able[0];
  if (next === undefined) throw new RangeError('there is no server');
  given.push(next);
  return next;
}

function byWeight({ service, run }: Scheduling, able: Candidates): RealServer {
  noteState(service, run, 'how many connections each has, or whose turn it is');
  const sum = able.reduce((total, server) => total + weightOf(server), 0);
  return taken(able, run.pickOf(able.map((server) => weightOf(server) / sum)));
}

/** What one server has to do, before its weight is asked; null where the listing does not say it. */
type Load = (server: RealServer) => number | null;

/** ip_vs_dest_conn_overhead: an active connection counts as 256 others. */
function connections({ active, inactive }: RealServer): number | null {
  return active === null || inactive === null ? null : active * 256 + inactive;
}

/** ip_vs_sed.c: with the new one. */
function expected({ active }: RealServer): number | null {
  return active === null ? null : active + 1;
}

/** ip_vs_nq.c: nothing where it is idle, whatever its weight. */
function queue(server: RealServer): number | null {
  return server.active === 0 ? 0 : expected(server);
}

/** Undoes that loads are asked by weight: lc does not. */
function perWeight(server: RealServer, load: Load): number | null {
  const own = load(server);
  return own === null ? null : own * weightOf(server);
}

/**
 * The server with the least load for its weight; of several the first in the kernel's order. Null where a load is not listed, and
 * for what follows the first connection of a run: how the kernel counts that hangs on its state.
 */
function byCounts(
  { program, service, run, turn: { given } }: Scheduling,
  able: Candidates,
  load: Load,
): RealServer | null {
  const loads = able.map((server) => load(server));
  if (given.length > 0 || loads.includes(null)) return null;
  const ratios = able.map((server, index) => (loads[index] ?? 0) / weightOf(server));
  const least = ratios.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const first = able.filter((_, index) => ratios[index] === least);
  noteCounts(service, run);
  if (first.length > 1 && program.orderKnown) noteOrder(service, run);
  const index = program.orderKnown || first.length === 1 ? first.length - 1 : run.pick(first.length);
  const server = taken(first, index);
  given.push(server);
  return server;
}

function evenly({ service, run }: Scheduling, able: Candidates): RealServer {
  if (able.length === 1) return taken(able, 0);
  noteState(service, run, 'how many connections each has');
  return taken(able, run.pick(able.length));
}

/** The same for as long as the address is: which one is not known. */
function keptFor(address: string, way: Scheduling, able: Candidates): RealServer {
  const { slots } = way.turn;
  const known = slots.get(address);
  if (known !== undefined && able.includes(known)) return known;
  const server = byWeight(way, able);
  slots.set(address, server);
  return server;
}

function haveOneWeight(able: Candidates): boolean {
  return new Set(able.map(weightOf)).size === 1;
}

function heaviest(able: Candidates): Candidates {
  const most = able.reduce((greatest, server) => Math.max(greatest, weightOf(server)), 0);
  return able.filter((server) => weightOf(server) === most);
}

function taken(able: Candidates, index: number): RealServer {
  const server = able[index];
  if (server === undefined) throw new RangeError(`there is no server ${index}`);
  return server;
}

/**
 * ip_vs_sh.c: a table of 256 places, filled with the servers in the kernel's order, each as often in a row as its weight; one of
 * weight 0 stands in it once, and takes nobody. The place is a hash of the client's address, with `sh-port` of its port, too.
 */
function bySource(way: Scheduling): RealServer | null {
  const { servers, schedulerFlags } = way.service.server;
  const port = schedulerFlags.includes('sh-port') ? Number(way.packet.sourcePort) || 0 : 0;
  const inTable = servers.flatMap((server) => Array<RealServer>(Math.max(1, weightOf(server))).fill(server));
  const found = inPlace(way, placeOf(way.packet.source, way.packet.family, port), inTable);
  if (found === null || weightOf(found) > 0) return found;
  if (!schedulerFlags.includes('sh-fallback')) return null;
  const able = servers.filter((server) => weightOf(server) > 0);
  return able.length === 0 ? null : evenly(way, able);
}

/** ip_vs_dh.c: as `sh`, by the address that the packet goes to, each server once. */
function byDestination(way: Scheduling): RealServer | null {
  const place = placeOf(way.packet.destination, way.packet.family, 0);
  const found = inPlace(way, place, way.service.server.servers);
  return found !== null && weightOf(found) > 0 ? found : null;
}

const PLACES_BITS = 8;
/** GOLDEN_RATIO_32: hash_32 of include/linux/hash.h. */
const GOLDEN_RATIO = 0x61c88647;

/** The place of an address in a table of 256: of IPv6 its four words together. */
function placeOf(address: bigint, family: 4 | 6, port: number): number {
  let folded = Number(address & BigInt(MAX_32));
  if (family === 6) {
    for (const shift of [32n, 64n, 96n]) folded ^= Number((address >> shift) & BigInt(MAX_32));
  }
  return Math.imul((folded + port) | 0, GOLDEN_RATIO) >>> (32 - PLACES_BITS);
}

/** Who stands at a place of the table, which begins anew with the first when all have been; null where nobody is in it. */
function inPlace(
  { program, service, run, turn }: Scheduling,
  place: number,
  row: Candidates,
): RealServer | null {
  if (new Set(row).size < 2) return row[0] ?? null;
  const at = place % row.length;
  if (program.orderKnown) {
    noteOrder(service, run);
    return row[row.length - 1 - at] ?? null;
  }
  const isEven = new Set(row).size === row.length;
  const key = `${isEven ? at : place}`;
  const known = turn.slots.get(key);
  if (known !== undefined) return known;
  const used = new Set(turn.slots.values());
  const left = isEven ? row.filter((server) => !used.has(server)) : row;
  noteState(service, run, 'in which order the kernel has them');
  const server = taken(left, left.length === 1 ? 0 : run.pick(left.length));
  turn.slots.set(key, server);
  return server;
}

function noteState({ name, server }: Service, run: Run, what: string): void {
  const { scheduler } = server;
  run.assume(
    `ipvs-scheduler:${name}`,
    'ipvs-scheduler-state',
    () =>
      `Each server of ${name} is as likely to be chosen as ${scheduler ?? 'its scheduler'} gives it connections: ${what} is not in a listing.`,
  );
}

function noteCounts({ name }: Service, run: Run): void {
  const message = `The servers of ${name} are taken to have as many connections as when they were listed.`;
  run.assume(`ipvs-counts:${name}`, 'ipvs-counts-assumed', message);
}

function noteOrder({ name }: Service, run: Run): void {
  const message = `The kernel is taken to have the servers of ${name} in the order in which they are listed, the last one first.`;
  run.assume(`ipvs-order:${name}`, 'ipvs-order-assumed', message);
}

function noteWeights({ name }: Service, run: Run): void {
  const message = `The servers of ${name} are taken to have the weight 1: this listing does not say their weights.`;
  run.assume(`ipvs-weights:${name}`, 'ipvs-weights-unknown', message);
}

function noteOverflow({ name }: Service, run: Run): void {
  const message = `No server of ${name} is taken to have more active connections than its weight: then another one takes what is new, or none.`;
  run.assume(`ipvs-overflow:${name}`, 'ipvs-overflow-assumed', message);
}

function noteThresholds({ name }: Service, run: Run): void {
  const message = `No server of ${name} is taken to have more connections than its threshold.`;
  run.assume(`ipvs-thresholds:${name}`, 'ipvs-thresholds-assumed', message);
}
