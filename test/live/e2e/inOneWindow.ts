import type { Suite } from '../../extension/runner.ts';

/** Adds a test that runs with what the first of them opened. */
export type AddTest<Opened> = (name: string, run: (opened: Opened) => Promise<void>) => void;

/** For tests that follow each other in one window: the first that runs opens it; one that could not leaves it to the next. */
export function inOneWindow<Opened>(suite: Suite, open: () => Promise<Opened>): AddTest<Opened> {
  let opened: Opened | null = null;
  return (name, run) =>
    suite.test(name, async () => {
      opened ??= await open();
      await run(opened);
    });
}
