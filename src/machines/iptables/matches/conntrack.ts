import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Option } from '../../../rules/iptables/nodes.ts';
import { readConntrackStates, readConntrackStatuses } from '../../../rules/iptables/values/conntrack.ts';
import { readProtocol } from '../../../values/names.ts';
import { readNetwork } from '../../../values/networks.ts';
import { readPortRange } from '../../../values/ports.ts';
import { MAX_16, type NumberRange } from '../../../values/numbers.ts';
import { type Answer, negateIf, question } from '../../../kernel/answers.ts';
import type { Connection, Tuple } from '../../../kernel/conntrack/connection.ts';
import type { Direction } from '../../../kernel/conntrack/zone.ts';
import { ICMP_ID } from '../../../kernel/conntrack/table.ts';
import { numberFact } from '../../../kernel/facts.ts';
import { hasTrackedPorts, type Packet } from '../../../kernel/packet.ts';
import type { Port } from '../../../kernel/port.ts';
import type { Run } from '../../../kernel/run.ts';
import { sourceQuestion } from './addresses.ts';
import { type Condition, eachOption, type OptionReader, type RuleContext } from './match.ts';
import { testPicked } from '../../../kernel/nat/pickedPorts.ts';
import { valueIn, word } from './reading.ts';

const stateReader: OptionReader = (option) => {
  const states = valueIn(readConntrackStates(word(option)));
  if (states === null) return null;
  const wanted = new Set<string>(states);
  return {
    test: (packet) => statesOf(packet).some((state) => wanted.has(state)),
    fact: stateFact,
    wanted: states.join(' or '),
  };
};

/** xt_conntrack: besides the state a packet may count as SNAT or DNAT. */
function statesOf(packet: Packet): readonly string[] {
  const { connection } = packet;
  const states: string[] = [packet.state ?? 'INVALID'];
  if (connection?.sourceNat === true) states.push('SNAT');
  if (connection?.destinationNat === true) states.push('DNAT');
  return states;
}

function stateFact(packet: Packet): string {
  const [state = 'INVALID', ...translated] = statesOf(packet);
  const also = translated.length === 0 ? '' : ` (${translated.join(' and ')})`;
  return `the packet’s state is ${state}${also}`;
}

/**
 * A condition on the connection. For a packet without one, conntrack_mt looks at the state alone: a rule that asks for a
 * state is not asked anything else, and one that does not never matches, negated or not.
 */
function ofConnection(
  option: Option,
  context: RuleContext,
  test: (connection: Connection, direction: Direction, run: Run) => Answer,
  fact: (connection: Connection, direction: Direction) => string,
): Condition {
  const match = context.rule.matches.find(({ options }) => options.includes(option));
  const without = match !== undefined && optionNamed(match.options, '--ctstate') !== null;
  return {
    test: ({ connection, direction }, run) =>
      connection === null ? negateIf(option.negation !== null, without) : test(connection, direction, run),
    fact: ({ connection, direction }) =>
      connection === null ? 'the packet has no connection' : fact(connection, direction),
    wanted: word(option),
  };
}

type TupleEnd = 'source' | 'destination';

function addressReader(direction: Direction, end: TupleEnd): OptionReader {
  return (option, context) => {
    const network = valueIn(readNetwork(word(option), context.family));
    if (network === null) return null;
    const isSource = (direction === 'original') === (end === 'source');
    return ofConnection(
      option,
      context,
      (connection, _, run) =>
        isSource && connection.sourceUnknown
          ? sourceQuestion({ family: context.family, masqueraded: false }, word(option), context, run)
          : (tuple(connection, direction)[end] & network.mask) === network.value,
      () => `the connection’s ${direction} ${end} is another`,
    );
  };
}

function portReader(direction: Direction, end: TupleEnd): OptionReader {
  return (option, context) => {
    const range = valueIn(readPortRange(word(option)));
    if (range === null) return null;
    return ofConnection(
      option,
      context,
      (connection) => testPart(connection, direction, end, range),
      (connection) => {
        const port = partOf(tuple(connection, direction), end);
        return `the connection’s ${direction} ${end} port is ${port ?? 'not known'}`;
      },
    );
  };
}

function testPart(connection: Connection, direction: Direction, end: TupleEnd, range: NumberRange): Answer {
  const own = tuple(connection, direction);
  const part = partOf(own, end);
  if (typeof part === 'number') return part >= range.from && part <= range.to;
  if (own.icmp !== null) return testId(part, range);
  // Only answers have a port that was picked: it took the place of the other end's.
  return end === 'destination'
    ? testPicked(connection.pickedSourcePorts, 'source', [range])
    : testPicked(connection.pickedDestinationPorts, 'destination', [range]);
}

/**
 * What stands where ports do: of ICMP the identifier, and type and code as one number; nothing, of protocols without either
 * (struct nf_conntrack_tuple, `src.u.all` and `dst.u.all`). Null where it is not known.
 */
function partOf({ protocol, sourcePort, destinationPort, icmp }: Tuple, end: TupleEnd): Port {
  if (icmp !== null) return end === 'source' ? icmp.id : icmp.type * 256 + icmp.code;
  if (!hasTrackedPorts(protocol)) return (end === 'source' ? sourcePort : destinationPort) ?? 0;
  return end === 'source' ? sourcePort : destinationPort;
}

/** `'*'`: the kernel replaced the identifier by one of all. */
function testId(id: '*' | null, range: NumberRange): Answer {
  if (range.from === 0 && range.to === MAX_16) return true;
  const text = `${range.from}:${range.to}`;
  const variable = id === null ? ICMP_ID : `${ICMP_ID}:picked`;
  return question(
    `${variable}:${text}`,
    'icmp-id-unknown',
    `A rule asks whether the ICMP identifier is ${text}; the packet’s identifier is not known.`,
    `the ICMP identifier is one of ${text}`,
    { is: [numberFact(variable, [range], MAX_16)] },
  );
}

function tuple(connection: Connection, direction: Direction): Tuple {
  return direction === 'original' ? connection.original : connection.reply;
}

const protocolReader: OptionReader = (option, context) => {
  const protocol = valueIn(readProtocol(word(option)));
  if (protocol === null) return null;
  return ofConnection(
    option,
    context,
    (connection) => connection.original.protocol === protocol,
    () => 'the connection is of another protocol',
  );
};

const directionReader: OptionReader = (option, context) => {
  const wanted = word(option).toUpperCase();
  if (wanted !== 'ORIGINAL' && wanted !== 'REPLY') return null;
  return ofConnection(
    option,
    context,
    (_, direction) => direction.toUpperCase() === wanted,
    (_, direction) => `the packet goes in the ${direction} direction`,
  );
};

const statusReader: OptionReader = (option, context) => {
  const statuses = valueIn(readConntrackStatuses(word(option)));
  if (statuses === null) return null;
  const wanted = new Set<string>(statuses);
  return ofConnection(
    option,
    context,
    (connection) => hasStatus(connection, wanted),
    (connection) => `the connection’s status is ${[...statusesOf(connection)].join(', ') || 'none yet'}`,
  );
};

/** xt_conntrack compares the bits that are asked for; NONE asks for no bit, which no connection has. */
function hasStatus(connection: Connection, wanted: ReadonlySet<string>): boolean {
  const own = statusesOf(connection);
  return [...wanted].some((status) => own.has(status));
}

function statusesOf(connection: Connection): ReadonlySet<string> {
  const own = new Set<string>();
  if (connection.expected) own.add('EXPECTED');
  if (connection.seenReply) own.add('SEEN_REPLY');
  if (connection.assured) own.add('ASSURED');
  if (connection.confirmed) own.add('CONFIRMED');
  return own;
}

/** `-m conntrack --ctstate NEW --ctorigdst 10.96.0.10 --ctdir ORIGINAL`; `--ctexpire` depends on time: an open question. */
export const conntrack = eachOption({
  '--ctstate': stateReader,
  '--ctproto': protocolReader,
  '--ctorigsrc': addressReader('original', 'source'),
  '--ctorigdst': addressReader('original', 'destination'),
  '--ctreplsrc': addressReader('reply', 'source'),
  '--ctrepldst': addressReader('reply', 'destination'),
  '--ctorigsrcport': portReader('original', 'source'),
  '--ctorigdstport': portReader('original', 'destination'),
  '--ctreplsrcport': portReader('reply', 'source'),
  '--ctrepldstport': portReader('reply', 'destination'),
  '--ctdir': directionReader,
  '--ctstatus': statusReader,
});

/** `-m state --state NEW` */
export const state = eachOption({ '--state': stateReader });
