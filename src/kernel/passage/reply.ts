/** The answer to a packet that got through: what it is, and how it comes back, as far as this node can tell. */
import { type Address, formatAddress } from '../../values/address.ts';
import { inverseIcmpType, opensConnection } from '../conntrack/icmp.ts';
import { leadsToPods } from '../arrival.ts';
import { type Question, question } from '../answers.ts';
import { interfaceFact } from '../facts.ts';
import type { Flow, FlowSource, PacketDetails, TcpFlag } from '../flow.ts';
import { isIPv4Loopback } from '../node/addressTypes.ts';
import type { RouteResult } from '../node/node.ts';
import { addressType, lookupRoute } from '../node/routing.ts';
import { addressOf, hasPorts, isIcmp, type Packet, TCP } from '../packet.ts';
import { PICKED_PORT, type Port } from '../port.ts';
import type { ReplyWay } from '../replies.ts';
import type { Run } from '../run.ts';
import { isBridge } from '../node/bridges.ts';
import type { PacketResult } from './travel.ts';

/** How the answer to `packet`, which passed as `result` says, comes back. */
export function replyWayOf(run: Run, flow: Flow, packet: Packet, result: PacketResult): ReplyWay {
  const details = answerTo(packet);
  const isUnanswered = details === null || packet.isDamaged;
  if (isUnanswered || isOfMany(run, addressOf(packet, 'destination'))) return { kind: 'not-awaited' };
  if (!packet.local && isOfMany(run, asCame(packet))) return { kind: 'to-many' };
  const isUnknown = packet.connection?.sourceUnknown ?? packet.sourceUnknown;
  if (isUnknown) return { kind: 'open' };
  const answer = (from: Partial<FlowSource>, more: PacketDetails = {}): Flow => ({
    family: packet.family,
    from: {
      kind: 'external',
      address: formatAddress(addressOf(packet, 'destination')),
      port: plainPort(packet, packet.destinationPort),
      ...from,
    },
    to: {
      address: formatAddress(addressOf(packet, 'source')),
      port: plainPort(packet, packet.sourcePort),
    },
    protocol: flow.protocol,
    packet: { ...details, ...more },
    ...(flow.state === 'untracked' ? { state: flow.state } : {}),
  });
  if (result.verdict === 'local') {
    return { kind: 'through', flow: answer({ kind: 'node', interface: null }), sure: true };
  }
  if (isItself(packet)) return { kind: 'itself' };
  return wayBack(run, packet, result.interface, answer);
}

/** The packet that answers; null where none does. Headers only. */
function answerTo(packet: Packet): PacketDetails | null {
  if (packet.quote !== null) return null;
  if (isIcmp(packet)) {
    const type = packet.icmpType ?? 0;
    const icmpType = opensConnection(packet.family, type) ? inverseIcmpType(packet.family, type) : null;
    return icmpType === null ? null : queryAnswer(packet, icmpType);
  }
  if (packet.protocol !== TCP) return {};
  const tcpFlags = tcpAnswer(packet.tcpFlags);
  return tcpFlags === null ? null : { tcpFlags };
}

/** The code is the query's; so is the identifier, as it left. */
function queryAnswer({ icmpCode, icmpId, connection }: Packet, icmpType: number): PacketDetails {
  const id = connection?.reply.icmp?.id ?? icmpId;
  return { icmpType, icmpCode, ...(typeof id === 'number' ? { icmpId: id } : {}) };
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Only what opens a connection, or goes on with one, awaits something. */
function tcpAnswer(flags: number): readonly TcpFlag[] | null {
  const kind = flags & (FIN | SYN | RST | ACK);
  if (kind === SYN) return ['SYN', 'ACK'];
  return kind === ACK ? ['ACK'] : null;
}

/** Broadcasts and multicasts are answered by many, with addresses of their own, or by nobody. */
function isOfMany(run: Run, address: Address): boolean {
  const type = addressType(run.node, address);
  return type === 'BROADCAST' || type === 'MULTICAST';
}

/** Who sent it, before its source was translated. */
function asCame({ family, arrived }: Packet): Address {
  return { family, value: arrived.source };
}

/** The receiver takes the source for its own address: it drops the packet, or answers itself. */
function isItself(packet: Packet): boolean {
  if (packet.sourceUnknown) return false;
  return packet.source === packet.destination || isLoopback(addressOf(packet, 'source'));
}

function isLoopback({ family, value }: Address): boolean {
  return family === 4 ? isIPv4Loopback(value) : value === 1n;
}

function plainPort(packet: Packet, port: Port): number | null {
  if (!hasPorts(packet.protocol)) return null;
  return typeof port === 'number' ? port : PICKED_PORT;
}

/**
 * Who answers sends to the source that it saw: to an address of this node it comes back by where the packet left. To
 * another it comes back where this node stands between the two, and not where both are on one network, or behind gateways.
 */
function wayBack(
  run: Run,
  packet: Packet,
  output: string | null,
  answer: (from: Partial<FlowSource>, more?: PacketDetails) => Flow,
): ReplyWay {
  const by = output === null ? {} : { interface: output };
  const source = addressOf(packet, 'source');
  const toReceiver = routeTo(run, addressOf(packet, 'destination'));
  if (packet.sourceUnknown || addressType(run.node, source) === 'LOCAL') {
    const other = packet.sourceUnknown ? null : otherWayIn(run, source, output, toReceiver);
    const isOther = other !== null && run.ask(comesInBy(other, addressOf(packet, 'destination')));
    return { kind: 'through', flow: answer(isOther ? { interface: other } : by), sure: true };
  }
  const toSource = routeTo(run, source);
  if (toReceiver?.kind !== 'found' || toSource?.kind !== 'found') {
    if (typeof packet.input === 'string') learnWayOut(run, packet, packet.input);
    return { kind: 'through', flow: answer(by), sure: packet.local };
  }
  if (toReceiver.interface !== toSource.interface) {
    const near = toReceiver.gateway === null || toSource.gateway === null;
    return near ? { kind: 'through', flow: answer(by), sure: true } : { kind: 'past', by: null };
  }
  if (toReceiver.gateway !== null || toSource.gateway !== null) return { kind: 'past', by: null };
  const name = toReceiver.interface;
  return isBridge(run.node, name)
    ? { kind: 'through', flow: answer({ interface: name }, { l2: 'bridged' }), sure: true }
    : { kind: 'past', by: name };
}

/** Where no route tells by what an answer leaves, it is taken to be where its packet came in. */
function learnWayOut(run: Run, packet: Packet, name: string): void {
  const receiver = formatAddress(addressOf(packet, 'destination'));
  const fact = interfaceFact('output', { name, prefix: false }, `${receiver}/`);
  if (run.knowledge.holds(fact) !== null) return;
  run.knowledge.learn(fact, true);
  run.assume(
    `reply-output:${name}`,
    'reply-way-assumed',
    `The answer of ${receiver} is taken to leave by ${name}, where its packet came in.`,
  );
}

/**
 * The interface that has the address, where that is not the one that the packet left by, and the receiver may send to it by
 * a way of its own: behind a gateway (a tunnel out, plain packets back), or on a network whose hosts have another router.
 */
function otherWayIn(
  run: Run,
  { value }: Address,
  output: string | null,
  toReceiver: RouteResult | null,
): string | null {
  if (output === null || toReceiver?.kind !== 'found') return null;
  if (toReceiver.gateway === null && leadsToPods(run.node, output)) return null;
  const owners = [...(run.node.interfaces?.values() ?? [])].filter(
    ({ loopback, addresses }) => !loopback && addresses.some(({ address }) => address.value === value),
  );
  const [owner] = owners;
  const isOutput = owners.some(({ name }) => name === output);
  // Nobody but pods is on a network of pods: what others send to the node's address there comes by where they are.
  return owner === undefined || isOutput || leadsToPods(run.node, owner.name) ? null : owner.name;
}

function comesInBy(name: string, receiver: Address): Question {
  const text = formatAddress(receiver);
  return question(
    `reply-input:${name}`,
    'reply-way-unknown',
    `Whether the answer of ${text} comes in by ${name}, which has the address that it goes to, or by where the packet left is not known.`,
    `the answer of ${text} comes in by ${name}`,
  );
}

function routeTo(run: Run, destination: Address): RouteResult | null {
  const query = { destination, source: null, inputInterface: null, outputInterface: null, mark: 0, tos: 0 };
  return lookupRoute(run.node, destination.family, query);
}
