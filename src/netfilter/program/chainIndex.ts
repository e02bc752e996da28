import type { Rule } from '../../iptables/nodes.ts';
import type { Family } from '../flow.ts';
import type { Packet } from '../packet.ts';
import { type Dimension, maskKey, type RuleKey, ruleKey } from './ruleKey.ts';

/** Shorter chains are walked: an index would cost more than it saves. */
export const INDEXED_FROM = 48;

type Buckets = Map<bigint | number | string, number[]>;

interface Facet {
  readonly dimension: Dimension;
  readonly prefix: number;
  readonly buckets: Buckets;
}

/**
 * Which rules of a long chain a packet can match at all. Each rule is filed under one thing that it asks for (its
 * destination, else its source, a port, an interface); a packet need only look at the rules filed under what it has, and
 * at those that could not be filed. What is filed by never changes while a packet goes through one table's chains.
 */
export class ChainIndex {
  readonly #family: Family;
  readonly #facets = new Map<string, Facet>();
  readonly #others: number[] = [];

  constructor(text: string, rules: readonly Rule[], family: Family) {
    this.#family = family;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index];
      if (rule === undefined) continue;
      const key = ruleKey(text, rule, family);
      if (key === null) this.#others.push(index);
      else this.#file(key, index);
    }
  }

  /** The positions of the rules that might match, in order. */
  candidates(packet: Packet): readonly number[] {
    let found: readonly number[] = this.#others;
    for (const facet of this.#facets.values()) {
      const value = valueOf(packet, facet, this.#family);
      const filed = value === undefined ? everything(facet.buckets) : facet.buckets.get(value);
      if (filed !== undefined) found = merge(found, filed);
    }
    return found;
  }

  #file(key: RuleKey, index: number): void {
    const name = `${key.dimension} ${key.prefix}`;
    let facet = this.#facets.get(name);
    if (facet === undefined) {
      facet = { dimension: key.dimension, prefix: key.prefix, buckets: new Map() };
      this.#facets.set(name, facet);
    }
    const bucket = facet.buckets.get(key.value);
    if (bucket === undefined) facet.buckets.set(key.value, [index]);
    else bucket.push(index);
  }
}

/** What the packet has in this dimension; undefined where that is not known, so that every rule has to be asked. */
function valueOf(packet: Packet, facet: Facet, family: Family): bigint | number | string | undefined {
  switch (facet.dimension) {
    case 'destination':
      return maskKey(packet.destination, facet.prefix, family);
    case 'source':
      return maskKey(packet.source, facet.prefix, family);
    case 'destinationPort':
      return packet.destinationPort === '*' ? undefined : (packet.destinationPort ?? -1);
    case 'sourcePort':
      return packet.sourcePort === '*' ? undefined : (packet.sourcePort ?? -1);
    case 'input':
      return packet.input === null ? '' : packet.input;
    case 'output':
      return packet.output === null ? '' : packet.output;
  }
}

function everything(buckets: Buckets): readonly number[] {
  return [...buckets.values()].flat().toSorted((one, other) => one - other);
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
