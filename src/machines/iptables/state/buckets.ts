/** What is left of a rate. */
export interface Bucket {
  /** In whatever the rate counts: packets, or steps of 16 bytes. */
  left: number;
  /** How often it may still be filled at once: the burst of a rate of bytes. */
  refills: number;
  /** Packets that asked so far. */
  asked: number;
}

/** The buckets of `-m limit` and `-m hashlimit`: of one for each rule the owner is the rule, of a table its name with the key. */
export class Buckets {
  readonly #buckets = new Map<object | string, Bucket>();

  /** That of `owner`; `full`: what is in it at first. */
  of(owner: object | string, full: Pick<Bucket, 'left' | 'refills'>): Bucket {
    let bucket = this.#buckets.get(owner);
    if (bucket === undefined) {
      bucket = { ...full, asked: 0 };
      this.#buckets.set(owner, bucket);
    }
    return bucket;
  }
}
