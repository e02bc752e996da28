/** HOT PATH: something of many chains. Where lines are all that there is it goes by their numbers: a map of objects costs more than what is in it. */
import type { Chain } from '../nodes.ts';
import { numberOf } from './compactTable.ts';

export class ByChain<Value> {
  /** By number, each with the chain that it is of: those of another table have the same numbers. */
  readonly #chains: (Chain | undefined)[] = [];
  readonly #values: (Value | undefined)[] = [];
  readonly #others = new Map<Chain, Value>();
  #numbered = 0;

  get size(): number {
    return this.#numbered + this.#others.size;
  }

  get(chain: Chain): Value | undefined {
    const number = numberOf(chain);
    if (number >= 0 && this.#chains[number] === chain) return this.#values[number];
    return this.#others.size === 0 ? undefined : this.#others.get(chain);
  }

  has(chain: Chain): boolean {
    return this.get(chain) !== undefined;
  }

  /** Of chains that have none yet, in the order of their table. */
  put(chain: Chain, value: Value): void {
    const number = numberOf(chain);
    if (number < this.#chains.length) {
      this.#others.set(chain, value);
      return;
    }
    // Without a gap: a list with large ones is slow.
    while (this.#chains.length < number) {
      this.#chains.push(undefined);
      this.#values.push(undefined);
    }
    this.#chains.push(chain);
    this.#values.push(value);
    this.#numbered++;
  }

  *keys(): Iterable<Chain> {
    for (const chain of this.#chains) if (chain !== undefined) yield chain;
    yield* this.#others.keys();
  }
}
