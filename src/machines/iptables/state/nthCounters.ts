import type { Rule } from '../../../rules/iptables/nodes.ts';

interface Counter {
  /** How many of the last packets did not match, while the position is not known; null once it is. */
  misses: number | null;
  /** Packets since the last match, once known. */
  since: number;
}

/**
 * The counters of `statistic --mode nth`. A dump does not say where a counter stands, so the first packet matches with
 * the chance 1/n; what it did then tells something of the next.
 */
export class NthCounters {
  readonly #counters = new Map<Rule, Counter>();

  /** The chance that the next packet matches. */
  chance(rule: Rule, every: number): number {
    const counter = this.#counters.get(rule);
    if (counter === undefined) return 1 / every;
    if (counter.misses === null) return counter.since === every - 1 ? 1 : 0;
    return 1 / (every - counter.misses);
  }

  /** Notes what the packet did. */
  count(rule: Rule, matched: boolean): void {
    const counter = this.#counters.get(rule) ?? { misses: 0, since: 0 };
    this.#counters.set(rule, counter);
    if (matched) {
      counter.misses = null;
      counter.since = 0;
    } else if (counter.misses === null) counter.since++;
    else counter.misses++;
  }
}
