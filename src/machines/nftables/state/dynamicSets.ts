/** What rules of this run put into sets, and took out: net/netfilter/nft_dynset.c. Time does not pass in a run. */
import type { Element } from '../../../rules/nftables/expressions.ts';

export class DynamicSets {
  readonly #sets = new Map<string, Map<string, Element | null>>();

  /** Undefined where no rule of this run changed the element; null where one took it out. */
  find(set: string, key: string): Element | null | undefined {
    return this.#sets.get(set)?.get(key);
  }

  put(set: string, key: string, element: Element | null): void {
    const elements = this.#sets.get(set) ?? new Map<string, Element | null>();
    elements.set(key, element);
    this.#sets.set(set, elements);
  }

  /** How many elements rules of this run added. */
  added(set: string): number {
    return [...(this.#sets.get(set)?.values() ?? [])].filter((element) => element !== null).length;
  }
}
