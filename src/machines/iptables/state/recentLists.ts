interface Entry {
  /** Packets remembered of this address. */
  hits: number;
  ttl: number;
}

/** The lists of `-m recent`, by name; an address is kept as the rule's mask leaves it. Time does not pass in a trace. */
export class RecentLists {
  readonly #lists = new Map<string, Map<bigint, Entry>>();
  readonly #removed = new Set<string>();

  find(list: string, address: bigint): Entry | null {
    return this.#lists.get(list)?.get(address) ?? null;
  }

  /** Adds a packet of this address: `--set`, and `--update` when it matched. */
  add(list: string, address: bigint, ttl: number): void {
    let entries = this.#lists.get(list);
    if (entries === undefined) {
      entries = new Map();
      this.#lists.set(list, entries);
    }
    const entry = entries.get(address);
    entries.set(address, { hits: (entry?.hits ?? 0) + 1, ttl });
  }

  remove(list: string, address: bigint): void {
    this.#lists.get(list)?.delete(address);
    this.#removed.add(`${list} ${address}`);
  }

  /** Whether this trace has taken the address off the list. */
  wasRemoved(list: string, address: bigint): boolean {
    return this.#removed.has(`${list} ${address}`);
  }
}
