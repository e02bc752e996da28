/** The packets of a capture beside our own trace of each connection: seen before translation, after it, answered or not. */
import type { Outcome } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import { answerOf } from '../answer/answer.ts';
import { readForm } from '../form/flowForm.ts';
import type { SeenPacket } from '../kernelTrace/events.ts';
import type { CapturedPacket } from './captured.ts';
import { formOfCaptured } from './capturedForm.ts';
import { onInterface } from './pcap.ts';
import type { Steps } from '../../values/steps.ts';

/** Where on its way a packet was seen: a request or a reply, before the node's rules translated it or behind them. */
export type Stage = 'request-before' | 'request-after' | 'reply-before' | 'reply-after';

export interface LaidPacket {
  readonly captured: CapturedPacket;
  readonly stage: Stage;
}

/** A connection, or a request of another protocol and what belongs to it. */
export interface LaidConnection {
  /** The first packet: it was traced. */
  readonly first: CapturedPacket;
  readonly packets: readonly LaidPacket[];
  /** What our trace says of it; empty where `problem` says why there is none. */
  readonly outcomes: readonly Outcome[];
  readonly problem: string | null;
}

export interface LaidCapture {
  readonly connections: readonly LaidConnection[];
  /** Packets of connections that began before the capture, and those beyond the limit. */
  readonly others: number;
}

/** Each is traced. */
const MOST_CONNECTIONS = 100;

export function* laidBeside(packets: readonly CapturedPacket[], analysis: Analysis): Steps<LaidCapture> {
  const connections: (LaidConnection & { readonly packets: LaidPacket[] })[] = [];
  const known = new Map<string, { readonly of: LaidPacket[]; readonly stage: Stage }>();
  let others = 0;
  for (const captured of packets.map((each) => named(each, analysis))) {
    const { packet } = captured;
    if (!known.has(tupleOf(packet)) && begins(packet) && connections.length < MOST_CONNECTIONS) {
      const connection = { first: captured, packets: [], ...ownTrace(captured, analysis) };
      connections.push(connection);
      yield;
      for (const [ends, stage] of tuplesOf(packet, connection.outcomes)) {
        if (!known.has(ends)) known.set(ends, { of: connection.packets, stage });
      }
    }
    const found = known.get(tupleOf(packet));
    if (found === undefined) others++;
    else found.of.push({ captured, stage: stageOf(captured, found.stage, found.of) });
  }
  return { connections, others };
}

/** Of a file that knows interfaces by number alone the node's files tell the name. */
function named(captured: CapturedPacket, { node }: Analysis): CapturedPacket {
  const { interfaceIndex, packet, direction } = captured;
  if (interfaceIndex === null) return captured;
  const interfaces = [...(node.interfaces ?? node.glimpsed ?? new Map<string, never>()).values()];
  const name = interfaces.find(({ index }) => index === interfaceIndex)?.name ?? null;
  return { ...captured, packet: onInterface(packet, name, direction) };
}

/** Whether a packet can be the first of its connection. */
function begins({ protocol, flags, icmpType }: SeenPacket): boolean {
  if (protocol === 'tcp') return flags.includes('SYN') && !flags.includes('ACK');
  return protocol !== 'icmp' || icmpType === 8 || icmpType === 128;
}

function ownTrace(
  captured: CapturedPacket,
  analysis: Analysis,
): Pick<LaidConnection, 'outcomes' | 'problem'> {
  const { packet } = captured;
  const reading = readForm(formOfCaptured(captured), analysis);
  if (reading.kind === 'errors') {
    return { outcomes: [], problem: reading.errors.map(({ message }) => message).join(' ') };
  }
  const answer = answerOf(analysis, reading.flow);
  return answer === null
    ? { outcomes: [], problem: `There are no rules of IPv${packet.family}.` }
    : { outcomes: answer.outcomes, problem: null };
}

/** Both ends of a packet of one protocol, and which stage a packet with them is of. */
function tuplesOf(packet: SeenPacket, outcomes: readonly Outcome[]): readonly (readonly [string, Stage])[] {
  const ends = [packet.source, packet.sourcePort, packet.destination, packet.destinationPort] as const;
  const translated = outcomes.flatMap((outcome) => translatedEnds(packet, outcome));
  return [
    [tuple(packet.protocol, ...ends), 'request-before'],
    [reversed(packet.protocol, ...ends), 'reply-after'],
    ...translated.flatMap((each): readonly (readonly [string, Stage])[] => [
      [tuple(packet.protocol, ...each), 'request-after'],
      [reversed(packet.protocol, ...each), 'reply-before'],
    ]),
  ];
}

type Ends = readonly [string, number | null, string, number | null];

/** A source port that the kernel picks at random is most often the one that the packet has. */
function translatedEnds(packet: SeenPacket, { source, destination }: Outcome): readonly Ends[] {
  if (source === null || destination === null) return [];
  const port = source.port === '*' ? packet.sourcePort : source.port;
  const to = destination.port === '*' ? null : destination.port;
  return [[source.address, port, destination.address, to]];
}

function tuple(protocol: string, ...[source, sourcePort, destination, destinationPort]: Ends): string {
  return [protocol, source, sourcePort ?? '', destination, destinationPort ?? ''].join(' ');
}

function reversed(protocol: string, ...[source, sourcePort, destination, destinationPort]: Ends): string {
  return tuple(protocol, destination, destinationPort, source, sourcePort);
}

function tupleOf({ protocol, source, sourcePort, destination, destinationPort }: SeenPacket): string {
  return tuple(protocol, source, sourcePort, destination, destinationPort);
}

/** Where nothing is translated the direction tells: what goes out has passed the rules. */
function stageOf({ direction }: CapturedPacket, stage: Stage, before: readonly LaidPacket[]): Stage {
  if (direction !== 'out') return stage;
  if (stage === 'request-before' && before.some((each) => each.captured.direction === 'in'))
    return 'request-after';
  return stage;
}
