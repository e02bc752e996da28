import { expect, test } from 'vitest';
import { SharedWork } from '../../src/server/sharedWork.ts';
import type { Steps } from '../../src/values/steps.ts';

/** Counts how often it begins; ends once `open`. */
class Work {
  begun = 0;
  open = true;

  readonly steps = (): Steps<number> => this.#run();

  *#run(): Steps<number> {
    const number = ++this.begun;
    while (this.open) yield;
    return number;
  }
}

const waits = { stopped: false };

test('who asks while the same is worked on gets what that finds', async () => {
  const [work, shared, key] = [new Work(), new SharedWork<object, number>(), {}];
  const both = [shared.of(key, work.steps, waits), shared.of(key, work.steps, waits)];
  work.open = false;
  expect(await Promise.all(both)).toEqual([
    { kind: 'done', value: 1 },
    { kind: 'done', value: 1 },
  ]);
  expect(work.begun).toBe(1);
});

test('it goes on while one of them waits, and ends with the last one', async () => {
  const [work, shared, key] = [new Work(), new SharedWork<object, number>(), {}];
  const first = { stopped: false };
  const second = { stopped: false };
  const both = [shared.of(key, work.steps, first), shared.of(key, work.steps, second)];
  first.stopped = true;
  setTimeout(() => (work.open = false), 50);
  expect(await Promise.all(both)).toContainEqual({ kind: 'done', value: 1 });

  work.open = true;
  const last = shared.of(key, work.steps, second);
  second.stopped = true;
  expect(await last).toEqual({ kind: 'stopped' });
});

test('who comes when the others have given up has it done', async () => {
  const [work, shared, key] = [new Work(), new SharedWork<object, number>(), {}];
  const gone = { stopped: false };
  const before = shared.of(key, work.steps, gone);
  gone.stopped = true;
  expect(await before).toEqual({ kind: 'stopped' });
  work.open = false;
  expect(await shared.of(key, work.steps, waits)).toMatchObject({ kind: 'done' });
});
