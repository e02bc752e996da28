/** What is to be known of a rule before its matches are read. */
import type { Rule, Statement } from '../../../rules/nftables/statements.ts';

const deciding: ReadonlySet<Statement['kind']> = new Set([
  'verdict',
  'vmap',
  'reject',
  'dnat',
  'redirect',
  'queue',
]);

/** Whether the rule ends a packet's way, or sends it somewhere; marking, counting and masquerading do not. */
export function decides({ statements }: Rule): boolean {
  return statements.some(({ kind }) => deciding.has(kind));
}
