import type { Option } from '../../../rules/iptables/nodes.ts';
import { readOwner } from '../../../values/names.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import { ownerFact as factOfOwner } from '../../../kernel/facts.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

/**
 * `-m owner --uid-owner 0`: xt_owner.c. A packet without a socket (forwarded, or the kernel's own) matches only `!`. One that TPROXY
 * has given a socket keeps it while a bridge sends it on.
 */
export const owner = eachOption({
  '--uid-owner': idReader('uid', 'user'),
  '--gid-owner': idReader('gid', 'group'),
  '--socket-exists': () => ({
    test: (packet) => packet.local || packet.socket !== null,
    fact: (packet) => (packet.local ? 'a process made the packet' : socketWords(packet)),
    wanted: 'a packet of a process',
  }),
});

function idReader(field: 'uid' | 'gid', noun: string): OptionReader {
  return (option) => {
    const wanted = valueIn(readOwner(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet) => {
        const { socket } = packet;
        if (socket === null && !packet.local) return false;
        const id = socket === null ? packet[field] : (socket[field] ?? null);
        if (id !== null && wanted.kind !== 'name') return id >= wanted.ids.from && id <= wanted.ids.to;
        return socket === null ? ownerQuestion(option, noun) : listenerQuestion(option, noun);
      },
      fact: (packet) => ownerFact(packet, field, noun),
      wanted: word(option),
    };
  };
}

function ownerQuestion(option: Option, noun: string): Answer {
  const claim = `the sending process runs as ${noun} ${word(option)}`;
  const is = [factOfOwner(noun, word(option))];
  return question(`owner:${noun}:${word(option)}`, 'owner-unknown', `Whether ${claim} is not known.`, claim, {
    is,
  });
}

function listenerQuestion(option: Option, noun: string): Answer {
  const claim = `the process that TPROXY hands the packet to runs as ${noun} ${word(option)}`;
  const key = `listener:${noun}:${word(option)}`;
  return question(key, 'owner-unknown', `Whether ${claim} is not known.`, claim);
}

function socketWords({ socket }: Packet): string {
  return socket === null
    ? 'no process of this node made the packet'
    : 'TPROXY has given the packet a socket of this node';
}

function ownerFact(packet: Packet, field: 'uid' | 'gid', noun: string): string {
  if (!packet.local) return socketWords(packet);
  return packet[field] === null
    ? `the sender’s ${noun} is not known`
    : `the sender runs as ${noun} ${packet[field]}`;
}
