import type { OptionDefinition } from '../../iptables/catalogue/definitions.ts';
import type { Word } from '../../iptables/nodes.ts';

/** What is wrong with a value, and which of the option's words it is. */
export interface Complaint {
  readonly code: 'bad-address' | 'bad-mask' | 'bad-port' | 'bad-probability' | 'bad-value';
  readonly word: number;
  readonly why: string;
  readonly cure: string;
}

export function complaintAbout(
  _definition: OptionDefinition,
  _values: readonly Word[],
  _family: 4 | 6 | null,
): Complaint | null {
  return null;
}
