import type { Span } from '../text/span.ts';

/** Which rules of a node: `iptables`, `ip6tables`, `iptables-legacy`, `nft`, `ipvs` … A name of ours, never text out of a dump. */
export type SourceId = string;

/** Where a rule stands among the rules of its source. */
export interface RulePlace {
  /** As the source names it: `nat`. */
  readonly table: string;
  readonly chain: string;
  /** From 0 within the chain. */
  readonly index: number;
}

/** Where a rule of a node stands. */
export interface RuleAt extends RulePlace {
  readonly source: SourceId;
  /** Of the rule in the text of its source. */
  readonly span: Span;
}

/** Whether two places of one version of the rules are the same rule's. */
export function isSameRule(a: RuleAt, b: RuleAt): boolean {
  return a.index === b.index && a.chain === b.chain && a.table === b.table && a.source === b.source;
}

/** `nat/KUBE-SERVICES/12`: how results name a rule. */
export function placeText({ table, chain, index }: RulePlace): string {
  return `${table}/${chain}/${index}`;
}
