/** One difference between two states of a node's rules. Plain data and plain text; names are input and may hold anything. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { ProxyMode } from '../../kubernetes/proxyMode.ts';
import type { SourceSpan } from '../sources.ts';
import type { Traffic } from './traffic.ts';
import type { Vantage } from '../ways/way.ts';

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

/** Packets that end otherwise than before, all for the same reason. */
export interface WayChange {
  /**
   * `lost`: they arrived, or their frontend is new, and they do not arrive. `mended`: the other way round. `doubted`: they did, and now
   * it hangs on what is not known. `changed`: anything else.
   */
  readonly kind: 'lost' | 'mended' | 'doubted' | 'changed';
  /** To whom, as a subject: `Cluster IPs and node ports of 41 Services`. */
  readonly whose: string;
  /** `from a pod and from outside` */
  readonly from: string;
  /** `shop/web:http` */
  readonly services: readonly string[];
  /** `node port 30080/TCP` */
  readonly frontends: readonly string[];
  /** In the order in which they are told. */
  readonly vantages: readonly Vantage[];
  /** How they ended, as a clause: `arrives`, `dropped by rule 3 of INPUT`; null for frontends that were not there. */
  readonly before: string | null;
  /** How they end. */
  readonly after: string;
  /** One of them; null where nobody stands there any more. */
  readonly packet: FlowForm | null;
  /** The rules that end them. */
  readonly places: readonly ChangePlace[];
}

/** What differs between two states of a node, and what does not. */
export interface Comparison {
  /** Services first, in the order of their names; then the other rules, in the order of tables and chains. */
  readonly changes: readonly Change[];
  /** What becomes of packets because of that, and of what else differs between the nodes; worst first. */
  readonly ways: readonly WayChange[];
  readonly same: {
    /** Services of which nothing changed. */
    readonly services: number;
    /** Rules that stand in both, order and hashes apart. */
    readonly rules: number;
  };
  /** In which modes kube-proxy works before and after, where it is known of both and not the same; else null. */
  readonly modes: { readonly before: ProxyMode; readonly after: ProxyMode } | null;
  /** Null where there are no counters to compare. */
  readonly traffic: Traffic | null;
  /** What one of the two says nothing of, so that it was not compared: whole sentences. */
  readonly notCompared: readonly string[];
}

/** The places that are there, of one side. */
export function placesOn(side: Side, places: Iterable<RuleAt | SourceSpan | null>): readonly ChangePlace[] {
  return [...places].flatMap((at) => (at === null ? [] : [{ side, at }]));
}
