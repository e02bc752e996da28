/** Every word that the panel itself says (what the rules and the server say comes with the answer). */
import type { ShownChange } from '../../protocol/comparison.ts';

const signs: Readonly<Record<ShownChange['sign'], string>> = {
  added: 'added',
  removed: 'gone',
  changed: 'changed',
};

export const strings = {
  signs,
  before: 'before',
  after: 'after',
  same: 'Nothing changed',
  differs: 'Changed',
  saved: 'as saved',
  swap: 'Swap before and after',
  again: 'Compare again',
  showDiff: 'Show Normalised Diff',
  working: 'Comparing the rules …',
  cancelled: 'Cancelled.',
  failed: 'The rules could not be compared',
  retry: 'Try again',
  showIn: (side: string) => `Show the rule ${side}`,
} as const;
