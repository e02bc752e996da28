/** Long enough that typing a word tells once, short enough to feel immediate. */
const DELAY_MILLISECONDS = 150;

/** One clock for all that follows an edit: diagnostics, the tree, the status item. */
export class EditClock {
  readonly #tell: (uri: string) => void;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(tell: (uri: string) => void) {
    this.#tell = tell;
  }

  /** The document was opened or edited: `tell` is called a moment after the last of several edits. */
  edited(uri: string): void {
    this.forget(uri);
    this.#waiting.set(
      uri,
      setTimeout(() => {
        this.forget(uri);
        this.#tell(uri);
      }, DELAY_MILLISECONDS),
    );
  }

  /** What the document's answers stand on beside its text changed, which has a pace of its own: that is told at once. */
  tell(uri: string): void {
    this.#tell(uri);
  }

  /** The document was closed. */
  forget(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
  }
}
