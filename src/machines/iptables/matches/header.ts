/** Matches on the IP header and the frame: ttl, hl, dscp, tos, length, pkttype. */
import { readNumber, readRange, MAX_16, MAX_8 } from '../../../values/numbers.ts';
import { readPacketType } from '../../../values/names.ts';
import { readDscp, readDscpClass, readTos } from '../../../values/tos.ts';
import { presume } from '../../../kernel/answers.ts';
import { nameFact, numberFact } from '../../../kernel/facts.ts';
import { addressType } from '../../../kernel/node/routing.ts';
import { addressOf, type Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

function ttlReader(holds: (ttl: number, wanted: number) => boolean, relation: string): OptionReader {
  return (option) => {
    const wanted = valueIn(readNumber(word(option), MAX_8));
    if (wanted === null) return null;
    return {
      test: (packet) => holds(packet.ttl, wanted),
      fact: (packet) => `the packet’s ${packet.family === 4 ? 'TTL' : 'hop limit'} is ${packet.ttl}`,
      wanted: `${relation} ${wanted}`.trim(),
    };
  };
}

const equal = ttlReader((ttl, wanted) => ttl === wanted, '');
const less = ttlReader((ttl, wanted) => ttl < wanted, 'less than');
const greater = ttlReader((ttl, wanted) => ttl > wanted, 'greater than');

/** `-m ttl --ttl-lt 10` */
export const ttl = eachOption({ '--ttl-eq': equal, '--ttl-lt': less, '--ttl-gt': greater });

/** `-m hl --hl-gt 30` */
export const hl = eachOption({ '--hl-eq': equal, '--hl-lt': less, '--hl-gt': greater });

function dscpReader(read: typeof readDscp): OptionReader {
  return (option) => {
    const wanted = valueIn(read(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet) => packet.tos >> 2 === wanted,
      fact: (packet) => `the packet’s DSCP is ${packet.tos >> 2}`,
      wanted: word(option),
    };
  };
}

/** `-m dscp --dscp 0x2e`, `--dscp-class EF` */
export const dscp = eachOption({ '--dscp': dscpReader(readDscp), '--dscp-class': dscpReader(readDscpClass) });

/** `-m tos --tos 0x10/0x3f` */
export const tos = eachOption({
  '--tos': (option) => {
    const wanted = valueIn(readTos(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet) => (packet.tos & wanted.mask) === wanted.value,
      fact: (packet) => `the packet’s TOS is ${packet.tos}`,
      wanted: word(option),
    };
  },
});

/** `-m length --length 0:60`: the whole IP packet. */
export const length = eachOption({
  '--length': (option) => {
    const wanted = valueIn(readRange(word(option), MAX_16));
    if (wanted === null) return null;
    const claim = `the packet is ${word(option)} bytes long`;
    return {
      test: (packet, run) => {
        const fits = packet.length >= wanted.from && packet.length <= wanted.to;
        if (!packet.lengthAssumed) return fits;
        const message = `The packet’s length is not given; it is taken to be ${packet.length} bytes, without payload and options.`;
        // Packets before and after this one, and this one with an option more, have lengths of their own.
        const variable = `${run.scope}length:${packet.length}`;
        return presume(fits, `${variable}:${word(option)}`, 'length-assumed', message, claim, {
          is: [numberFact(variable, [wanted], MAX_16)],
        });
      },
      fact: (packet) => `the packet is ${packet.length} bytes long`,
      wanted: word(option),
    };
  },
});

/**
 * `-m pkttype --pkt-type broadcast`: of the frame, not of the address. A flow's frame is addressed to the node (or to a
 * neighbour on the bridge, which br_netfilter shows as its own); a broadcast or multicast packet may come either way.
 */
export const pkttype = eachOption({
  '--pkt-type': (option) => {
    const wanted = valueIn(readPacketType(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet, run) => {
        if (packet.isOwnCopy) return wanted === copyType(packet, run);
        const fits = wanted === 'unicast';
        if (packet.local || !isToMany(packet, run)) return fits;
        const message =
          'The packet’s frame is taken to be addressed to the node alone, though the packet is not.';
        return presume(fits, `pkttype:${wanted}`, 'frame-assumed', message, `the frame is a ${wanted} one`, {
          is: [nameFact('pkttype', wanted)],
        });
      },
      fact: () => 'the frame is addressed to the node (unicast)',
      wanted,
    };
  },
});

/** xt_pkttype tells copies apart by their address. */
function copyType(packet: Packet, run: Run): string {
  return addressType(run.node, addressOf(packet, 'destination')) === 'MULTICAST' ? 'multicast' : 'broadcast';
}

function isToMany(packet: Packet, run: Run): boolean {
  const type = addressType(run.node, addressOf(packet, 'destination'));
  return type === 'BROADCAST' || type === 'MULTICAST';
}
