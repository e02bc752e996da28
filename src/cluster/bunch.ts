/** Calls that come close together, made as one a little later. */
export class Bunch {
  readonly #run: () => void;
  readonly #delay: number;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `delay`: milliseconds from the first call to `run`. */
  constructor(delay: number, run: () => void) {
    this.#delay = delay;
    this.#run = run;
  }

  add(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, this.#delay);
  }

  /** Makes the call now, if one waits. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#run();
  }

  /** Drops what waits, and all that comes. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
