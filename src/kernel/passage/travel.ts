/** One packet's whole way, and what is to be said of it at the end. */
import type { Connection } from '../conntrack/connection.ts';
import { formatEndpoint } from '../endpoint.ts';
import { endpointOf, endpointOfTuple } from '../endpoints.ts';
import type { Flow } from '../flow.ts';
import type { Refusal } from '../node/decisions.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { ConntrackTuples, Endpoint, Step, Verdict } from '../trace.ts';
import type { Ending } from '../end.ts';
import { receive } from './incoming.ts';
import { send } from './outgoing.ts';
import { packetOf } from './packets.ts';

/** What became of one packet. */
export interface PacketResult {
  readonly verdict: Verdict;
  readonly source: Endpoint | null;
  readonly destination: Endpoint | null;
  readonly interface: string | null;
  readonly masqueraded: boolean;
  readonly mark: number;
  readonly ttl: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly rejectWith: string | null;
  /** What the kernel found no way for, and tells the sender; null where it is no such end. */
  readonly refusal: Refusal | null;
  readonly steps: readonly Step[];
  readonly conntrack: ConntrackTuples | null;
}

/** Sends the packet of `flow` through the node. The run's connections and lists keep what it leaves behind. */
export function travel(run: Run, flow: Flow): PacketResult {
  return pass(run, flow).result;
}

/** What became of a packet, and the packet as it is then. */
export interface Passage {
  readonly packet: Packet;
  readonly result: PacketResult;
}

/**
 * As `travel`, for who goes on from the packet itself. `answered`: the packet that the kernel answers with this one, which
 * belongs to its connection.
 */
export function pass(run: Run, flow: Flow, answered: Packet | null = null): Passage {
  run.steps = [];
  run.scope = flow.from.address === run.shared.from ? '' : `${flow.from.address ?? 'node'}/`;
  learnSender(run, flow);
  const packet = packetOf(run, flow);
  if (answered !== null) attach(packet, answered);
  const ending =
    packet.input === null
      ? send(run, packet)
      : receive(run, packet, flow.packet?.l2 === 'bridged' ? 'bridged' : 'to-node');
  return { packet, result: resultOf(run, packet, ending) };
}

/** nf_conntrack_attach: "This ICMP is in reverse direction to the packet which caused it". */
function attach(packet: Packet, { connection, direction, template }: Packet): void {
  if (connection === null || template !== null) return;
  packet.connection = connection;
  packet.direction = direction === 'original' ? 'reply' : 'original';
  packet.state = 'RELATED';
}

/**
 * Whose the sender's address is follows from how its packet comes, where no file of the node tells: what comes in with an
 * address of the node's own is dropped, and a process sends with one of them.
 */
function learnSender(run: Run, flow: Flow): void {
  const fact = run.shared.flows.partsOf(flow).ownSource;
  if (fact === null || run.knowledge.holds(fact) !== null) return;
  run.knowledge.learn(fact, flow.from.kind === 'node');
}

function resultOf(run: Run, packet: Packet, ending: Ending): PacketResult {
  const end = ending.kind === 'end' ? ending : null;
  const way = ending.kind === 'end' ? null : ending;
  return {
    masqueraded: packet.masqueraded,
    mark: packet.mark,
    ttl: packet.ttl,
    steps: run.steps,
    conntrack:
      packet.connection === null || packet.template !== null ? null : tuplesOf(packet, packet.connection),
    verdict: ending.kind === 'end' ? ending.verdict : ending.kind,
    by: end?.by ?? null,
    reason: end?.reason ?? null,
    rejectWith: end?.rejectWith ?? null,
    refusal: end?.refusal ?? null,
    source: way === null || packet.sourceUnknown ? null : endpointOf(packet, 'source'),
    destination: way === null ? null : endpointOf(packet, 'destination'),
    interface: way === null ? null : (way.interface ?? assumedInterface(run, packet, way.kind) ?? null),
  };
}

/** The interface that this way's answers leave over as the only one. */
function assumedInterface(run: Run, packet: Packet, kind: 'forward' | 'local'): string | undefined {
  const variable = kind === 'forward' || packet.local ? packet.outputOf : 'input';
  return run.knowledge.interfaceName(variable, run.scope);
}

function tuplesOf(packet: Packet, connection: Connection): ConntrackTuples {
  const { original, reply } = connection;
  const { family } = packet;
  const originalSource = endpointOfTuple(family, original, 'source');
  const replyDestination = endpointOfTuple(family, reply, 'destination');
  return {
    originalSource: connection.sourceUnknown ? { ...originalSource, address: '?' } : originalSource,
    originalDestination: endpointOfTuple(family, original, 'destination'),
    replySource: endpointOfTuple(family, reply, 'source'),
    replyDestination: packet.sourceUnknown ? { ...replyDestination, address: '?' } : replyDestination,
  };
}

/** `forward 10.244.1.39:8080`, `drop`: a packet's result as a sequence names it. */
export function summary(result: Pick<PacketResult, 'verdict' | 'destination'>): string {
  const { verdict, destination } = result;
  return destination === null ? verdict : `${verdict} ${formatEndpoint(destination)}`;
}
