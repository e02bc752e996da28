/** Names of interfaces as numbers: names that no pattern of the rules tells apart are one. */
import { readInterface } from '../../../values/names.ts';
import { optionNamed } from '../names.ts';
import type { Rule } from '../nodes.ts';
import { type Ranges, union } from './ranges.ts';

/** The number of a packet that has no such interface, as one that leaves has no incoming one. */
export const NO_INTERFACE = 0n;
/** The names that no pattern is for. */
const OTHERS = 1n;

export class Interfaces {
  /** `eth0`, or `eth+` for names that begin so and are none of the longer ones. */
  readonly #numbers = new Map<string, bigint>();

  constructor(rules: Iterable<Rule>) {
    for (const rule of rules) {
      for (const option of ['-i', '-o']) {
        const text = optionNamed(rule.general, option)?.values[0]?.text;
        if (text !== undefined && text !== '+' && !this.#numbers.has(text))
          this.#numbers.set(text, OTHERS + 1n + BigInt(this.#numbers.size));
      }
    }
  }

  /** With `NO_INTERFACE` and the names that no pattern is for. */
  get all(): Ranges {
    return [{ from: NO_INTERFACE, to: OTHERS + BigInt(this.#numbers.size) }];
  }

  /** Null for a name that cannot be one. `+` is for every packet. */
  matching(pattern: string): Ranges | null {
    const read = readInterface(pattern);
    if (read.kind === 'fault') return null;
    const { name, prefix } = read.value;
    if (!prefix) return this.#of([pattern]);
    if (name === '') return this.all;
    return this.#of([...this.#numbers.keys()].filter((other) => other.replace(/\+$/, '').startsWith(name)));
  }

  /** A name that has one of the numbers; null where none has to be named, since names that no rule knows are among them, and where it is no interface. */
  nameIn(numbers: Ranges): string | null {
    if (numbers.some(({ from, to }) => from <= OTHERS && OTHERS <= to)) return null;
    for (const [pattern, number] of this.#numbers) {
      if (numbers.some(({ from, to }) => from <= number && number <= to)) return pattern.replace(/\+$/u, '0');
    }
    return null;
  }

  #of(names: readonly string[]): Ranges {
    return union(
      names.flatMap((name) => {
        const number = this.#numbers.get(name);
        return number === undefined ? [] : [{ from: number, to: number }];
      }),
    );
  }
}
