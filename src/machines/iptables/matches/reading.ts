import type { Option } from '../../../rules/iptables/nodes.ts';
import type { Reading } from '../../../values/reading.ts';

/** A value that was read, or null: an option whose value iptables would refuse is an open question. */
export function valueIn<T>(reading: Reading<T>): T | null {
  return reading.kind === 'value' ? reading.value : null;
}

/** The option's n-th word; empty where it is missing. */
export function word(option: Option, index = 0): string {
  return option.values[index]?.text ?? '';
}
