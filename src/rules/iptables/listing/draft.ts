import { TextMap } from '../../../text/textMap.ts';
import type { Span } from '../../../text/span.ts';

/** A text in the making, with the way from its words to those that say them. */
export class Draft {
  readonly map = new TextMap();
  readonly #parts: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** Words that stand nowhere in the original. */
  write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  /** A word that stands at `original`. */
  say(text: string, original: Span): void {
    const start = this.#length;
    this.write(text);
    this.map.add({ start, end: this.#length }, original);
  }

  /** Ties the end of what was written to an offset of the original. */
  mark(original: number): void {
    this.say('', { start: original, end: original });
  }
}
