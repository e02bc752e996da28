import { expect, it } from 'vitest';
import { otherwise, readExpectation } from '../../../src/kubeproxy/expected/expectation.ts';

it.each([
  ['forward', ['forward', 'forward'], null],
  ['forward', ['drop'], 'it ends otherwise (drop)'],
  ['forward', ['forward', 'drop', 'reject', 'drop'], '3 of 4 outcomes end otherwise (drop, reject)'],
  [['forward', 'drop'], ['drop', 'forward'], null],
  [['forward', 'drop'], ['forward'], 'none ends with drop'],
] as const)('%j of %j: %s', (expected, ends, told) => {
  const expectation = readExpectation(expected);
  if (expectation === null || 'message' in expectation) throw new Error('is not read');
  expect(otherwise(expectation, ends)).toBe(told);
});

it.each([['passes'], [[]], [7], [['forward', 'passes']], [{}]])('%j is no expectation', (value) => {
  expect(readExpectation(value)).toHaveProperty('message');
});

it('expects nothing where nothing is said', () => {
  expect(readExpectation(undefined)).toBeNull();
  expect(readExpectation(null)).toBeNull();
});
