import { readMark } from '../../../values/marks.ts';
import { negateIf } from '../../../kernel/answers.ts';
import { type Condition, eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

/** A 32-bit number as rules print it: `0x4000`. */
function hex(mark: number): string {
  return `0x${(mark >>> 0).toString(16)}`;
}

/** `-m mark --mark 0x4000/0x4000` */
export const mark = eachOption({
  '--mark': (option) => {
    const wanted = valueIn(readMark(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet) => (packet.mark & wanted.mask) >>> 0 === wanted.value,
      fact: (packet) => `the packet’s mark is ${hex(packet.mark)}`,
      wanted: word(option),
    };
  },
});

const connmarkReader: OptionReader = (option): Condition | null => {
  const wanted = valueIn(readMark(word(option)));
  if (wanted === null) return null;
  return {
    // connmark_mt: without a connection nothing matches, not even `! --mark`.
    test: ({ connection }) => {
      if (connection === null) return negateIf(option.negation !== null, false);
      return (connection.mark & wanted.mask) >>> 0 === wanted.value;
    },
    fact: ({ connection }) =>
      connection === null
        ? 'the packet has no connection'
        : `the connection’s mark is ${hex(connection.mark)}`,
    wanted: word(option),
  };
};

/** `-m connmark --mark 0x10/0xf0` */
export const connmark = eachOption({ '--mark': connmarkReader });
