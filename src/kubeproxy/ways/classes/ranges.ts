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

  private constructor(starts: readonly bigint[], classes: readonly number[]) {
    this.#starts = starts;
    this.#classes = classes;
  }

  /** Null where there are too many of them to say. */
  static of(given: Iterable<Range>): RangeClasses | null {
    const ranges = [...new Map([...given].map((each) => [`${each.from}-${each.to}`, each])).values()];
    if (ranges.length > MOST_RANGES) return null;
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
