import { formatAddress, type Network, prefixMask } from '../../../values/address.ts';
import { readNetworks, readNumericRange } from '../../../values/networks.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Answer } from '../../../kernel/answers.ts';
import { redirectedQuestion, sourceQuestionOf } from '../../../kernel/passage/addressAsked.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import {
  type CompiledMatch,
  type Condition,
  conditionMatch,
  eachOption,
  type OptionReader,
  type RuleContext,
  UNPLACED,
} from './match.ts';
import { valueIn, word } from './reading.ts';

type End = 'source' | 'destination';

/** `-s 10.0.0.0/8`, `-d 10.96.0.10` */
export function networkReader(end: End): OptionReader {
  return (option, context) => {
    const networks = valueIn(readNetworks(word(option), context.family));
    if (networks === null) return null;
    return networkCondition(end, networks, word(option), context);
  };
}

/** As `! -s 10.0.0.0/8`, by its bare text; null for one that makes no sense. Its place is not told. */
export function networkMatch(
  end: End,
  negated: boolean,
  text: string,
  context: RuleContext,
): CompiledMatch | null {
  const networks = valueIn(readNetworks(text, context.family));
  if (networks === null) return null;
  return conditionMatch(UNPLACED, negated, networkCondition(end, networks, text, context));
}

function networkCondition(
  end: End,
  networks: readonly Network[],
  text: string,
  context: RuleContext,
): Condition {
  const [first] = networks;
  const span = networks.length === 1 && first !== undefined ? spanOf(first) : null;
  return {
    test: (packet, run) => {
      if (isUnknown(packet, end)) return ownQuestion(packet, end, text, context, run);
      if (span !== null) return span.from <= packet[end] && packet[end] <= span.to;
      return networks.some((network) => holds(network, packet[end]));
    },
    fact: end === 'source' ? sourceFact : destinationFact,
    wanted: text.replace(/\/(32|128)$/, ''),
  };
}

/** Of a mask without holes, which to compare with makes no numbers. */
function spanOf({ family, value, mask }: Network): { readonly from: bigint; readonly to: bigint } | null {
  const host = prefixMask(family, family === 4 ? 32 : 128) ^ mask;
  const isPlain = (host & (host + 1n)) === 0n && (value & mask) === value;
  return isPlain ? { from: value, to: value | host } : null;
}

function holds(network: Network, address: bigint): boolean {
  return (address & network.mask) === network.value;
}

function isUnknown(packet: Packet, end: End): boolean {
  return end === 'source' ? packet.sourceUnknown : packet.destinationUnknown;
}

function ownQuestion(packet: Packet, end: End, wanted: string, context: RuleContext, run: Run): Answer {
  return end === 'source' ? sourceQuestion(packet, wanted, context, run) : redirectedQuestion(packet, wanted);
}

/** Rules that end in these let the packet go on as it was going: who is singled out by them is masqueraded, marked or counted. */
const passing: ReadonlySet<string> = new Set([
  'MASQUERADE',
  'SNAT',
  'NETMAP',
  'MARK',
  'CONNMARK',
  'LOG',
  'NFLOG',
]);

/** As `sourceQuestionOf` asks it, of a packet that has one of the node's own addresses. */
export function sourceQuestion(
  packet: Pick<Packet, 'family' | 'masqueraded'>,
  wanted: string,
  { rule }: Pick<RuleContext, 'rule'>,
  run: Run,
): Answer {
  const decides = rule.target !== null && !passing.has(canonicalName(rule.target));
  return sourceQuestionOf(packet, wanted, decides, run);
}

/** What is so of the packet's address: "the packet goes to 10.96.12.3". */
const sourceFact = addressFact('source');
const destinationFact = addressFact('destination');

function addressFact(end: End): Condition['fact'] {
  return (packet) => {
    if (isUnknown(packet, end)) {
      return `the packet ${end === 'source' ? 'comes from' : 'goes to'} an address of the node`;
    }
    const text = formatAddress({ family: packet.family, value: packet[end] });
    return end === 'source' ? `the packet comes from ${text}` : `the packet goes to ${text}`;
  };
}

/** `-m iprange --src-range 10.0.0.1-10.0.0.9` */
export const iprange = eachOption({
  '--src-range': rangeReader('source'),
  '--dst-range': rangeReader('destination'),
});

function rangeReader(end: End): OptionReader {
  return (option, context) => {
    const range = valueIn(readNumericRange(word(option), context.family));
    if (range === null) return null;
    return {
      test: (packet, run) => {
        if (isUnknown(packet, end)) return ownQuestion(packet, end, word(option), context, run);
        return packet[end] >= range.from && packet[end] <= range.to;
      },
      fact: addressFact(end),
      wanted: word(option),
    };
  };
}
