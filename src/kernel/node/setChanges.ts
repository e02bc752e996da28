/** Ipsets as the packets of one run have left them: what `-j SET` adds and takes out (net/netfilter/ipset). */
import type { IpSet } from './node.ts';
import {
  byLengths,
  type DimensionValue,
  keyOf,
  type SetIndex,
  type SetOverlay,
  type Shape,
  shapeOf,
  type StoredEntry,
} from './setIndex.ts';
import { largest } from '../../text/lists.ts';

/** IPSET_DEFAULT_MAXELEM */
const MOST_ENTRIES = 65_536;

/** What of an entry is no part of its key. */
export type EntryRest = Pick<StoredEntry, 'interface' | 'mac'>;

/** One set, with what was changed in it. */
export class ChangedSet implements SetOverlay {
  readonly #set: IpSet;
  readonly #index: SetIndex;
  readonly #touched = new Map<string, readonly StoredEntry[]>();
  #shapes: readonly Shape[];

  constructor(set: IpSet, index: SetIndex) {
    this.#set = set;
    this.#index = index;
    this.#shapes = index.shapes.map((shape) => ({ ...shape }));
  }

  get shapes(): readonly Shape[] {
    return this.#shapes;
  }

  at(key: string): readonly StoredEntry[] | undefined {
    return this.#touched.get(key);
  }

  /** Adds what the packet has; whether the set took it. One that is there already stays, and with `exist` is no `nomatch` any more. */
  add(values: readonly DimensionValue[], rest: EntryRest, exist: boolean): boolean {
    if (!this.#takes(values)) return false;
    const { key, shape } = this.#placeOf(values);
    const entries = this.#touched.get(key) ?? this.#index.at(key);
    const there = entries.find((entry) => this.#isSame(entry, rest));
    if (there !== undefined) {
      const entry = this.#again(there, rest, exist);
      this.#touched.set(
        key,
        entries.map((each) => (each === there ? entry : each)),
      );
      return exist;
    }
    if (this.#size() >= this.#most() && !this.#set.options.has('forceadd')) return false;
    this.#touched.set(key, [...entries, newEntry(rest)]);
    shape.count++;
    return true;
  }

  /** Takes out what the packet has, `nomatch` or not; whether it was there. */
  remove(values: readonly DimensionValue[], rest: EntryRest): boolean {
    const { key, shape } = this.#placeOf(values);
    const entries = this.#touched.get(key) ?? this.#index.at(key);
    const kept = entries.filter((entry) => !this.#isSame(entry, rest));
    if (kept.length === entries.length) return false;
    this.#touched.set(key, kept);
    shape.count -= entries.length - kept.length;
    this.#shapes = this.#shapes.filter(({ count }) => count > 0);
    return true;
  }

  /** bitmap:ip,mac keeps the first hardware address that is seen of an entry without one. */
  fill(values: readonly DimensionValue[], mac: NonNullable<StoredEntry['mac']>): void {
    this.add(values, { interface: null, mac }, false);
  }

  #again(entry: StoredEntry, { mac }: EntryRest, exist: boolean): StoredEntry {
    if (this.#set.type === 'bitmap:ip,mac') {
      return entry.mac === null || exist ? { ...entry, mac: mac ?? entry.mac } : entry;
    }
    return exist ? { ...entry, noMatch: false } : entry;
  }

  #isSame(entry: StoredEntry, rest: EntryRest): boolean {
    if (entry.interface !== null) {
      if (entry.physical || rest.interface === null) return false;
      return entry.wildcard ? rest.interface.startsWith(entry.interface) : rest.interface === entry.interface;
    }
    return this.#set.type === 'bitmap:ip,mac' || entry.mac === rest.mac;
  }

  /**
   * Of a network the longest prefix that the set has now counts, whatever the packet's own network (INIT_CIDR); of an
   * empty set the whole address.
   */
  #placeOf(values: readonly DimensionValue[]): { readonly key: string; readonly shape: Shape } {
    const family = this.#index.family ?? 4;
    const full = family === 4 ? 32 : 128;
    const addressed = this.#index.parts.filter((part) => part === 'ip' || part === 'net');
    const lengths = addressed.map((part, at) => {
      const longest = largest(
        this.#shapes.map((shape) => shape.lengths[at] ?? 0),
        0,
      );
      return part === 'ip' || longest === 0 ? full : longest;
    });
    let shape = this.#shapes.find((each) => each.lengths.join() === lengths.join());
    if (shape === undefined) {
      shape = shapeOf(lengths, family);
      this.#shapes = [...this.#shapes, shape].toSorted(byLengths);
    }
    return { key: keyOf(this.#index.masked(values), shape), shape };
  }

  #size(): number {
    return this.#shapes.reduce((sum, { count }) => sum + count, 0);
  }

  #most(): number {
    return this.#set.type.startsWith('bitmap:')
      ? Infinity
      : Number(this.#set.options.get('maxelem') ?? MOST_ENTRIES);
  }

  #takes(values: readonly DimensionValue[]): boolean {
    const [first = null] = values;
    if (this.#set.type === 'hash:ip') return this.#index.masked(values)[0] !== 0n;
    return !this.#set.type.startsWith('bitmap:') || this.#index.isInRange(first);
  }
}

function newEntry(rest: EntryRest): StoredEntry {
  return { ...rest, noMatch: false, wildcard: false, physical: false, mark: null };
}

/** All sets of one run; a machine keeps it in `Run.state`. */
export class SetChanges {
  readonly #sets = new Map<string, ChangedSet>();
  readonly #guesses = new Map<string, { readonly holds: boolean; readonly times: number }>();

  /** Null where nothing was changed. */
  of(name: string): ChangedSet | null {
    return this.#sets.get(name) ?? null;
  }

  change(set: IpSet, index: SetIndex): ChangedSet {
    const known = this.#sets.get(set.name);
    if (known !== undefined) return known;
    const changed = new ChangedSet(set, index);
    this.#sets.set(set.name, changed);
    return changed;
  }

  /** Notes of a set that is not known what it ought to hold now; `member` as a rule would ask for it. */
  guess(name: string, member: string, holds: boolean): void {
    const key = `${name} ${member}`;
    this.#guesses.set(key, { holds, times: (this.#guesses.get(key)?.times ?? 0) + 1 });
  }

  guessed(name: string, member: string): { readonly holds: boolean; readonly times: number } | null {
    return this.#guesses.get(`${name} ${member}`) ?? null;
  }
}
