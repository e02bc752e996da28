import { lookup } from '../../../text/lookup.ts';
import type { Option } from '../../../rules/iptables/nodes.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import { readInterface, readProtocol } from '../../../values/names.ts';
import type { Answer } from '../../../kernel/answers.ts';
import { interfaceQuestion } from '../../../kernel/passage/interfaceAsked.ts';
import type { InterfaceName, Packet } from '../../../kernel/packet.ts';
import { protocolName } from '../../../kernel/protocols.ts';
import { networkReader } from './addresses.ts';
import {
  type CompiledMatch,
  compileCondition,
  type OptionReader,
  ruleWords,
  type RuleContext,
  unknownOption,
} from './match.ts';
import { valueIn, word } from './reading.ts';

/** The counters of `iptables -S -v` (`-c 4 240`) and the program that loads modules ask nothing of a packet. */
const noConditions: ReadonlySet<string> = new Set(['-c', '-M']);

/** The options that need no match: `-s -d -p -i -o -f`. */
export function generalMatches(options: readonly Option[], context: RuleContext): readonly CompiledMatch[] {
  return options.flatMap((option) => {
    const name = canonicalName(option);
    if (noConditions.has(name)) return [];
    const condition = readers[name]?.(option, context) ?? null;
    return [condition === null ? unknownOption(option, context) : compileCondition(option, condition)];
  });
}

const protocolReader: OptionReader = (option) => {
  const protocol = valueIn(readProtocol(word(option)));
  if (protocol === null) return null;
  return {
    test: (packet) => protocol === 0 || packet.protocol === protocol,
    fact: (packet) => `the packet is ${protocolName(packet.protocol)}`,
    wanted: word(option),
  };
};

function interfaceReader(end: 'input' | 'output'): OptionReader {
  return (option, context) => {
    const pattern = valueIn(readInterface(word(option)));
    if (pattern === null) return null;
    return {
      test: (packet, run) =>
        testInterface(packet[end], pattern, () =>
          interfaceQuestion({ end, pattern, text: word(option), rule: ruleWords(context) }, packet, run),
        ),
      fact: (packet) => interfaceFact(end, packet),
      wanted: word(option),
    };
  };
}

/** Whether an interface fits a pattern. A hook without such an interface has an empty name. */
export function testInterface(
  name: InterfaceName,
  pattern: { readonly name: string; readonly prefix: boolean },
  unknown: () => Answer,
): Answer {
  if (name === undefined) return pattern.prefix && pattern.name === '' ? true : unknown();
  const text = name ?? '';
  return pattern.prefix ? text.startsWith(pattern.name) : text === pattern.name;
}

function interfaceFact(end: 'input' | 'output', packet: Packet): string {
  const name = packet[end];
  if (end === 'input') {
    if (name === null) return packet.local ? 'the node itself made the packet' : 'no interface is known here';
    return name === undefined ? 'the interface is not known' : `the packet came in by ${name}`;
  }
  if (name === null) return 'the packet has no way out yet';
  return name === undefined ? 'the interface is not known' : `the packet goes out by ${name}`;
}

/** No trace has fragments: conntrack puts them together before the rules see them. */
const fragmentReader: OptionReader = () => ({
  test: () => false,
  fact: () => 'the packet is no fragment',
  wanted: 'a further fragment',
});

/** A rule of the other family is not loaded at all: to the packets of this one it is as one that never matches. */
function familyReader(family: 4 | 6): OptionReader {
  return () => ({
    test: (packet) => packet.family === family,
    fact: (packet) => `the packet is IPv${packet.family}`,
    wanted: `IPv${family}`,
  });
}

const readers: Readonly<Record<string, OptionReader>> = lookup({
  '-s': networkReader('source'),
  '-d': networkReader('destination'),
  '-p': protocolReader,
  '-i': interfaceReader('input'),
  '-o': interfaceReader('output'),
  '-f': fragmentReader,
  '-4': familyReader(4),
  '-6': familyReader(6),
});
