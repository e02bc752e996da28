/**
 * The entries of one ipset, found by key. Built once for a set, so that a test costs one look-up for each combination of
 * prefix lengths in it, as in the kernel (net/netfilter/ipset/ip_set_hash_gen.h: mtype_test_cidrs).
 */
import { type Family, parseAddress, prefixMask } from '../../values/address.ts';
import { type MaskedNumber, readMark } from '../../values/marks.ts';
import type { IpSet, IpSetEntry } from './node.ts';
import { partsOf, readBlocks, readSetPorts, type SetPart } from './setEntries.ts';

/** What the packet has in one dimension: an address, or a key that must be equal; null = not part of the key. */
export type DimensionValue = bigint | string | null;

/** The address in the frame of one packet, on one side of it, which is not known. */
interface UnseenMac {
  readonly packet: object;
  readonly side: string;
}

/** What an entry has beyond its key. */
export interface StoredEntry {
  readonly noMatch: boolean;
  readonly interface: string | null;
  readonly wildcard: boolean;
  readonly physical: boolean;
  /** Null where the entry of a set with MAC addresses has none: any will do. */
  readonly mac: string | UnseenMac | null;
  /** `skbmark 0x10/0xff`; null without one. */
  readonly mark: MaskedNumber | null;
}

/** An entry that ipset itself writes is one combination; a written one with ranges may be more, but not without end. */
const MAX_COMBINATIONS = 200_000;

/** Prefix lengths of a set's addresses, one for each dimension that has one. */
export interface Shape {
  readonly lengths: readonly number[];
  readonly masks: readonly bigint[];
  /** Entries with these lengths. */
  count: number;
}

/** What was changed since the index was made. */
export interface SetOverlay {
  /** The longest prefixes first. */
  readonly shapes: readonly Shape[];
  /** The entries of a key; undefined where they are as in the index. */
  at(key: string): readonly StoredEntry[] | undefined;
}

export class SetIndex {
  readonly parts: readonly SetPart[];
  /** Null for sets of no family (`bitmap:port`, `hash:mac`). */
  readonly family: Family | null;
  readonly markMask: number;
  /** Entries that could not be read: whatever they hold is not known. */
  readonly unread: readonly string[];
  readonly #addressMask: bigint;
  readonly #shapes: readonly Shape[];
  readonly #entries = new Map<string, StoredEntry[]>();
  readonly #withProtocol: boolean;
  readonly #range: { readonly from: bigint; readonly to: bigint } | null;

  constructor(set: IpSet, parts: readonly SetPart[]) {
    this.parts = parts;
    this.family = familyOf(set, parts);
    this.markMask = Number(set.options.get('markmask') ?? 0xffffffff) >>> 0;
    this.#withProtocol = set.type !== 'bitmap:port';
    this.#range = rangeOf(set.options.get('range'));
    this.#addressMask = addressMaskOf(set, this.family ?? 4);
    const shapes = new Map<string, Shape>();
    this.unread = set.entries.filter((entry) => !this.#store(entry, shapes)).map((entry) => entry.text);
    this.#shapes = [...shapes.values()].toSorted(byLengths);
  }

  /**
   * The entries that the packet's values fall into, the most specific first: one list for each combination of prefix
   * lengths that has any.
   */
  *find(
    values: readonly DimensionValue[],
    overlay: SetOverlay | null = null,
  ): Generator<readonly StoredEntry[]> {
    const masked = this.masked(values);
    for (const shape of overlay?.shapes ?? this.#shapes) {
      const key = keyOf(masked, shape);
      const found = overlay?.at(key) ?? this.#entries.get(key);
      if (found !== undefined) yield found;
    }
  }

  /** The packet's values as the set keeps them (`netmask 24`). */
  masked(values: readonly DimensionValue[]): readonly DimensionValue[] {
    return values.map((value) => (typeof value === 'bigint' ? value & this.#addressMask : value));
  }

  /** Whether a bitmap has a place for the value: `range 10.0.0.0-10.0.255.255`, `range 0-1024`. */
  isInRange(value: DimensionValue): boolean {
    const place = BigInt(value ?? -1);
    return this.#range === null || (place >= this.#range.from && place <= this.#range.to);
  }

  get shapes(): readonly Shape[] {
    return this.#shapes;
  }

  /** The entries of a key (`keyOf`). */
  at(key: string): readonly StoredEntry[] {
    return this.#entries.get(key) ?? [];
  }

  #store(entry: IpSetEntry, shapes: Map<string, Shape>): boolean {
    const texts = entry.text.split(',');
    const alternatives = this.parts.map((part, index) => this.#readPart(part, texts[index]));
    if (texts.length > this.parts.length || alternatives.includes(null)) return false;
    if (alternatives.reduce((count, list) => count * (list?.length ?? 0), 1) > MAX_COMBINATIONS) return false;
    const stored = this.#storedOf(entry, texts);
    for (const combination of combinations(alternatives.map((list) => list ?? []))) {
      const lengths = combination.flatMap((item) => (item.length === null ? [] : [item.length]));
      const shape = this.#shapeOf(lengths, shapes);
      shape.count++;
      const key = keyOf(
        combination.map((item) => item.value),
        shape,
      );
      const known = this.#entries.get(key);
      if (known === undefined) this.#entries.set(key, [stored]);
      else known.push(stored);
    }
    return true;
  }

  #shapeOf(lengths: readonly number[], shapes: Map<string, Shape>): Shape {
    const name = lengths.join();
    const known = shapes.get(name);
    if (known !== undefined) return known;
    const shape = shapeOf(lengths, this.family ?? 4);
    shapes.set(name, shape);
    return shape;
  }

  #readPart(part: SetPart, text: string | undefined): readonly Alternative[] | null {
    switch (part) {
      case 'ip':
      case 'net':
        return (
          readBlocks(text ?? '', this.family ?? 4)?.map(({ value, length }) => ({
            value: value & this.#addressMask,
            length,
          })) ?? null
        );
      case 'port':
        return readSetPorts(text ?? '', this.#withProtocol)?.map((port) => plain(String(port))) ?? null;
      case 'mark':
        return /^(0x[0-9a-f]+|\d+)$/i.test(text ?? '')
          ? [plain(String((Number(text) & this.markMask) >>> 0))]
          : null;
      case 'iface':
        return text === undefined ? null : [plain(null)];
      default:
        return [plain(null)];
    }
  }

  #storedOf(entry: IpSetEntry, texts: readonly string[]): StoredEntry {
    const name = texts[this.parts.indexOf('iface')] ?? null;
    const physical = name?.startsWith('physdev:') ?? false;
    return {
      noMatch: entry.noMatch,
      interface: physical ? (name?.slice('physdev:'.length) ?? null) : name,
      wildcard: entry.wildcard,
      physical,
      mac: texts[this.parts.indexOf('mac')]?.toLowerCase() ?? null,
      mark: markOf(entry.mark),
    };
  }
}

export function shapeOf(lengths: readonly number[], family: Family): Shape {
  return { lengths, masks: lengths.map((length) => prefixMask(family, length)), count: 0 };
}

function rangeOf(text: string | undefined): { readonly from: bigint; readonly to: bigint } | null {
  const [from = '', to = ''] = text?.split('-') ?? [];
  const [first, last] = [from, to].map((end) => (/^\d+$/.test(end) ? BigInt(end) : parseAddress(end)?.value));
  return first === undefined || last === undefined ? null : { from: first, to: last };
}

function markOf(text: string | null): MaskedNumber | null {
  const reading = text === null ? null : readMark(text);
  return reading?.kind === 'value' ? reading.value : null;
}

interface Alternative {
  readonly value: DimensionValue;
  /** Of an address: how many bits count. */
  readonly length: number | null;
}

function plain(value: string | null): Alternative {
  return { value, length: null };
}

const indexes = new WeakMap<IpSet, SetIndex>();

/** The index of a set; null for a type that is not known. */
export function indexOf(set: IpSet): SetIndex | null {
  const known = indexes.get(set);
  if (known !== undefined) return known;
  const parts = partsOf(set.type);
  if (parts === null) return null;
  const index = new SetIndex(set, parts);
  indexes.set(set, index);
  return index;
}

function familyOf(set: IpSet, parts: readonly SetPart[]): Family | null {
  if (!parts.some((part) => part === 'ip' || part === 'net')) return null;
  return set.options.get('family') === 'inet6' ? 6 : 4;
}

/** `netmask 24`, `netmask 255.255.255.0`, `bitmask 255.0.255.0`: what of an address counts. */
function addressMaskOf(set: IpSet, family: Family): bigint {
  const text = set.options.get('netmask') ?? set.options.get('bitmask');
  const all = prefixMask(family, family === 4 ? 32 : 128);
  if (text === undefined) return all;
  const length = Number(text);
  if (Number.isInteger(length) && length >= 0 && length <= 128) return prefixMask(family, length) & all;
  return parseAddress(text)?.value ?? all;
}

/** The longest prefixes first, the first dimension before the second. */
export function byLengths(a: Shape, b: Shape): number {
  const at = a.lengths.findIndex((length, index) => length !== b.lengths[index]);
  return at === -1 ? 0 : (b.lengths[at] ?? 0) - (a.lengths[at] ?? 0);
}

/** Where entries with these values (as `masked`) and lengths are kept. */
export function keyOf(values: readonly DimensionValue[], shape: Shape): string {
  let key = '';
  let address = 0;
  for (const value of values) {
    if (typeof value === 'bigint') key += `${(value & (shape.masks[address++] ?? 0n)).toString(36)},`;
    else if (value !== null) key += `${value},`;
  }
  return `${key}${shape.lengths.join('/')}`;
}

function combinations(lists: readonly (readonly Alternative[])[]): readonly (readonly Alternative[])[] {
  return lists.reduce<readonly (readonly Alternative[])[]>(
    (heads, list) => heads.flatMap((head) => list.map((item) => [...head, item])),
    [[]],
  );
}
