/** Growing pauses between attempts, with jitter so that four watches do not ask at once. */
import { setTimeout as wait } from 'node:timers/promises';

export interface BackoffLimits {
  /** Milliseconds of the first pause and of the longest. */
  readonly first: number;
  readonly longest: number;
}

export const usualBackoff: BackoffLimits = { first: 500, longest: 10_000 };

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
