import type { GlanceLine } from '../../protocol/glance.ts';

/** In milliseconds. */
const PATIENCE = 300;

interface Asked {
  readonly uri: string;
  readonly answer: Promise<readonly GlanceLine[]>;
}

/** What a node is at a glance. The rest of the tree does not wait for the lines of a large dump: they come when they are known. */
export class GlanceLines {
  readonly #ask: (uri: string) => Promise<readonly GlanceLine[]>;
  #asked: Asked | null = null;
  /** Shown until there are others of the same rules. */
  #last: { readonly uri: string; readonly lines: readonly GlanceLine[] } | null = null;

  constructor(ask: (uri: string) => Promise<readonly GlanceLine[]>) {
    this.#ask = ask;
  }

  /** From now on the rules may be others: they are asked for again. */
  forget(): void {
    this.#asked = null;
  }

  /** Those that are known within a moment, else the ones before; `ready` is called when there are others. Rejects as the question does. */
  async of(uri: string, ready: () => void): Promise<readonly GlanceLine[]> {
    const asked = this.#asked?.uri === uri ? this.#asked : { uri, answer: this.#ask(uri) };
    this.#asked = asked;
    const lines = await Promise.race([asked.answer, later()]);
    if (lines !== null) {
      this.#last = { uri, lines };
      return lines;
    }
    const tell = (): void => {
      if (this.#asked === asked) ready();
    };
    // What it is rejected with is told to who asks then.
    asked.answer.then(tell, tell);
    return this.#last?.uri === uri ? this.#last.lines : [];
  }
}

function later(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), PATIENCE);
  });
}
