/** Values in the order of their keys, by code unit: cheap to change one of, cheap to list. */
export class SortedByKey<Value> {
  readonly #values = new Map<string, Value>();
  /** Sorted when the list was made last; since then new ones stand at its end, and gone ones still stand in it. */
  #keys: string[] = [];
  #list: readonly Value[] | null = null;

  get size(): number {
    return this.#values.size;
  }

  /** The same list until something changes. */
  get list(): readonly Value[] {
    return (this.#list ??= this.#makeList());
  }

  /** False where `same` says that the value is no other than before. */
  set(key: string, value: Value, same: (before: Value, now: Value) => boolean): boolean {
    const before = this.#values.get(key);
    if (before !== undefined && same(before, value)) return false;
    if (before === undefined) this.#keys.push(key);
    this.#values.set(key, value);
    this.#list = null;
    return true;
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false;
    this.#list = null;
    return true;
  }

  /** Drops every value whose key is not among `keys`; false where there was none. */
  keepOnly(keys: ReadonlySet<string>): boolean {
    const gone = [...this.#values.keys()].filter((key) => !keys.has(key));
    for (const key of gone) this.delete(key);
    return gone.length > 0;
  }

  /** A list that is sorted but for its end sorts in one pass. A key that went and came back stands there twice. */
  #makeList(): readonly Value[] {
    const sorted = this.#keys.sort(byCodeUnit);
    this.#keys = sorted.filter((key, index) => key !== sorted[index - 1] && this.#values.has(key));
    return this.#keys.flatMap((key) => this.#values.get(key) ?? []);
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
