import type { Rule } from '../../../rules/iptables/nodes.ts';
import { plural } from '../../narrative/words.ts';

/** ` (12 packets so far)`, what a rule's counter shows of it; empty where it has counted none, or has no counter. */
export function countedWords({ counters }: Rule): string {
  return counters === null || counters.packets === 0 ? '' : ` (${plural(counters.packets, 'packet')} so far)`;
}
