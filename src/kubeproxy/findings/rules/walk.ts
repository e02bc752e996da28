/** What becomes of packets that no rule takes aside: a walk over a base chain for those that match none but what everybody matches. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { isUnconditional, targetNameOf } from '../../words/ruleView.ts';
import type { RulesSubject } from './subject.ts';

/** A rule that ends the way of all packets that get to it. */
export interface EndingRule {
  readonly chain: Chain;
  readonly rule: Rule;
  readonly target: string;
}

/** `passes`: some of them are accepted, or nobody knows; `goes on`: none of the rules ends their way. */
export type WalkEnd = 'passes' | 'goes on' | EndingRule;

/** Deeper chains were made to exhaust us. */
const MOST_DEPTH = 32;

/** Chains that take aside what is for Services; none of them accepts anything but health checks. */
const DISPATCH: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-PROXY-FIREWALL',
  'KUBE-NODEPORTS',
]);

/**
 * Where packets end that are like nobody's in particular. `mayBe`: whether a rule may be for some of the packets that are
 * asked about; such a rule ends the walk where it accepts, and where it drops only if it is for all of them (`isForAll`).
 */
export function endOf(
  subject: RulesSubject,
  table: string,
  name: string,
  mayBe: (rule: Rule) => boolean,
  isForAll: (rule: Rule) => boolean = isUnconditional,
): WalkEnd {
  return new Walk(subject, table, mayBe, isForAll).chain(name, 0);
}

const DROPS: ReadonlySet<string> = new Set(['DROP', 'REJECT']);

/** Targets that only change or note something. */
const GOES_ON: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'MARK',
  'CONNMARK',
  'TRACE',
  'CT',
  'NOTRACK',
  'TCPMSS',
  'SET',
  'CHECKSUM',
  'TOS',
  'DSCP',
  'TTL',
  'HL',
  'CLASSIFY',
  'SECMARK',
  'CONNSECMARK',
  'AUDIT',
  'ULOG',
  'RATEEST',
  'IDLETIMER',
  'LED',
  'TEE',
]);

class Walk {
  readonly #subject: RulesSubject;
  readonly #table: string;
  readonly #mayBe: (rule: Rule) => boolean;
  readonly #isForAll: (rule: Rule) => boolean;
  readonly #known = new Map<string, WalkEnd>();

  constructor(
    subject: RulesSubject,
    table: string,
    mayBe: (rule: Rule) => boolean,
    isForAll: (rule: Rule) => boolean,
  ) {
    this.#subject = subject;
    this.#table = table;
    this.#mayBe = mayBe;
    this.#isForAll = isForAll;
  }

  chain(name: string, depth: number): WalkEnd {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const chain = this.#subject.chain(this.#table, name);
    if (chain === null || depth > MOST_DEPTH || DISPATCH.has(name)) return 'goes on';
    this.#known.set(name, 'goes on');
    const end = this.#rules(chain, depth);
    this.#known.set(name, end);
    return end;
  }

  #rules(chain: Chain, depth: number): WalkEnd {
    for (const rule of chain.rules) {
      const all = isUnconditional(rule) || this.#isForAll(rule);
      if (!all && !this.#mayBe(rule)) continue;
      const end = this.#rule(chain, rule, depth);
      if (end === 'goes on') continue;
      if (end === 'returns') return all ? 'goes on' : 'passes';
      if (end === 'passes') return 'passes';
      if (all) return end;
    }
    return 'goes on';
  }

  #rule(chain: Chain, rule: Rule, depth: number): WalkEnd | 'returns' {
    const target = targetNameOf(rule);
    if (target === null || GOES_ON.has(target)) return 'goes on';
    if (target === 'RETURN') return 'returns';
    if (DROPS.has(target)) return { chain, rule, target };
    if (this.#subject.chain(this.#table, target) === null) return 'passes';
    const end = this.chain(target, depth + 1);
    return end === 'goes on' && rule.target?.kind === 'goto' ? 'returns' : end;
  }
}
