/** HOT PATH: the lines of a dump as numbers in flat lists, a dozen bytes each. */

/** What stands in a line; see `Statement`. */
export const LineKind = { blank: 0, comment: 1, table: 2, chain: 3, rule: 4, commit: 5, bad: 6 } as const;

/** Lines in place of others. */
export interface LinePiece {
  /** The first line that is taken away. */
  readonly first: number;
  readonly removed: number;
  readonly lines: LineTable;
  /** By the number that `lines` has for a chain: the one that it has here. */
  readonly numbers: Int32Array;
  /** Where `lines` begin in the text that they are put into. */
  readonly start: number;
}

export class LineTable {
  #length = 0;
  #starts: Int32Array;
  #kinds: Uint8Array;
  #chains: Int32Array;
  #next: Int32Array;
  /** Behind the last line, as if another one began there. */
  end = 0;

  /** `room`: for so many lines at first. */
  constructor(room = 1024) {
    this.#starts = new Int32Array(room);
    this.#kinds = new Uint8Array(room);
    this.#chains = new Int32Array(room);
    this.#next = new Int32Array(room);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a line that begins at `start`; `chain`: the number of the chain that it declares or has a rule of, else -1. */
  add(start: number, kind: number, chain: number): number {
    const line = this.#length++;
    if (line === this.#starts.length) this.#grow();
    this.#starts[line] = start;
    this.#kinds[line] = kind;
    this.#chains[line] = chain;
    this.#next[line] = -1;
    return line;
  }

  /** Where each line begins of a text of this length, also the empty one behind a last line ending. */
  starts(length: number): Uint32Array {
    const isEnded = this.end <= length;
    const starts = new Uint32Array(this.#length + (isEnded ? 1 : 0));
    starts.set(this.#starts.subarray(0, this.#length));
    if (isEnded) starts[this.#length] = this.end;
    return starts;
  }

  startOf(line: number): number {
    return line < this.#length ? (this.#starts[line] ?? 0) : this.end;
  }

  /** Where its line ending begins. */
  endOf(line: number): number {
    return this.startOf(line + 1) - 1;
  }

  kindOf(line: number): number {
    return this.#kinds[line] ?? LineKind.blank;
  }

  chainOf(line: number): number {
    return this.#chains[line] ?? -1;
  }

  /** The line of the next rule of the same chain; -1 where there is none. */
  nextOf(line: number): number {
    return this.#next[line] ?? -1;
  }

  link(line: number, next: number): void {
    this.#next[line] = next;
  }

  /** Gives a chain of the lines from `start` up to `stop` another number, `numbers` being the new one by the old. */
  renumber(start: number, stop: number, numbers: Int32Array): void {
    for (let line = start; line < stop; line++) {
      const chain = this.#chains[line] ?? -1;
      if (chain >= 0) this.#chains[line] = numbers[chain] ?? -1;
    }
  }

  /**
   * These lines with `pieces` put in, which are in order and do not overlap. What leads from rule to rule is that of before: it is
   * to be linked anew where lines have other numbers, kinds or chains now.
   */
  spliced(pieces: readonly LinePiece[]): LineTable {
    const more = pieces.reduce((sum, { removed, lines }) => sum + lines.length - removed, 0);
    const made = new LineTable(this.#length + more);
    let from = 0;
    let shift = 0;
    for (const { first, removed, lines, numbers, start } of pieces) {
      made.#copy(this, from, first, shift);
      for (let line = 0; line < lines.length; line++) {
        const at = made.add(
          start + lines.startOf(line),
          lines.kindOf(line),
          numbers[lines.chainOf(line)] ?? -1,
        );
        if (removed === lines.length) made.link(at, this.nextOf(first + line));
      }
      from = first + removed;
      shift = start + lines.end - this.startOf(from);
    }
    made.#copy(this, from, this.#length, shift);
    made.end = this.end + shift;
    return made;
  }

  /** Adds the lines of `other` from `from` up to `to`, `shift` characters further on. */
  #copy(other: LineTable, from: number, to: number, shift: number): void {
    const at = this.#length;
    this.#starts.set(other.#starts.subarray(from, to), at);
    if (shift !== 0) {
      const end = at + to - from;
      for (let line = at; line < end; line++) this.#starts[line] = (this.#starts[line] ?? 0) + shift;
    }
    this.#kinds.set(other.#kinds.subarray(from, to), at);
    this.#chains.set(other.#chains.subarray(from, to), at);
    this.#next.set(other.#next.subarray(from, to), at);
    this.#length = at + to - from;
  }

  /** The last line that begins at or before `offset`; -1 where none does. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  #grow(): void {
    const length = this.#starts.length * 2;
    this.#starts = copied(this.#starts, new Int32Array(length));
    this.#chains = copied(this.#chains, new Int32Array(length));
    this.#next = copied(this.#next, new Int32Array(length));
    this.#kinds = copied(this.#kinds, new Uint8Array(length));
  }
}

function copied<List extends Int32Array | Uint8Array>(from: List, into: List): List {
  into.set(from);
  return into;
}
