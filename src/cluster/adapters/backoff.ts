/** Growing pauses between attempts, with jitter so that four watches do not ask at once. */
import { setTimeout as wait } from 'node:timers/promises';

/** How long the pauses are. */
export interface BackoffLimits {
  /** Milliseconds of the first pause and of the longest. */
  readonly first: number;
  readonly longest: number;
}

/** client-go's reflector begins with 0.8 s and ends with 30 s; somebody looks on here. */
export const usualBackoff: BackoffLimits = { first: 500, longest: 10_000 };

/** One series of attempts: each pause is about twice the one before, until `reset`. */
export class Backoff {
  readonly #limits: BackoffLimits;
  #next: number;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
    this.#next = limits.first;
  }

  /** After something that worked. */
  reset(): void {
    this.#next = this.#limits.first;
  }

  /** Rejects with an AbortError once `signal` fires. */
  async pause(signal: AbortSignal): Promise<void> {
    const time = this.#next * (0.5 + Math.random());
    this.#next = Math.min(this.#next * 2, this.#limits.longest);
    await wait(time, undefined, { signal });
  }
}
