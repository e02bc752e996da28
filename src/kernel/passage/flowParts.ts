/** What a flow's words say of its packet: read once for a trace, however many ways it has. */
import { type Address, formatAddress, parseAddress } from '../../values/address.ts';
import { type ArrivalGuess, inferArrival } from '../arrival.ts';
import { type Fact, localFact } from '../facts.ts';
import type { Flow } from '../flow.ts';
import type { Node } from '../node/node.ts';
import { addressType } from '../node/routing.ts';
import { elsewhere, type Traffic } from '../node/traffic.ts';
import { hasPorts } from '../packet.ts';
import { protocolNumber } from '../protocols.ts';

/** A source port that nobody has a rule for. */
export const HIGH_PORT = 40000;

export interface FlowParts {
  readonly protocol: number;
  /** Null for a process that leaves it to routing. */
  readonly source: Address | null;
  readonly destination: Address;
  /** Where it comes in, as routes and addresses tell; null where the flow says it, or the node makes it. */
  readonly arrival: ArrivalGuess | null;
  /** The key of what is taken for granted of that. */
  readonly arrivalKey: string;
  /** "The source is an address of this node"; null where the node's files tell, and without a source. */
  readonly ownSource: Fact | null;
}

/** Of the flows of one trace. */
export class PartsOfFlows {
  readonly #node: Node;
  readonly #known = new Map<Flow, FlowParts>();

  constructor(node: Node) {
    this.#node = node;
  }

  /** Throws a RangeError for what `readFlow` would have refused. */
  partsOf(flow: Flow): FlowParts {
    let parts = this.#known.get(flow);
    if (parts === undefined) {
      parts = read(flow, this.#node);
      this.#known.set(flow, parts);
    }
    return parts;
  }
}

function read(flow: Flow, node: Node): FlowParts {
  const { from, to, family } = flow;
  const protocol = protocolNumber(flow.protocol, family);
  if (protocol === null) throw new RangeError(`no protocol ${flow.protocol}`);
  const source = from.address === null ? null : addressIn(from.address);
  const isGiven = from.interface !== undefined || from.kind === 'node' || source === null;
  const isKnown = source === null || addressType(node, source) !== null;
  return {
    protocol,
    source,
    destination: addressIn(to.address),
    arrival: isGiven ? null : inferArrival(node, family, source, answerTo(flow, protocol)),
    arrivalKey: `arrival:${from.address ?? ''}`,
    ownSource: isKnown ? null : localFact(formatAddress(source)),
  };
}

function addressIn(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new RangeError(`no address ${text}`);
  return address;
}

/** What an answer to the packet would be to policy rules; nobody's, as what comes in is. */
function answerTo({ from, to }: Flow, protocol: number): Traffic {
  const ported = hasPorts(protocol);
  return {
    protocol,
    sourcePort: ported ? (to.port ?? 0) : 0,
    destinationPort: ported ? (from.port ?? HIGH_PORT) : 0,
    uid: 0,
    ask: elsewhere(() => null),
  };
}
