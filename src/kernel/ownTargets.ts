const NOTHING: ReadonlySet<string> = new Set();

/**
 * Destinations that a rule chose, where nothing tells whether they are the node's own. They are taken for pods or other
 * machines where it makes no difference to the packet, which INPUT then lets through as well; else both are explored.
 */
export class OwnTargets {
  /** Keys of questions (`local:10.0.0.1`) whose answer makes a difference. */
  readonly open: ReadonlySet<string>;
  /** The answer to all others. */
  readonly presumed: boolean;
  readonly #asked = new Set<string>();
  readonly #lost = new Map<string, Set<string>>();

  constructor(presumed = false, open: ReadonlySet<string> = new Set()) {
    this.presumed = presumed;
    this.open = open;
  }

  /** Notes that the question came up. */
  ask(key: string): void {
    this.#asked.add(key);
  }

  /** A run that took these destinations for the node's own did not deliver the packet, which ended so. */
  lost(keys: readonly string[], end: string): void {
    if (keys.length === 0) return;
    const known = this.#lost.get(end) ?? new Set();
    for (const key of keys) known.add(key);
    this.#lost.set(end, known);
  }

  get isAsked(): boolean {
    return this.#asked.size > 0;
  }

  /** Those with which a packet ended otherwise than any does that is taken for another machine's. */
  decisive(endsOf: () => ReadonlySet<string>): ReadonlySet<string> {
    if (this.#lost.size === 0) return NOTHING;
    const ends = endsOf();
    return new Set([...this.#lost].flatMap(([end, keys]) => (ends.has(end) ? [] : [...keys])));
  }
}
