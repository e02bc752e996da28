/** Who wants to hear of something. */
import type { Subscription } from './session.ts';

/** Listeners of one event, told in the order in which they came. */
export class Listeners<Value> {
  readonly #listeners = new Set<{ readonly listener: (value: Value) => void }>();

  add(listener: (value: Value) => void): Subscription {
    const entry = { listener };
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  }

  tell(value: Value): void {
    for (const { listener } of this.#listeners) listener(value);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
