import { optionNamed } from '../../../rules/iptables/names.ts';
import { readU32, type U32Test } from '../../../rules/iptables/values/u32.ts';
import { negateIf } from '../../../kernel/answers.ts';
import { PacketBytes, type PartlyKnown } from '../../../kernel/packetBytes.ts';
import { type MatchCompiler, openAnswer, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

/** `-m u32 --u32 "0>>22&0x3c@12>>26&0x3c@0=0x47455420"`: xt_u32.c, on the bytes that are known. */
export const u32: MatchCompiler = (match, context) => {
  const option = optionNamed(match.options, '--u32');
  const tests = option === null ? null : valueIn(readU32(valueOf(option)));
  if (option === null || tests === null) return unknownMatch(match, context);
  const open = openAnswer(match, context);
  return whole(
    match,
    (packet) => {
      const bytes = new PacketBytes(packet);
      let holds: boolean | null = true;
      for (const test of tests) {
        const result = resultOf(test, bytes);
        if (result === false) holds = false;
        else if (result === null && holds === true) holds = null;
        if (holds === false) break;
      }
      return holds === null ? open : negateIf(option.negation !== null, holds);
    },
    () => 'the packet’s bytes are others',
  );
};

/** Null where it takes bytes that are not known. */
function resultOf({ start, steps, ranges }: U32Test, bytes: PacketBytes): boolean | null {
  let base = 0;
  let value = bytes.read(start, 4);
  for (const { operator, operand } of steps) {
    if (value === null || value === 'outside') break;
    if (operator === '@') {
      if (value.known !== 0xffffffff) return null;
      base += value.bits;
      value = base > 0xffff ? 'outside' : bytes.read(base + operand, 4);
    } else value = shifted(value, operator, operand);
  }
  if (value === 'outside') return false;
  return value === null ? null : isAmong(value, ranges);
}

function shifted({ bits, known }: PartlyKnown, operator: '&' | '<<' | '>>', by: number): PartlyKnown {
  if (operator === '&') return { bits: (bits & by) >>> 0, known: (known | ~by) >>> 0 };
  // The processor shifts by the lowest five bits of what it is given.
  const count = by & 31;
  if (operator === '<<') {
    return { bits: (bits << count) >>> 0, known: ((known << count) | (2 ** count - 1)) >>> 0 };
  }
  return { bits: bits >>> count, known: ((known >>> count) | ~(0xffffffff >>> count)) >>> 0 };
}

/** Null where the bits that are not known decide. */
function isAmong({ bits, known }: PartlyKnown, ranges: U32Test['ranges']): boolean | null {
  const last = (bits | ~known) >>> 0;
  let open = false;
  for (const { from, to } of ranges) {
    if (bits >= from && last <= to) return true;
    const isExcluded = from === to ? ((bits ^ from) & known) !== 0 : last < from || bits > to;
    if (!isExcluded) open = true;
  }
  return open ? null : false;
}
