/** HOT PATH: the lines of a dump as numbers in flat lists, a dozen bytes each. */

/** What stands in a line; see `Statement`. */
export const LineKind = { blank: 0, comment: 1, table: 2, chain: 3, rule: 4, commit: 5, bad: 6 } as const;

export class LineTable {
  #length = 0;
  #starts = new Int32Array(1024);
  #kinds = new Uint8Array(1024);
  #chains = new Int32Array(1024);
  #next = new Int32Array(1024);
  /** Behind the last line, as if another one began there. */
  end = 0;

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
