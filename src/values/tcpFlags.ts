import { fault, type Reading, value } from './reading.ts';

/** The bits of TCP's flags byte that iptables can name. */
export const FLAGS: ReadonlyMap<string, number> = new Map([
  ['FIN', 0x01],
  ['SYN', 0x02],
  ['RST', 0x04],
  ['PSH', 0x08],
  ['ACK', 0x10],
  ['URG', 0x20],
  ['ALL', 0x3f],
  ['NONE', 0],
]);

/** Reads one list of `--tcp-flags`, `FIN,SYN,RST,ACK`, as bits of the flags byte. */
export function readTcpFlags(text: string): Reading<number> {
  let bits = 0;
  // strtok skips empty parts.
  for (const part of text.split(',').filter((name) => name !== '')) {
    const flag = FLAGS.get(part.toUpperCase());
    if (flag === undefined) return fault(`has a flag that is none of ${[...FLAGS.keys()].join(', ')}`);
    bits |= flag;
  }
  return value(bits);
}
