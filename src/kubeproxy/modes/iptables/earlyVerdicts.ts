/** Rules of others in table filter that may end a packet's walk before it comes to a chain of kube-proxy's. */
import type { Chain, Rule, Table } from '../../../rules/iptables/nodes.ts';
import type { OvertakingVerdict } from '../../services/frontend.ts';
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import { roleOf } from './roles.ts';

const VERDICTS: ReadonlyMap<string, OvertakingVerdict> = new Map([
  ['ACCEPT', 'accepts'],
  ['DROP', 'drops'],
  ['REJECT', 'rejects'],
  ['QUEUE', 'queues'],
  ['NFQUEUE', 'queues'],
]);

/** So many rules are looked at before kube-proxy's; who has more before it has it late for other reasons. */
const MOST_RULES = 2000;
/** As deep as nf_tables follows jumps. */
const DEEPEST = 16;

/** A rule that ends the walk, behind the jumps that lead to it: a packet must meet the conditions of all of them. */
export interface EarlyVerdict {
  readonly chain: string;
  readonly verdict: OvertakingVerdict;
  readonly rules: readonly Rule[];
  /** Rules before it, in its chain and in those that lead to it, by which packets go back: what one of them takes never meets it. */
  readonly returns: readonly Rule[];
}

/** What may end the walk of a base chain of table filter before its rule that jumps to `chain`; nothing where none jumps. */
export function earlyVerdicts(filter: Table | null, base: string, chain: string): readonly EarlyVerdict[] {
  const own = filter?.chains.get(base);
  const end = own?.rules.findIndex((rule) => targetNameOf(rule) === chain) ?? -1;
  return filter === null || own === undefined || end <= 0 ? [] : new EarlyWalk(filter).before(own, end);
}

class EarlyWalk {
  readonly #filter: Table;
  readonly #found: EarlyVerdict[] = [];
  #left = MOST_RULES;

  constructor(filter: Table) {
    this.#filter = filter;
  }

  before(chain: Chain, end: number): readonly EarlyVerdict[] {
    this.#walk(chain, end, []);
    return this.#found;
  }

  #walk({ name, rules }: Chain, end: number, jumps: readonly Rule[], above: readonly Rule[] = []): void {
    const returns = [...above];
    for (const rule of rules.slice(0, end)) {
      if (this.#left-- <= 0) return;
      const target = targetNameOf(rule);
      if (target === null) continue;
      const verdict = VERDICTS.get(target);
      if (verdict !== undefined)
        this.#found.push({ chain: name, verdict, rules: [...jumps, rule], returns: [...returns] });
      const ends = verdict !== undefined || target === 'RETURN';
      if (ends && isUnconditional(rule)) return;
      if (target === 'RETURN') returns.push(rule);
      const next = this.#filter.chains.get(target);
      const isOwn = next === undefined || roleOf('filter', target) !== null;
      if (!isOwn && jumps.length < DEEPEST) this.#walk(next, next.rules.length, [...jumps, rule], returns);
    }
  }
}
