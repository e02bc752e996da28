/** Any rule in plain words: short for trees and paths, full for hovers and `explain`. Plain text, never markup. */
import { percent } from './percent.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import { actionOf } from './actions.ts';
import { clauseWords, plainContext, type Clause, type WordsContext } from './clauses.ts';
import { chanceWords, conditionsOf } from './conditions.ts';

export type { WordsContext } from './clauses.ts';

export interface ShortOptions {
  /** The part of all packets of a balancing chain that the rule takes in the end, put before everything. */
  readonly share?: number | null;
  /** Clauses that go without saying where the words stand: `to 10.96.12.3:80/TCP` within that Service's own chain. */
  readonly understood?: (clause: string) => boolean;
}

/** `mark to masquerade unless from 10.244.0.0/16`, `33.3 % → 10.244.1.5:8080`, `drop if in state INVALID`. */
export function shortWords(
  rule: Rule,
  context: WordsContext = plainContext,
  options: ShortOptions = {},
): string {
  const clauses = conditionsOf(rule, context).filter((clause) => options.understood?.(clause.text) !== true);
  const action = actionOf(rule, context);
  const share = options.share ?? null;
  const chance = share === null ? chanceWords(rule) : percent(share);
  return `${chance === null ? '' : `${chance} `}${action}${conditionTail(clauses)}`;
}

/** One sentence: `Takes packets to 10.96.12.3:80/TCP, not from 10.244.0.0/16: mark to masquerade.` */
export function fullWords(rule: Rule, context: WordsContext = plainContext): string {
  const clauses = conditionsOf(rule, context).map((clause) => clauseWords(clause));
  const chance = chanceWords(rule);
  const who = chance === null ? (clauses.length === 0 ? 'every packet' : 'packets') : `${chance} packets`;
  const which = clauses.length === 0 ? '' : ` ${clauses.join(', ')}`;
  return `Takes ${who}${which}: ${actionOf(rule, context)}.`;
}

/** ` if from a, to b unless in by c`: what has to hold, then what must not. */
function conditionTail(clauses: readonly Clause[]): string {
  const positive = clauses.filter((clause) => !clause.negated).map((clause) => clause.text);
  const negative = clauses.filter((clause) => clause.negated).map((clause) => clause.text);
  const first = positive.length === 0 ? '' : ` if ${positive.join(', ')}`;
  return negative.length === 0 ? first : `${first} unless ${negative.join(' or ')}`;
}
