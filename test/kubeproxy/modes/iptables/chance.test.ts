import { expect, test } from 'vitest';
import { oneOf } from '../../../../src/kubeproxy/modes/iptables/chance.ts';

const SCALE = 2 ** 31;

/** What the kernel holds of what kube-proxy writes: `fmt.Sprintf("%0.10f", 1.0/n)`, rounded by libxt_statistic. */
function heldOf(count: number): number {
  return Math.round(Number((1 / count).toFixed(10)) * SCALE);
}

const counts = [...Array.from({ length: 300 }, (_, index) => index + 1), 999, 1000, 4999, 9999, 10_000];

test('what kube-proxy writes for n endpoints is 1 of n', () => {
  expect(counts.map((count) => oneOf(heldOf(count) / SCALE))).toEqual(counts);
});

test('what is two steps of the kernel beside it is no such fraction', () => {
  const beside = counts.slice(1).flatMap((count) => [heldOf(count) - 2, heldOf(count) + 2]);
  expect(beside.map((held) => oneOf(held / SCALE)).filter((count) => count !== null)).toEqual([]);
});

test.each([0.333, 0.33, 0.6666, 0.34, 0.0001 + 2 ** -20])('%f is not one of a whole number', (chance) => {
  expect(oneOf(chance)).toBeNull();
});

test.each([0, -1, 1 / 10_001, 2 ** -31])('%f is told as no fraction', (chance) => {
  expect(oneOf(chance)).toBeNull();
});
