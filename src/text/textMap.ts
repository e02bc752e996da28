/**
 * How a text that was made of another one leads back to it: pieces of the made text, each with the piece of the original
 * that it says. Offsets of both are in UTF-16 units.
 */
import type { OffsetMap } from './offsetMap.ts';
import type { Span } from './span.ts';

/** Pieces lie one behind the other in the made text, and anywhere in the original. */
export class TextMap implements OffsetMap {
  /** Four numbers a piece: start and end in the made text, start and end in the original. */
  readonly #pieces: number[] = [];
  #byOriginal: Uint32Array | null = null;

  /** Takes the next piece of the made text: it may not begin before the one before it ends. */
  add(made: Span, original: Span): void {
    this.#pieces.push(made.start, made.end, original.start, original.end);
  }

  /** Of an offset between two pieces, the end of the first of them. */
  before(offset: number): number {
    const piece = this.#lastAt(offset) * 4;
    if (piece < 0) return 0;
    const [start = 0, end = 0, from = 0, to = 0] = this.#pieces.slice(piece, piece + 4);
    if (offset >= end) return to;
    return end - start === to - from ? from + offset - start : from;
  }

  /** The place in the made text of what stands at an offset of the original; of what was left out, that of the words before it. */
  after(offset: number): number {
    const order = (this.#byOriginal ??= this.#sorted());
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(order[middle] ?? 0, 2) > offset) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 0 : this.#madeIn(order, low - 1, offset);
  }

  /** Of the pieces that begin where the one at `last` does or a little before, the one that holds the offset. */
  #madeIn(order: Uint32Array, last: number, offset: number): number {
    for (let index = last; index >= Math.max(0, last - 3); index--) {
      const piece = order[index] ?? 0;
      const [start, end, from, to] = [0, 1, 2, 3].map((field) => this.#at(piece, field));
      if (start === undefined || end === undefined || from === undefined || to === undefined) break;
      if (offset > to || from === to) continue;
      if (offset === to) return end;
      return end - start === to - from ? start + offset - from : start;
    }
    return this.#at(order[last] ?? 0, 1);
  }

  #sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.#pieces.length / 4 }, (_, index) => index);
    return order.sort((a, b) => this.#at(a, 2) - this.#at(b, 2) || this.#at(a, 3) - this.#at(b, 3));
  }

  #at(piece: number, field: number): number {
    return this.#pieces[piece * 4 + field] ?? 0;
  }

  /** The last piece that begins at the offset or before; -1 without one. */
  #lastAt(offset: number): number {
    let low = 0;
    let high = this.#pieces.length / 4;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle, 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }
}
