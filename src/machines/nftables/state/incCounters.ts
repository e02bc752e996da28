/** The counters of `numgen inc` in one run: nft_numgen.c. Each rule has its own. */
export class IncCounters {
  readonly #last = new Map<object, number>();

  /** The counter's next value, from 0 to below `mod`; `pick` chooses the first one. */
  next(rule: object, mod: number, pick: (count: number) => number): number {
    const last = this.#last.get(rule);
    const value = last === undefined ? pick(mod) : (last + 1) % mod;
    this.#last.set(rule, value);
    return value;
  }
}
