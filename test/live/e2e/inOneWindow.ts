import type { Suite } from '../../extension/runner.ts';

/** Adds a test that runs with what the first of them opened. */
export type AddTest<Opened> = (name: string, run: (opened: Opened) => Promise<void>) => void;

/** For tests that follow each other in one window: the first that runs opens it, for all of them. */
export function inOneWindow<Opened>(suite: Suite, open: () => Promise<Opened>): AddTest<Opened> {
  let opened: Promise<Opened> | null = null;
  return (name, run) => suite.test(name, async () => run(await (opened ??= open())));
}
