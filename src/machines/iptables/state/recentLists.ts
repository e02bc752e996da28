export interface RecentEntry {
  /** Packets remembered of this address. */
  hits: number;
  ttl: number;
}

/**
 * The lists of `-m recent`, by name; an address is kept as the rule’s mask leaves it. Of one address there may be several
 * entries, of different TTLs, where rules with `--rttl` set them. Time does not pass in a trace.
 */
export class RecentLists {
  readonly #lists = new Map<string, Map<bigint, RecentEntry[]>>();

  /** The first entry of the address; `ttl`: that was set with it. */
  find(list: string, address: bigint, ttl: number | null): RecentEntry | null {
    const entries = this.#lists.get(list)?.get(address);
    return entries?.find((entry) => ttl === null || entry.ttl === ttl) ?? null;
  }

  /** Whether this trace has put the address on the list, or taken it off. */
  knows(list: string, address: bigint): boolean {
    return this.#lists.get(list)?.has(address) === true;
  }

  /** An entry with one packet, or as many as are said. */
  begin(list: string, address: bigint, ttl: number, hits = 1): RecentEntry {
    const entry = { hits: Math.max(1, hits), ttl };
    this.#entries(list, address).push(entry);
    return entry;
  }

  /** One more packet of the entry’s address. */
  update(entry: RecentEntry, ttl: number): void {
    entry.hits++;
    entry.ttl = ttl;
  }

  remove(list: string, address: bigint, entry: RecentEntry): void {
    const entries = this.#entries(list, address);
    entries.splice(entries.indexOf(entry), 1);
  }

  #entries(list: string, address: bigint): RecentEntry[] {
    let addresses = this.#lists.get(list);
    if (addresses === undefined) {
      addresses = new Map();
      this.#lists.set(list, addresses);
    }
    const entries = addresses.get(address) ?? [];
    addresses.set(address, entries);
    return entries;
  }
}
