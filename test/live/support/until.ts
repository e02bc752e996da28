/** Waiting for what tells nobody that it happened. */
import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds until it fails; 30 s unless told. */
  readonly deadline?: number;
  readonly every?: number;
}

/**
 * Resolves to the first answer that is neither undefined, null nor false; an error counts as "not yet". Rejects after the
 * deadline with `what` and the last error or answer.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { deadline = 30_000, every = 50 }: UntilOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const end = performance.now() + deadline;
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (isThere(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`Not within ${deadline} ms: ${what}`, { cause: last });
    await pause(every);
  }
}

function isThere<T>(answer: T): answer is NonNullable<Exclude<T, false>> {
  return answer !== undefined && answer !== null && answer !== false;
}
