/** What rules, and elements of sets, have counted in this run. */
export class Used {
  readonly #amounts = new Map<object | string, number>();
  readonly #keys = new Map<string, object>();

  /** How much was counted before; adds `amount`. */
  add(of: object | string, amount: number): number {
    const before = this.#amounts.get(of) ?? 0;
    this.#amounts.set(of, before + amount);
    return before;
  }

  /** One object for each name. */
  keyOf(name: string): object {
    const known = this.#keys.get(name) ?? {};
    this.#keys.set(name, known);
    return known;
  }
}
