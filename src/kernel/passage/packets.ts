import { parseAddress } from '../../values/address.ts';
import { question } from '../answers.ts';
import { uplinksOf } from '../arrival.ts';
import { interfaceFact } from '../facts.ts';
import { interfaceOf } from '../node/addressTypes.ts';
import { tcpFlagBits } from '../conntrack/tcp.ts';
import type { Flow } from '../flow.ts';
import {
  DCCP,
  hasPorts,
  ICMP,
  ICMPV6,
  type HeaderState,
  type InterfaceName,
  type Packet,
  SCTP,
  TCP,
} from '../packet.ts';
import { protocolNumber } from '../protocols.ts';
import { quotedEnds } from '../quoted.ts';
import type { Run } from '../run.ts';
import { type FlowParts, HIGH_PORT } from './flowParts.ts';

/** The packet of a flow as it reaches the node. Throws a RangeError for what `readFlow` would have refused. */
export function packetOf(run: Run, flow: Flow): Packet {
  const { from, to, family, packet: details } = flow;
  const parts = run.shared.flows.partsOf(flow);
  const { protocol } = parts;
  const ported = hasPorts(protocol);
  const isIcmpPacket = protocol === ICMP || protocol === ICMPV6;
  const destination = parts.destination.value;
  const input = inputOf(run, flow, parts);
  const arrived: HeaderState = {
    source: parts.source?.value ?? 0n,
    destination,
    sourcePort: ported ? (from.port ?? HIGH_PORT) : null,
    destinationPort: ported ? (to.port ?? 0) : null,
    tos: details?.tos ?? 0,
    rewrites: 0,
  };
  // Written out: to an object that begins as a spread V8 adds each of the others by a move of them all.
  return {
    source: arrived.source,
    destination,
    sourcePort: arrived.sourcePort,
    destinationPort: arrived.destinationPort,
    tos: arrived.tos,
    rewrites: 0,
    arrived,
    family,
    protocol,
    mark: flow.mark ?? 0,
    priority: input === null ? null : 0,
    ttl: details?.ttl ?? 64,
    length: lengthOf(flow, protocol),
    lengthAssumed: details?.length === undefined,
    tcpFlags: protocol === TCP ? tcpFlagBits(details?.tcpFlags ?? ['SYN']) : 0,
    icmpType: isIcmpPacket ? (details?.icmpType ?? (family === 4 ? 8 : 128)) : null,
    icmpCode: details?.icmpCode ?? 0,
    icmpId: details?.icmpId ?? null,
    quote: details?.quote ?? null,
    quoted: quotedEnds(details?.quote),
    input,
    output: null,
    way: null,
    gateway: undefined,
    route: undefined,
    outputOf: input === null ? 'departure' : 'output',
    departedTo: input === null ? destination : null,
    physicalInput: null,
    physicalOutput: null,
    bridged: false,
    sourceMac: flow.sourceMac?.toLowerCase() ?? null,
    pastNode: details?.l2 === 'bridged',
    leftNat: false,
    lostRoute: false,
    socket: null,
    isOwnCopy: false,
    portOf: null,
    isDamaged: false,
    local: input === null,
    uid: from.uid ?? null,
    gid: from.gid ?? null,
    connection: null,
    template: null,
    direction: 'original',
    state: null,
    given: flow.state ?? null,
    masqueraded: false,
    balanced: null,
    sourceUnknown: from.address === null,
    destinationUnknown: false,
  };
}

/** Where it comes in: as given, or worked out from the routes to its source; null = the node makes it. */
function inputOf(run: Run, flow: Flow, { arrival, arrivalKey }: FlowParts): InterfaceName {
  const { interface: given, address } = flow.from;
  if (given !== undefined) return given;
  if (arrival === null || address === null) return null;
  if (typeof arrival.interface === 'string') {
    return arrival.byDefault === true ? wayIn(run, flow, arrival.interface) : arrival.interface;
  }
  run.assume(
    arrivalKey,
    'arrival-unknown',
    () =>
      `By which interface packets of ${address} come in is not known; rules that ask for one are open questions.`,
  );
  return undefined;
}

/**
 * On a node with several ways in: the one that the default route leads back by, aloud; or, where the packet goes to the
 * address of another one, that one as well.
 */
function wayIn(run: Run, { family, from, to }: Flow, byRoute: string): string {
  const others = uplinksOf(run.node, family).filter((name) => name !== byRoute);
  const address = parseAddress(to.address);
  if (others.length === 0 || address === null) return byRoute;
  const own = interfaceOf(run.node, address);
  if (own !== null && others.includes(own)) {
    const claim = `the packet comes in by ${own}, which has ${to.address}`;
    const message = `Whether ${claim}, or by ${byRoute}, by which an answer to ${from.address ?? 'it'} leaves, is not known.`;
    const is = [interfaceFact('input', { name: own, prefix: false }, run.scope)];
    return run.ask(question(`input:${own}`, 'arrival-unknown', message, claim, { is })) ? own : byRoute;
  }
  const message = `The packet is taken to come in by ${byRoute}, by which an answer to ${from.address ?? 'it'} leaves; the node has other ways in (${others.join(', ')}).`;
  run.assume(`arrival:${from.address ?? ''}`, 'arrival-assumed', message);
  return byRoute;
}

/** As given, else headers only; an SCTP packet has an INIT chunk, one of DCCP is a REQUEST, an ICMP error has what it quotes. */
function lengthOf({ family, packet }: Flow, protocol: number | null): number {
  if (packet?.length !== undefined) return packet.length;
  const header = family === 4 ? 20 : 40;
  const quote = packet?.quote;
  if (quote !== undefined) return header + 8 + lengthOf(quote, protocolNumber(quote.protocol, family));
  if (protocol === TCP || protocol === DCCP) return header + 20;
  return header + (protocol === SCTP ? 32 : 8);
}
