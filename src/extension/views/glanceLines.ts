import type { GlanceLine } from '../../protocol/glance.ts';

/** In milliseconds. */
const PATIENCE = 300;

interface Asked {
  readonly uri: string;
  readonly answer: Promise<readonly GlanceLine[]>;
}

/** `atOnce`: without what is found. */
type Ask = (uri: string, atOnce: boolean) => Promise<readonly GlanceLine[]>;

/**
 * What a node is at a glance. The rest of the tree does not wait for what is found in a large dump: it comes into lines that
 * stand already, so that no row below them is pushed away.
 */
export class GlanceLines {
  readonly #ask: Ask;
  #asked: Asked | null = null;
  /** Shown until there are others of the same rules. */
  #last: { readonly uri: string; readonly lines: readonly GlanceLine[] } | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** From now on the rules may be others: they are asked for again. */
  forget(): void {
    this.#asked = null;
  }

  /** All, where they are known within a moment, else the ones before, or those without what is found; `ready` is called when there are others. Rejects as the question does. */
  async of(uri: string, ready: () => void): Promise<readonly GlanceLine[]> {
    const asked = this.#asked?.uri === uri ? this.#asked : { uri, answer: this.#ask(uri, false) };
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
    return this.#last?.uri === uri ? this.#last.lines : Promise.race([asked.answer, this.#ask(uri, true)]);
  }
}

function later(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), PATIENCE);
  });
}
