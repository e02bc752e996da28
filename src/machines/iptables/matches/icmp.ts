import { readIcmpType } from '../../../values/icmp.ts';
import { ICMP, ICMPV6 } from '../../../kernel/packet.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

function typeReader(protocol: number): OptionReader {
  return (option) => {
    const wanted = valueIn(readIcmpType(word(option), protocol === ICMP ? 4 : 6));
    if (wanted === null) return null;
    return {
      test: ({ protocol: own, icmpType, icmpCode }) =>
        own === protocol &&
        (wanted.type === null ||
          (icmpType === wanted.type && icmpCode >= wanted.codes.from && icmpCode <= wanted.codes.to)),
      fact: (packet) => `the packet is of ICMP type ${packet.icmpType}, code ${packet.icmpCode}`,
      wanted: word(option),
    };
  };
}

/** `-m icmp --icmp-type 8`, `3/1`, `any` */
export const icmp = eachOption({ '--icmp-type': typeReader(ICMP) });

/** `-m icmp6 --icmpv6-type 128` */
export const icmp6 = eachOption({ '--icmpv6-type': typeReader(ICMPV6) });
