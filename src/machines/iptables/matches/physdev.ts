import { readInterface } from '../../../values/names.ts';
import { negateIf, question } from '../../../kernel/answers.ts';
import { interfaceFact, plainFact } from '../../../kernel/facts.ts';
import type { InterfaceName, Packet } from '../../../kernel/packet.ts';
import { testInterface } from './general.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m physdev --physdev-in veth+ --physdev-is-bridged`: xt_physdev.c. */
export const physdev = eachOption({
  '--physdev-in': portReader('physicalInput', 'came in by'),
  '--physdev-out': portReader('physicalOutput', 'goes out by'),
  '--physdev-is-in': presenceReader('physicalInput', 'a packet that came in by a bridge port'),
  '--physdev-is-out': presenceReader('physicalOutput', 'a packet that goes out by a bridge port'),
  '--physdev-is-bridged': presenceReader('physicalOutput', 'a bridged packet'),
});

type Side = 'physicalInput' | 'physicalOutput';

function presenceReader(side: Side, wanted: string): OptionReader {
  return () => ({
    test: (packet) => {
      if (side === 'physicalInput' && mayBeOnBridge(packet)) return bridgeQuestion();
      return packet[side] !== null;
    },
    fact: (packet) =>
      packet[side] === null ? 'the packet is not on a bridge here' : 'the packet is on a bridge',
    wanted,
  });
}

/** Where the packet comes in is not known: that may be a bridge, whose port br_netfilter then knows. */
function mayBeOnBridge(packet: Packet): boolean {
  return packet.input === undefined && !packet.local && packet.physicalInput === null;
}

function bridgeQuestion(): ReturnType<typeof question> {
  const claim = 'the packet comes in by a port of a bridge';
  const message = `Whether ${claim} is not known: the interface that it comes in by is not.`;
  return question('bridge:input', 'bridge-port-unknown', message, claim, { is: [ON_BRIDGE] });
}

const ON_BRIDGE = plainFact('bridge:input');

function portReader(side: Side, verb: string): OptionReader {
  return (option) => {
    const pattern = valueIn(readInterface(word(option)));
    if (pattern === null) return null;
    return {
      test: (packet) => {
        if (side === 'physicalInput' && mayBeOnBridge(packet)) {
          return askedOnBridge(pattern, word(option), verb);
        }
        if (packet[side] !== null) return testPort(packet[side], pattern, side, verb, word(option));
        // Off the bridge only a negated option matches. On it, who has no port to come in by passes any `--physdev-in`,
        // and who has none to go out by no `--physdev-out`, negated or not.
        return isOnBridge(packet) ? negateIf(option.negation !== null, side === 'physicalInput') : false;
      },
      fact: (packet) =>
        packet[side] === null
          ? 'the packet is not on a bridge here'
          : `the packet ${verb} ${packet[side] ?? 'a port that is not known'}`,
      wanted: word(option),
    };
  };
}

/** Who came in by a port is on a bridge; off it, as by another port, only a negated option matches. */
function askedOnBridge(
  pattern: { readonly name: string; readonly prefix: boolean },
  text: string,
  verb: string,
): ReturnType<typeof question> {
  const claim = `the packet ${verb} bridge port ${text}`;
  return question(`physicalInput:${text}`, 'bridge-port-unknown', `Whether ${claim} is not known.`, claim, {
    is: [interfaceFact('physicalInput', pattern)],
    needs: [ON_BRIDGE],
  });
}

function testPort(
  name: InterfaceName,
  pattern: { readonly name: string; readonly prefix: boolean },
  side: Side,
  verb: string,
  text: string,
): ReturnType<typeof testInterface> {
  const claim = `the packet ${verb} bridge port ${text}`;
  return testInterface(name, pattern, () =>
    question(`${side}:${text}`, 'bridge-port-unknown', `Whether ${claim} is not known.`, claim, {
      is: [interfaceFact(side, pattern)],
    }),
  );
}

function isOnBridge(packet: Packet): boolean {
  return packet.physicalInput !== null || packet.physicalOutput !== null;
}
