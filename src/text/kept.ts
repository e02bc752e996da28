/** Values that are worked out of something that never changes, each once, and kept with it for as long as it is. */

/**
 * The values of one owner. A value is asked for by the function that makes it, which is also its name:
 * `document.kept.of(problemsIn)`.
 */
export class Kept<Owner> {
  readonly #owner: Owner;
  readonly #cells = new Map<unknown, Cell<unknown>>();

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  of<Value>(make: (owner: Owner) => Value): Value {
    const cell = this.#cellOf(make);
    return cell === null ? this.put(make, make(this.#owner)) : cell.value;
  }

  /** Null where it was not made yet. */
  known<Value>(make: (owner: Owner) => Value): Value | null {
    return this.#cellOf(make)?.value ?? null;
  }

  /** For what was made in another way, as in turns: from now on `of(make)` gives `value`. */
  put<Value>(make: (owner: Owner) => Value, value: Value): Value {
    this.#cells.set(make, { make, value });
    return value;
  }

  #cellOf<Value>(make: (owner: Owner) => Value): Cell<Value> | null {
    const cell = this.#cells.get(make);
    return cell !== undefined && isOf(cell, make) ? cell : null;
  }
}

interface Cell<Value> {
  readonly make: unknown;
  readonly value: Value;
}

function isOf<Value>(cell: Cell<unknown>, make: (owner: never) => Value): cell is Cell<Value> {
  return cell.make === make;
}

/** The value of each part of an owner (a chain, a table), made when it is first asked for. */
export class KeptByPart<Part, Value> {
  readonly #make: (part: Part) => Value;
  readonly #values = new Map<Part, { readonly value: Value }>();

  constructor(make: (part: Part) => Value) {
    this.#make = make;
  }

  /** For what was made in another way, as in turns. */
  put(part: Part, value: Value): void {
    this.#values.set(part, { value });
  }

  has(part: Part): boolean {
    return this.#values.has(part);
  }

  of(part: Part): Value {
    let cell = this.#values.get(part);
    if (cell === undefined) {
      cell = { value: this.#make(part) };
      this.#values.set(part, cell);
    }
    return cell.value;
  }
}
