import { type MaskedNumber, readMark } from '../../../values/marks.ts';
import { MAX_32, readNumber } from '../../../values/numbers.ts';
import type { Reading } from '../../../values/reading.ts';
import { optionNamed } from '../names.ts';
import type { Target } from '../nodes.ts';

/**
 * What MARK or CONNMARK does to a mark: `(old & ~mask) ^ value` (xt_mark.c, extensions/libxt_MARK.c). Null where it sets none
 * (`--save-mark`), or its value is none.
 */
export function readMarkChange(target: Target): MaskedNumber | null {
  const read = <Value>(name: string, reader: (text: string) => Reading<Value>): Value | null => {
    const text = optionNamed(target.options, name)?.values[0]?.text;
    const reading = text === undefined ? null : reader(text);
    return reading?.kind === 'value' ? reading.value : null;
  };
  const bits = (name: string): number | null => read(name, (text) => readNumber(text, MAX_32));
  const xmark = read('--set-xmark', readMark);
  if (xmark !== null) return xmark;
  const set = read('--set-mark', readMark);
  if (set !== null) return { value: set.value, mask: (set.mask | set.value) >>> 0 };
  const and = bits('--and-mark');
  if (and !== null) return { value: 0, mask: ~and >>> 0 };
  const or = bits('--or-mark');
  if (or !== null) return { value: or, mask: or };
  const xor = bits('--xor-mark');
  return xor === null ? null : { value: xor, mask: 0 };
}
