import type { Option } from '../../../rules/iptables/nodes.ts';
import { readOwner } from '../../../values/names.ts';
import { type Answer, negateIf, question } from '../../../kernel/answers.ts';
import { ownerFact as factOfOwner } from '../../../kernel/facts.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m owner --uid-owner 0`: xt_owner.c. A packet without a socket (forwarded, or the kernel's own) matches only `!`. */
export const owner = eachOption({
  '--uid-owner': idReader('uid', 'user'),
  '--gid-owner': idReader('gid', 'group'),
  '--socket-exists': () => ({
    test: (packet) => packet.local,
    fact: (packet) =>
      packet.local ? 'a process made the packet' : 'no process of this node made the packet',
    wanted: 'a packet of a process',
  }),
});

function idReader(field: 'uid' | 'gid', noun: string): OptionReader {
  return (option) => {
    const wanted = valueIn(readOwner(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet) => {
        if (!packet.local) return false;
        const id = packet[field];
        if (id === null || wanted.kind === 'name') return ownerQuestion(option, noun);
        return id >= wanted.ids.from && id <= wanted.ids.to;
      },
      fact: (packet) => ownerFact(packet, field, noun),
      wanted: word(option),
    };
  };
}

function ownerQuestion(option: Option, noun: string): Answer {
  const what = `the sending process runs as ${noun} ${word(option)}`;
  return negateIf(
    false,
    question(`owner:${noun}:${word(option)}`, 'owner-unknown', `Whether ${what} is not known.`, what, {
      is: [factOfOwner(noun, word(option))],
    }),
  );
}

function ownerFact(packet: Packet, field: 'uid' | 'gid', noun: string): string {
  if (!packet.local) return 'no process of this node made the packet';
  return packet[field] === null
    ? `the sender’s ${noun} is not known`
    : `the sender runs as ${noun} ${packet[field]}`;
}
