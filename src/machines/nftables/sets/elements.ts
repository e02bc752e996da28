/** The elements of a set or a map, so that a look-up costs one step: net/netfilter/nft_set_hash.c, _rbtree.c, _pipapo.c. */
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import { partsOf } from '../values/parts.ts';
import { type Datum, type Drawn, isKnown, type Known, shareOf } from '../values/datum.ts';
import { fits, type Spec, specOf } from '../values/spec.ts';

export interface Entry {
  readonly element: Element;
  /** One for each part of the key; empty for what no other element matches. */
  readonly key: readonly Spec[];
}

export type Key = readonly Datum[];

/** What a number that is drawn may fall on. */
export interface Lots {
  readonly entries: readonly Entry[];
  /** How likely each is; behind them what falls to none, where something does. */
  readonly shares: readonly number[];
}

export class Elements {
  readonly entries: readonly Entry[];
  readonly catchAll: Entry | null;
  /** Whether every key could be read. */
  readonly complete: boolean;
  readonly #exact = new Map<string, Entry>();
  readonly #sorted: readonly Sorted[] | null;
  readonly #ranged: readonly Entry[];
  /** Elements by those of their parts that are known of a key, made when such a key first comes. */
  readonly #byKnown = new Map<string, ReadonlyMap<string, readonly Entry[]>>();
  /** Of the key of one part that was drawn last: a rule that draws draws from the same always. */
  #lots: { readonly drawn: Drawn; readonly lots: Lots } | null = null;

  constructor(elements: readonly Element[], types: readonly (string | null)[]) {
    const entries: Entry[] = [];
    let catchAll: Entry | null = null;
    let complete = true;
    for (const element of elements) {
      if (element.key.kind === 'any') {
        catchAll = { element, key: [] };
        continue;
      }
      const key = keyOf(element.key, types);
      if (key === null) complete = false;
      else entries.push({ element, key });
    }
    this.entries = entries;
    this.catchAll = catchAll;
    this.complete = complete;
    const ranged: Entry[] = [];
    for (const entry of entries) {
      const exact = exactKey(entry);
      if (exact === null) ranged.push(entry);
      else this.#exact.set(exact, entry);
    }
    this.#ranged = ranged;
    this.#sorted = sortedOf(ranged);
  }

  /** Of a key of which all is known; null where no element is of it. */
  find(key: readonly Known[]): Entry | null {
    const exact = this.#exact.get(keyText(key));
    if (exact !== undefined) return exact;
    const ranged = this.#findRanged(key);
    return ranged ?? this.catchAll;
  }

  #findRanged(key: readonly Known[]): Entry | null {
    if (this.#ranged.length === 0) return null;
    const [only] = key;
    if (this.#sorted !== null && typeof only === 'bigint') return search(this.#sorted, only);
    return this.#ranged.find((entry) => isOf(entry, key)) ?? null;
  }

  /** Those that a key of which a part is not known may be of. */
  candidates(key: Key): readonly Entry[] {
    const known = key.map(isKnown);
    const pattern = known.join(',');
    let index = this.#byKnown.get(pattern);
    if (index === undefined) {
      index = indexOf(this.entries, known);
      this.#byKnown.set(pattern, index);
    }
    const exact = index.get(key.map((datum) => (isKnown(datum) ? String(datum) : '')).join(' ')) ?? [];
    const others = index.get(RANGED) ?? [];
    return [...exact, ...others].filter((entry) => mayBeOf(entry, key));
  }

  /** Of a key of which `drawn` is a part. */
  lots(key: Key, drawn: Drawn): Lots {
    if (this.#lots?.drawn === drawn && key.length === 1) return this.#lots.lots;
    const lots = lotsOf(this.candidates(key), key.indexOf(drawn), drawn);
    if (key.length === 1) this.#lots = { drawn, lots };
    return lots;
  }
}

function lotsOf(entries: readonly Entry[], at: number, drawn: Drawn): Lots {
  const shares = entries.map(({ key }) => {
    const spec = key[at];
    return spec === undefined ? 0 : shareOf(drawn, spec);
  });
  const rest = Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0));
  return { entries, shares: rest < 1e-12 ? shares : [...shares, rest] };
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** HOT PATH: `10.96.0.1 . tcp . 80` → `174063617 6 80`. A plain number is written much faster than a bigint. */
function keyText([first, ...others]: readonly Known[]): string {
  let text = partText(first ?? '');
  for (const part of others) text += ` ${partText(part)}`;
  return text;
}

function partText(part: Known): string {
  return typeof part === 'bigint' && part <= SAFE ? String(Number(part)) : String(part);
}

const RANGED = 'ranged';

function keyOf(expression: Expression, types: readonly (string | null)[]): readonly Spec[] | null {
  const parts = partsOf(expression);
  const specs = parts.map((part, index) => specOf(part, types[index] ?? null));
  return specs.every((spec) => spec !== null) ? specs : null;
}

function exactOf(spec: Spec): string | null {
  if (spec.kind === 'name') return spec.prefix ? null : spec.name;
  return spec.range.from === spec.range.to ? String(spec.range.from) : null;
}

function exactKey({ key }: Entry): string | null {
  const parts = key.map(exactOf);
  return parts.every((part) => part !== null) ? parts.join(' ') : null;
}

interface Sorted {
  readonly from: bigint;
  readonly to: bigint;
  readonly entry: Entry;
}

/** Apart from each other; null where keys have several parts, or are names. */
function sortedOf(entries: readonly Entry[]): readonly Sorted[] | null {
  const sorted = entries.flatMap((entry): readonly Sorted[] => {
    const [only] = entry.key;
    return entry.key.length === 1 && only?.kind === 'range' ? [{ ...only.range, entry }] : [];
  });
  if (sorted.length < entries.length) return null;
  return apart(sorted.toSorted((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0)));
}

/** People write ranges that overlap, which nft merges in a set (src/intervals.c): each keeps what none before it has. */
function apart(inOrder: readonly Sorted[]): readonly Sorted[] {
  const found: Sorted[] = [];
  for (const each of inOrder) {
    const last = found.at(-1);
    if (last === undefined || each.from > last.to) found.push(each);
    else if (each.to > last.to) found.push({ ...each, from: last.to + 1n });
  }
  return found;
}

function search(sorted: readonly Sorted[], value: bigint): Entry | null {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const here = sorted[middle];
    if (here === undefined) return null;
    if (value < here.from) high = middle - 1;
    else if (value > here.to) low = middle + 1;
    else return here.entry;
  }
  return null;
}

function isOf({ key }: Entry, values: readonly Known[]): boolean {
  return key.every((spec, index) => {
    const value = values[index];
    return value !== undefined && fits(value, spec);
  });
}

function indexOf(
  entries: readonly Entry[],
  known: readonly boolean[],
): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const entry of entries) {
    const parts = entry.key.map((spec, at) => (known[at] === true ? exactOf(spec) : ''));
    const name = parts.every((part) => part !== null) ? parts.join(' ') : RANGED;
    const list = index.get(name);
    if (list === undefined) index.set(name, [entry]);
    else list.push(entry);
  }
  return index;
}

function mayBeOf({ key }: Entry, values: Key): boolean {
  return key.every((spec, index) => {
    const datum = values[index];
    if (datum === undefined || datum === null) return false;
    if (isKnown(datum)) return fits(datum, spec);
    return mayBe(datum, spec);
  });
}

/** Whether what is known of a value leaves it open that it is what `spec` says. */
function mayBe(datum: Exclude<Datum, Known | null>, spec: Spec): boolean {
  if (spec.kind === 'name') return datum.kind === 'open' && datum.known === 0n;
  const { from, to } = spec.range;
  if (datum.kind === 'drawn') return from < datum.from + datum.count && to >= datum.from;
  return from !== to || (from & datum.known) === datum.bits;
}
