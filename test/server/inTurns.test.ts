import { afterEach, describe, expect, test, vi } from 'vitest';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver';
import { answerInTurns, behindOthers, editorTold, inTurns, messageCame } from '../../src/server/inTurns.ts';
import type { Steps } from '../../src/values/steps.ts';

/** Works for `milliseconds` between two pauses, and counts its steps in `done`. */
function* work(steps: number, milliseconds: number, done: number[]): Steps<string> {
  for (let step = 0; step < steps; step++) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
    done.push(step);
    yield;
  }
  return 'the end';
}

test('long work lets others have their turn, and gives its result', async () => {
  const done: number[] = [];
  const seen: number[] = [];
  const timer = setInterval(() => seen.push(done.length), 0);
  const result = await inTurns(work(20, 10, done), { stopped: false });
  clearInterval(timer);
  expect(result).toEqual({ kind: 'done', value: 'the end' });
  expect(seen.filter((count) => count > 0 && count < 20).length).toBeGreaterThan(3);
});

test('what nobody waits for ends in the middle', async () => {
  const done: number[] = [];
  const stop = {
    get stopped() {
      return done.length >= 3;
    },
  };
  expect(await inTurns(work(1_000, 0, done), stop)).toEqual({ kind: 'stopped' });
  expect(done).toEqual([0, 1, 2]);
});

test('a request that is cancelled meanwhile is refused as such, and works on nothing more', async () => {
  const done: number[] = [];
  const source = new CancellationTokenSource();
  setTimeout(() => source.cancel(), 0);
  await expect(answerInTurns(work(1_000, 5, done), source.token)).rejects.toMatchObject({
    code: LSPErrorCodes.RequestCancelled,
  });
  expect(done.length).toBeLessThan(50);
});

describe('what nobody asked for', () => {
  afterEach(() => void vi.useRealTimers());

  test('waits while messages come, but not for ever', async () => {
    vi.useFakeTimers();
    const done: number[] = [];
    messageCame();
    const result = behindOthers(work(1, 0, done), { stopped: false });
    await vi.advanceTimersByTimeAsync(20);
    messageCame();
    await vi.advanceTimersByTimeAsync(20);
    expect(done).toEqual([]);
    const chatter = setInterval(messageCame, 10);
    await vi.advanceTimersByTimeAsync(1_000);
    clearInterval(chatter);
    expect(await result).toEqual({ kind: 'done', value: 'the end' });
  });

  test('waits behind what an editor was told, which asks more of it at once', async () => {
    vi.useFakeTimers();
    const done: number[] = [];
    editorTold();
    const result = behindOthers(work(1, 0, done), { stopped: false });
    await vi.advanceTimersByTimeAsync(20);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(await result).toEqual({ kind: 'done', value: 'the end' });
  });
});
