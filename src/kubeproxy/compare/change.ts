/** One difference between two states of a node's rules. Plain data and plain text; names are input and may hold anything. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { SourceSpan } from '../sources.ts';

/** Stable names. */
export type ChangeKind =
  | 'service-added'
  | 'service-removed'
  | 'port-added'
  | 'port-removed'
  | 'port-changed'
  | 'frontend-added'
  | 'frontend-removed'
  | 'endpoint-added'
  | 'endpoint-removed'
  | 'policy-changed'
  | 'affinity-changed'
  | 'source-ranges-changed'
  | 'masquerade-changed'
  | 'chain-policy-changed'
  | 'chain-added'
  | 'chain-removed'
  | 'rule-added'
  | 'rule-removed'
  | 'rule-moved';

/** Which of the two states. */
export type Side = 'before' | 'after';

/** A place that shows the change, in the rules of one of the two states. */
export interface ChangePlace {
  readonly side: Side;
  readonly at: RuleAt | SourceSpan;
}

export interface Change {
  readonly kind: ChangeKind;
  /** `ns/name` where all ports are meant, `ns/name:port` for one, what the rules call it without a name; null for none. */
  readonly service: string | null;
  /** What it is that changed, as a phrase: `endpoint 10.244.2.9:8080`, `filter FORWARD, rule 3`. */
  readonly what: string;
  /** What it was; null for what was not there. */
  readonly before: string | null;
  /** What it is; null for what is not there any more. */
  readonly after: string | null;
  readonly places: readonly ChangePlace[];
}

/** What differs between two states of a node, and what does not. */
export interface Comparison {
  /** Services first, in the order of their names; then the other rules, in the order of tables and chains. */
  readonly changes: readonly Change[];
  readonly same: {
    /** Services of which nothing changed. */
    readonly services: number;
    /** Rules that stand in both, order and hashes apart. */
    readonly rules: number;
  };
  /** What one of the two says nothing of, so that it was not compared: whole sentences. */
  readonly notCompared: readonly string[];
}

/** The places that are there, of one side. */
export function placesOn(side: Side, places: Iterable<RuleAt | SourceSpan | null>): readonly ChangePlace[] {
  return [...places].flatMap((at) => (at === null ? [] : [{ side, at }]));
}
