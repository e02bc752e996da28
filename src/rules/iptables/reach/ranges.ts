/** Sets of numbers as ranges: sorted, apart from each other, both ends counted. */

export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

export type Ranges = readonly Range[];

export function only(value: bigint | number): Ranges {
  return [{ from: BigInt(value), to: BigInt(value) }];
}

/** In any order, also of such as overlap. */
export function union(all: Ranges): Ranges {
  const sorted = [...all].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: Range[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.from > last.to + 1n) joined.push(range);
    else if (range.to > last.to) joined[joined.length - 1] = { from: last.from, to: range.to };
  }
  return joined;
}

export function intersect(a: Ranges, b: Ranges): Ranges {
  const found: Range[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) return found;
    const from = one.from > other.from ? one.from : other.from;
    const to = one.to < other.to ? one.to : other.to;
    if (from <= to) found.push({ from, to });
    if (one.to < other.to) i++;
    else j++;
  }
}

/** What of `all` is not in `taken`. */
export function without(all: Ranges, taken: Ranges): Ranges {
  const left: Range[] = [];
  let j = 0;
  for (const { from, to } of all) {
    let start = from;
    while ((taken[j]?.to ?? start) < start) j++;
    for (let k = j; start <= to; k++) {
      const next = taken[k];
      if (next === undefined || next.from > to) {
        left.push({ from: start, to });
        break;
      }
      if (next.from > start) left.push({ from: start, to: next.from - 1n });
      start = next.to + 1n;
    }
  }
  return left;
}
