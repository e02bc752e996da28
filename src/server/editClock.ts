/** Long enough that typing a word tells once, short enough to feel immediate. */
const DELAY_MILLISECONDS = 150;

/** `byEdit`: of the text itself; else what the document's answers stand on beside its text changed. */
type Tell = (uri: string, byEdit: boolean) => void;

/** One clock for all that follows an edit: diagnostics, the tree, the status item. */
export class EditClock {
  readonly #tell: Tell;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** Who waits for the clock to tell of a document. */
  readonly #waiters = new Map<string, (() => void)[]>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** The document was opened or edited: `tell` is called a moment after the last of several edits. */
  edited(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.set(
      uri,
      setTimeout(() => {
        this.forget(uri);
        this.#tell(uri, true);
      }, DELAY_MILLISECONDS),
    );
  }

  /** Resolves when the clock has told of the last edit, or the document was closed; at once where nothing is to be told. */
  settled(uri: string): Promise<void> {
    if (!this.#waiting.has(uri)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(uri) ?? [];
      this.#waiters.set(uri, waiters);
      waiters.push(resolve);
    });
  }

  /** What the document's answers stand on beside its text changed, which has a pace of its own: that is told at once. */
  tell(uri: string): void {
    this.#tell(uri, false);
  }

  /** The document was closed. */
  forget(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    const waiters = this.#waiters.get(uri) ?? [];
    this.#waiters.delete(uri);
    for (const resolve of waiters) resolve();
  }
}
