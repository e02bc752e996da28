import type { Expression } from '../../../rules/nftables/expressions.ts';

/** The parts of a concatenation, or the expression itself. */
export function partsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'concat' ? expression.parts : [expression];
}
