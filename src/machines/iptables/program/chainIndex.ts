/** HOT PATH, written for speed: built within the first trace over a chain of 10,000 rules. */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { quadNumber } from '../../../values/address.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { plainDestination } from './plainHost.ts';
import type { Dimension } from './plainWords.ts';
import { type KeyValue, maskKey, ruleKey } from './ruleKey.ts';

/** Shorter chains are walked: an index would cost more than it saves. */
export const INDEXED_FROM = 48;

/** The rules filed under one dimension and mask length: the first position of each value's list. */
interface Facet {
  readonly dimension: Dimension;
  readonly prefix: number;
  readonly heads: Map<KeyValue, number>;
}

const NONE = -1;
/** Of a facet of which the packet's value is not known. */
const EVERYTHING = -2;

/**
 * Which rules of a long chain a packet can match at all. Each rule is filed under one thing that it asks for (its
 * destination, else its source, a port, an interface); a packet need only look at the rules filed under what it has, and
 * at those that could not be filed. What is filed by never changes while a packet goes through one table's chains.
 */
export class ChainIndex {
  readonly #family: Family;
  /** The rules for one IPv4 destination each, by its number: nearly all of a dispatch chain. */
  readonly #hosts = new Map<number, number>();
  readonly #facets: Facet[] = [];
  readonly #others: number[] = [];
  /** Of the packet that was asked about last: where its lists begin, of hosts and of each facet, and what came of it. */
  readonly #heads: number[] = [];
  #last: readonly number[] | null = null;
  /** The position behind each rule in the list that it stands in. */
  readonly #next: Int32Array;

  constructor(text: string, rules: readonly Rule[], family: Family) {
    this.#family = family;
    this.#next = new Int32Array(rules.length).fill(NONE);
    // From the end, so that every list is in order when each rule is put before those that are there.
    for (let position = rules.length - 1; position >= 0; position--) {
      const rule = rules[position];
      if (rule === undefined) continue;
      const word = family === 4 ? plainDestination(text, rule.start) : null;
      const host = word === null ? null : quadNumber(word.slice(0, word.indexOf('/')));
      if (host !== null) {
        this.#next[position] = this.#hosts.get(host) ?? NONE;
        this.#hosts.set(host, position);
        continue;
      }
      const key = ruleKey(text, rule, family);
      if (key === null) this.#others.push(position);
      else this.#file(key.dimension, key.prefix, key.value, position);
    }
    this.#others.reverse();
  }

  /** The positions of the rules that might match, in order: of thousands of endpoints merged once, not for each way. */
  candidates(packet: Packet): readonly number[] {
    const heads = this.#heads;
    let isLast = this.#last !== null;
    let found: number = this.#hosts.size === 0 ? NONE : (this.#hosts.get(Number(packet.destination)) ?? NONE);
    for (let at = 0; ; at++) {
      if (heads[at] !== found) {
        heads[at] = found;
        isLast = false;
      }
      const facet = this.#facets[at];
      if (facet === undefined) break;
      const value = valueOf(packet, facet, this.#family);
      found = value === undefined ? EVERYTHING : (facet.heads.get(value) ?? NONE);
    }
    return isLast && this.#last !== null ? this.#last : (this.#last = this.#merged());
  }

  /** The rules of `#heads`, and those that could not be filed. */
  #merged(): readonly number[] {
    let found: readonly number[] = this.#others;
    for (const [at, head] of this.#heads.entries()) {
      const facet = this.#facets[at - 1];
      const filed = head === EVERYTHING && facet !== undefined ? this.#everything(facet) : this.#list(head);
      if (filed.length > 0) found = merge(found, filed);
    }
    return found;
  }

  #file(dimension: Dimension, prefix: number, value: KeyValue, position: number): void {
    const { heads } = this.#facet(dimension, prefix);
    this.#next[position] = heads.get(value) ?? NONE;
    heads.set(value, position);
  }

  #facet(dimension: Dimension, prefix: number): Facet {
    for (const facet of this.#facets) {
      if (facet.prefix === prefix && facet.dimension === dimension) return facet;
    }
    const facet: Facet = { dimension, prefix, heads: new Map() };
    this.#facets.push(facet);
    return facet;
  }

  #list(head: number): readonly number[] {
    const list: number[] = [];
    for (let position = head; position !== NONE; position = this.#next[position] ?? NONE) list.push(position);
    return list;
  }

  #everything(facet: Facet): readonly number[] {
    return [...facet.heads.values()]
      .flatMap((head) => this.#list(head))
      .toSorted((one, other) => one - other);
  }
}

/** What the packet has in this dimension; undefined where that is not known, so that every rule has to be asked. */
function valueOf(packet: Packet, facet: Facet, family: Family): KeyValue | undefined {
  switch (facet.dimension) {
    case 'destination':
    case 'source':
      if (facet.dimension === 'source' ? packet.sourceUnknown : packet.destinationUnknown) return undefined;
      return maskKey(packet[facet.dimension], facet.prefix, family);
    case 'destinationPort':
    case 'sourcePort': {
      const port = packet[facet.dimension];
      return port === '*' ? undefined : (port ?? NONE);
    }
    case 'input':
    case 'output': {
      const name = packet[facet.dimension];
      return name === null ? '' : name;
    }
    default:
      return undefined;
  }
}

function merge(one: readonly number[], other: readonly number[]): readonly number[] {
  if (one.length === 0) return other;
  const merged: number[] = [];
  let left = 0;
  let right = 0;
  while (left < one.length || right < other.length) {
    const a = one[left] ?? Infinity;
    const b = other[right] ?? Infinity;
    merged.push(Math.min(a, b));
    if (a < b) left++;
    else right++;
  }
  return merged;
}
