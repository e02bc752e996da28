/** Every word that the panel itself says (what the rules and the server say comes with the answer). */
import type { ShownChange, ShownWay } from '../../protocol/comparison.ts';

const signs: Readonly<Record<ShownChange['sign'], string>> = {
  added: 'added',
  removed: 'gone',
  changed: 'changed',
};

const waySigns: Readonly<Record<ShownWay['kind'], string>> = {
  lost: 'does not arrive any more',
  mended: 'arrives now',
  doubted: 'not known to arrive any more',
  changed: 'ends otherwise',
};

export const strings = {
  signs,
  waySigns,
  ways: 'Packets that end otherwise',
  rule: 'rule',
  showRule: 'Show the rule that ends them',
  packet: 'packet',
  trace: 'Trace such a packet',
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
