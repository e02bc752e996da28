import { expect, test } from 'vitest';
import { Budget } from '../../src/kernel/budget.ts';

test('what a part spends is spent of the whole, and what it leaves is left', () => {
  const whole = new Budget(100);
  const part = whole.part(0.5);
  expect(part.left).toBe(50);
  part.spend(20);
  expect([part.left, whole.left]).toEqual([30, 80]);
  part.spend(40);
  expect([part.left, whole.left, part.part(0.5).left]).toEqual([-10, 40, 0]);
});
