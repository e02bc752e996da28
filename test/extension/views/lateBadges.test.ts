/** What is found of Services comes behind their rows: the rows are made once more where they would tell more. */
import { expect, it } from 'vitest';
import { LateBadges } from '../../../src/extension/views/lateBadges.ts';

/** Questions that are answered when the test says so. */
function slow() {
  const asked: (readonly [string, number])[] = [];
  const open: ((isMore: boolean) => void)[] = [];
  const badges = new LateBadges((uri, found) => {
    asked.push([uri, found]);
    return new Promise((resolve) => open.push(resolve));
  });
  return { asked, open, badges };
}

it('are asked for once, and told of where there are more', async () => {
  const { asked, open, badges } = slow();
  let told = 0;
  const first = badges.shown('a', 2, () => told++);
  await badges.shown('a', 2, expect.unreachable);
  expect(told).toBe(0);
  open[0]?.(true);
  await first;

  expect(told).toBe(1);
  expect(asked).toEqual([['a', 2]]);
});

it('are not told of where rows have them all, where the rules may be others, or where nobody answers', async () => {
  const { open, badges } = slow();
  const same = badges.shown('a', 2, expect.unreachable);
  open[0]?.(false);
  await same;
  badges.forget();
  const old = badges.shown('a', 2, expect.unreachable);
  badges.forget();
  open[1]?.(true);
  await old;
  const refused = new LateBadges(() => Promise.reject(new Error('no')));
  await refused.shown('a', 2, expect.unreachable);

  expect(open).toHaveLength(2);
});
