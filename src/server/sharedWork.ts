/** Work on one thing that several may wait for. */
import type { Steps } from '../values/steps.ts';
import { behindOthers, type Stop, type Turns } from './inTurns.ts';

/** Does the work on each key once at a time: it goes on for as long as anybody waits for it. */
export class SharedWork<Key extends object, Result> {
  readonly #running = new WeakMap<Key, Running<Result>>();

  /** As `behindOthers`; who comes while the same is worked on waits for that. */
  async of(key: Key, steps: () => Steps<Result>, stop: Stop): Promise<Turns<Result>> {
    for (;;) {
      const running = this.#running.get(key) ?? this.#start(key, steps);
      running.waiting.push(stop);
      const found = await running.turns;
      // Others may have given up just before this one came.
      if (found.kind === 'done' || stop.stopped) return found;
    }
  }

  #start(key: Key, steps: () => Steps<Result>): Running<Result> {
    const waiting: Stop[] = [];
    const all: Stop = {
      get stopped() {
        return waiting.every(({ stopped }) => stopped);
      },
    };
    const turns = behindOthers(steps(), all).finally(() => this.#running.delete(key));
    const running = { waiting, turns };
    this.#running.set(key, running);
    return running;
  }
}

interface Running<Result> {
  readonly waiting: Stop[];
  readonly turns: Promise<Turns<Result>>;
}
