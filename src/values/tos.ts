import { MAX_8, readNumber } from './numbers.ts';
import { type MaskedNumber, readMasked } from './marks.ts';
import { fault, type Reading, value } from './reading.ts';

export const TOS_NAMES: ReadonlyMap<string, number> = new Map([
  ['minimize-delay', 0x10],
  ['maximize-throughput', 0x08],
  ['maximize-reliability', 0x04],
  ['minimize-cost', 0x02],
  ['normal-service', 0x00],
]);

/** RFC 1349: what a name of the type of service stands for. */
const NAMED_BITS = 0x3f;

/** Reads `--tos` and `--set-tos`: `0x10/0x3f`, `16`, or a name such as `Minimize-Delay`. */
export function readTos(text: string): Reading<MaskedNumber> {
  const named = TOS_NAMES.get(text.toLowerCase());
  if (named !== undefined) return value({ value: named, mask: NAMED_BITS });
  const masked = readMasked(text, MAX_8);
  return masked.kind === 'fault' ? fault('is neither a type of service nor a number up to 255') : masked;
}

/** Reads a code point from 0 to 63. */
export function readDscp(text: string): Reading<number> {
  return readNumber(text, 63);
}

/**
 * RFC 2474, 2597, 3246: `BE`, `EF`, `CS0` to `CS7`, `AF11` to `AF43`. Letters behind those of a class are not looked at: iptables takes
 * `cs10` for CS1 (dscp_helper.c compares as many as the class has).
 */
export function readDscpClass(text: string): Reading<number> {
  const [name = ''] = /^(?:BE|EF|CS[0-7]|AF[1-4][1-3])/.exec(text.toUpperCase()) ?? [];
  if (name === 'BE') return value(0);
  if (name === 'EF') return value(46);
  const [high, low = 0] = name.slice(2);
  return high === undefined
    ? fault('is not a class such as EF, BE, AF11 or CS1')
    : value(Number(high) * 8 + Number(low) * 2);
}
