/** Numbers told apart by the ranges that hold them: two that are in the same ranges have one class. */

/** Both ends count. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** More ranges than these are not held against each other. */
const MOST_RANGES = 20_000;
/** Of what is open at each end of a range, all together. */
const MOST_OPEN = 2_000_000;

export class RangeClasses {
  /** Where a class begins, in order; `#classes[i]` is that of `#starts[i]` up to the next one. */
  readonly #starts: readonly bigint[];
  readonly #classes: readonly number[];
  /** The starts as numbers. */
  readonly #small: Float64Array;

  private constructor(starts: readonly bigint[], classes: readonly number[]) {
    this.#starts = starts;
    this.#classes = classes;
    this.#small = Float64Array.from(starts, Number);
  }

  /** Null where there are too many of them to say. */
  static of(given: Iterable<Range>): RangeClasses | null {
    const ranges = new Ranges();
    for (const each of given) if (!ranges.add(each)) return null;
    return RangeClasses.#of(ranges.all);
  }

  static #of(ranges: readonly Range[]): RangeClasses | null {
    const changes = changesOf(ranges);
    const open = new Set<number>();
    const known = new Map<string, number>([['', 0]]);
    const classes: number[] = [];
    let work = 0;
    for (const { begin, end } of changes.map(([, change]) => change)) {
      for (const index of end) open.delete(index);
      for (const index of begin) open.add(index);
      work += open.size;
      if (work > MOST_OPEN) return null;
      const key = [...open].toSorted((one, other) => one - other).join();
      const found = known.get(key) ?? known.size;
      known.set(key, found);
      classes.push(found);
    }
    return new RangeClasses(
      changes.map(([at]) => at),
      classes,
    );
  }

  /** The class of a number: the same for all that are in the same ranges. */
  of(value: bigint): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0n) <= value) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#classes[low - 1] ?? 0);
  }

  /** HOT PATH. The same for a port, or an address of IPv4. */
  ofSmall(value: number): number {
    let low = 0;
    let high = this.#small.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#small[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#classes[low - 1] ?? 0);
  }
}

/** Different ranges, up to a number. */
export class Ranges {
  readonly #known = new Map<string, Range>();

  /** False once there are too many. */
  add(range: Range): boolean {
    this.#known.set(`${range.from}-${range.to}`, range);
    return this.#known.size <= MOST_RANGES;
  }

  get all(): readonly Range[] {
    return [...this.#known.values()];
  }
}

interface Change {
  readonly begin: number[];
  readonly end: number[];
}

/** Where ranges begin and end, in order. */
function changesOf(ranges: readonly Range[]): readonly (readonly [bigint, Change])[] {
  const changes = new Map<bigint, Change>();
  const at = (value: bigint): Change => {
    const known = changes.get(value) ?? { begin: [], end: [] };
    changes.set(value, known);
    return known;
  };
  for (const [index, { from, to }] of ranges.entries()) {
    at(from).begin.push(index);
    at(to + 1n).end.push(index);
  }
  return [...changes].toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}
