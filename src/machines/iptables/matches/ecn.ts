import { readNumber } from '../../../values/numbers.ts';
import { CWR_BIT, ECE_BIT } from '../../../kernel/conntrack/tcp.ts';
import { type Packet, TCP } from '../../../kernel/packet.ts';
import { eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

function flagReader(bit: number, name: string): OptionReader {
  return () => ({
    test: (packet) => packet.protocol === TCP && (packet.tcpFlags & bit) !== 0,
    fact: (packet) => `the flag ${name} is ${(packet.tcpFlags & bit) === 0 ? 'not set' : 'set'}`,
    wanted: `the flag ${name}`,
  });
}

/** `-m ecn --ecn-ip-ect 1`, `--ecn-tcp-ece`, `--ecn-tcp-cwr`: xt_ecn.c. */
export const ecn = eachOption({
  '--ecn-ip-ect': (option) => {
    const wanted = valueIn(readNumber(word(option), 3));
    if (wanted === null) return null;
    return {
      test: (packet) => ectOf(packet) === wanted,
      fact: (packet) => `the packet’s ECN bits are ${ectOf(packet)}`,
      wanted: String(wanted),
    };
  },
  '--ecn-tcp-ece': flagReader(ECE_BIT, 'ECE'),
  '--ecn-tcp-cwr': flagReader(CWR_BIT, 'CWR'),
});

function ectOf({ tos }: Packet): number {
  return tos & 3;
}
