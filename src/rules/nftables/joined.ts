/** Two sides of an operator. */
import type { BinaryOperator, Expression } from './expressions.ts';

/** `fin|syn` is a list of bits, as JSON has it. */
export function joined(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  const span = { start: left.start, end: right.end };
  if (operator === '|' && isBits(left) && isBits(right)) {
    return { kind: 'list', items: [...itemsOf(left), ...itemsOf(right)], ...span };
  }
  return { kind: 'binary', operator, left, right, ...span };
}

function isBits({ kind }: Expression): boolean {
  return kind === 'list' || kind === 'value';
}

function itemsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'list' ? expression.items : [expression];
}
