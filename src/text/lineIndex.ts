import type { OffsetMap } from './offsetMap.ts';

const LINE_FEED = 10;

/** A place in a text; both numbers count from 0, `character` in UTF-16 units as LSP does by default. */
export interface LinePosition {
  readonly line: number;
  readonly character: number;
}

/** Turns offsets into lines and back. A line ends at `\n`, `\r\n` or a lone `\r`, as in LSP. */
export class LineIndex {
  readonly #starts: Uint32Array;
  readonly #length: number;

  /** `starts`: the offset of the first character of each line, where somebody knows them. */
  constructor(text: string, starts: Uint32Array = lineStarts(text)) {
    this.#starts = starts;
    this.#length = text.length;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** The offset of the first character of `line`; the text's length for a line beyond the last. */
  startOf(line: number): number {
    return line < 0 ? 0 : (this.#starts[line] ?? this.#length);
  }

  /** The position of `offset`; offsets outside the text are clamped to it. */
  positionAt(offset: number): LinePosition {
    const at = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.startOf(middle) > at) high = middle;
      else low = middle + 1;
    }
    const line = Math.max(0, low - 1);
    return { line, character: at - this.startOf(line) };
  }

  /** The offset of `position`; a character beyond the end of its line gives the start of the next line. */
  offsetAt(position: LinePosition): number {
    const start = this.startOf(position.line);
    return Math.max(start, Math.min(start + position.character, this.startOf(position.line + 1)));
  }
}

/** The lines of a text that is read with parts of it replaced (`map`): offsets are of the text that is read. */
export class MappedLineIndex extends LineIndex {
  readonly #map: OffsetMap;

  constructor(written: string, map: OffsetMap) {
    super(written);
    this.#map = map;
  }

  override positionAt(offset: number): LinePosition {
    return super.positionAt(this.#map.before(offset));
  }

  override offsetAt(position: LinePosition): number {
    return this.#map.after(super.offsetAt(position));
  }
}

function lineStarts(text: string): Uint32Array {
  const starts = [0];
  let feed = text.indexOf('\n');
  // Searching is several times as fast as a look at each character, and most texts have no other ends of lines.
  let alone = loneReturn(text, 0);
  while (feed >= 0 || alone >= 0) {
    if (alone < 0 || (feed >= 0 && feed < alone)) {
      starts.push(feed + 1);
      feed = text.indexOf('\n', feed + 1);
    } else {
      starts.push(alone + 1);
      alone = loneReturn(text, alone + 1);
    }
  }
  return Uint32Array.from(starts);
}

/** The next `\r` from `start` that no `\n` follows; -1 without one. */
function loneReturn(text: string, start: number): number {
  let at = text.indexOf('\r', start);
  while (at >= 0 && text.charCodeAt(at + 1) === LINE_FEED) at = text.indexOf('\r', at + 1);
  return at;
}
