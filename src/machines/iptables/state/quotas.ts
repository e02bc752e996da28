import type { Rule } from '../../../rules/iptables/nodes.ts';

/** What is left of the quotas of `-m quota`, in bytes; each rule has its own. */
export class Quotas {
  readonly #left = new Map<Rule, number>();

  /** Whether the quota still has room for the packet; takes it off. A packet that is too long ends the quota (xt_quota.c). */
  take(rule: Rule, quota: number, length: number): boolean {
    const left = this.#left.get(rule) ?? quota;
    this.#left.set(rule, left >= length ? left - length : 0);
    return left >= length;
  }

  end(rule: Rule): void {
    this.#left.set(rule, 0);
  }
}
