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

/** The source that virtual servers are of, whatever their family. */
export const IPVS: SourceId = 'ipvs';

/** The source of the lines of `conntrack.txt`: no rules, but they decide in the place of rules. */
export const CONNECTIONS: SourceId = 'connections';

/** What has no rules in chains, but things that are each called by a name of their own: virtual servers. */
const UNCOUNTED: ReadonlySet<string> = new Set(['ipvs', 'ipvs-out']);

/**
 * A virtual server as a place: `ipvs` of what it takes, `ipvs-out` of the answers that get its address. `name`:
 * `TCP 10.96.0.1:443`, of an ICMP error about one `ICMP 10.96.0.1`; `span`: null where the text does not have it any more.
 */
export function ipvsPlace(table: 'ipvs' | 'ipvs-out', name: string, span: Span | null): RuleAt {
  const { start, end } = span ?? { start: 0, end: 0 };
  return { source: IPVS, table, chain: name, index: 0, span: { start, end } };
}

/** Takes apart what `placeText` writes, or `filter/FORWARD/policy`; null for anything else. A chain's name may hold slashes. */
export function readPlace(
  text: string,
): { readonly table: string; readonly chain: string; readonly index: number | 'policy' } | null {
  const [, own, name] = /^([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (own !== undefined && name !== undefined && UNCOUNTED.has(own))
    return { table: own, chain: name, index: 0 };
  const [, table, chain, index] = /^([^/]+)\/(.+)\/(\d+|policy)$/s.exec(text) ?? [];
  if (table === undefined || chain === undefined || index === undefined) return null;
  return { table, chain, index: index === 'policy' ? index : Number(index) };
}

/** `nat/KUBE-SERVICES/12`, `ipvs/TCP 10.96.0.1:443`: how results name a rule. */
export function placeText({ table, chain, index }: RulePlace): string {
  if (UNCOUNTED.has(table)) return `${table}/${chain}`;
  return `${table}/${chain}/${index}`;
}
