/** The lines of a node at a glance: the tree waits a moment for them, and is told when they have come. */
import { expect, it } from 'vitest';
import { GlanceLines } from '../../../src/extension/views/glanceLines.ts';
import type { GlanceLine } from '../../../src/protocol/glance.ts';

const line: GlanceLine = { id: 'node', title: 'Node', words: 'node-1', state: 'ok' };

/** What is said before anything is found. */
const before: GlanceLine = { ...line, words: 'looking' };

/** Questions for all lines that are answered when the test says so; those before anything is found are there at once. */
function slow() {
  const open: ((lines: readonly GlanceLine[]) => void)[] = [];
  const lines = new GlanceLines((_, atOnce) =>
    atOnce ? Promise.resolve([before]) : new Promise((resolve) => open.push(resolve)),
  );
  return { open, lines };
}

it('are given at once where they are known at once, and asked for once', async () => {
  let asked = 0;
  const lines = new GlanceLines(() => Promise.resolve([{ ...line, words: String(++asked) }]));

  expect(await lines.of('a', expect.unreachable)).toEqual([{ ...line, words: '1' }]);
  expect(await lines.of('a', expect.unreachable)).toEqual([{ ...line, words: '1' }]);
  lines.forget();
  expect(await lines.of('a', expect.unreachable)).toEqual([{ ...line, words: '2' }]);
});

it('come later where they take their time; as many stand until then', async () => {
  const { open, lines } = slow();
  const first = new Promise<readonly GlanceLine[]>((resolve) => {
    const ready = (): void => resolve(lines.of('a', expect.unreachable));
    void lines.of('a', ready).then((soon) => {
      expect(soon).toEqual([before]);
      open[0]?.([line]);
    });
  });

  expect(await first).toEqual([line]);
  lines.forget();
  expect(await lines.of('a', () => undefined)).toEqual([line]);
  expect(await lines.of('b', () => undefined)).toEqual([before]);
});

it('are not told of once the rules may be others', async () => {
  const { open, lines } = slow();
  let told = 0;
  await lines.of('a', () => told++);
  lines.forget();
  open[0]?.([line]);
  await Promise.resolve();

  expect(told).toBe(0);
});
