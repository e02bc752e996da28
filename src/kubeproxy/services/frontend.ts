/** At which address and port a Service port is reached, and what becomes of its traffic. Plain data. */
import type { Family } from '../../kernel/flow.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { TrafficPolicy } from '../../kubernetes/objects.ts';

/** `external`: an external IP or a load-balancer IP, and nothing tells which. */
export type FrontendKind = 'clusterIP' | 'nodePort' | 'externalIP' | 'loadBalancerIP' | 'external';

/**
 * Who is masqueraded on the way through a frontend: nobody, everybody, everybody but a range of sources (the cluster's
 * pods), only this node's own addresses. Not said: hairpin, which belongs to the endpoint.
 */
export type Masquerade =
  | { readonly kind: 'never' | 'always' | 'node' }
  /** As the rule says it: `from 10.244.0.0/16`, `in by veth+`. */
  | { readonly kind: 'unless'; readonly unless: string }
  /** Under conditions that kube-proxy does not write; in the rule's words. */
  | { readonly kind: 'when'; readonly when: string };

/**
 * `rejected`: no endpoints; `dropped`: no local endpoints; `none`: its rule leads to no endpoint, and nothing answers
 * in their place; `unknown`: what its rule leads to is not in these rules, which are a part.
 */
export type FrontendFate = 'balanced' | 'rejected' | 'dropped' | 'none' | 'unknown';

/** A rule of somebody else's that may decide on a packet before it comes to the rule that refuses it. */
export interface Overtaking {
  readonly at: RuleAt;
  readonly verdict: OvertakingVerdict;
}

export type OvertakingVerdict = 'accepts' | 'drops' | 'rejects' | 'queues';

/** One address and port at which a Service port is reached. */
export interface Frontend {
  readonly kind: FrontendKind;
  readonly family: Family;
  /** Null for a node port on every local address of the node; else the address that the rule names. */
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly fate: FrontendFate;
  /** Of one that a rule rejects or drops: what may come before that; null where nothing does. */
  readonly overtaking: Overtaking | null;
  /** Of a dropped one: who is balanced all the same, since the rules take these aside. */
  readonly spared: readonly ('pods' | 'node')[];
  /** `Local`: only endpoints of this node are used for traffic from outside (or, for a cluster IP, at all). */
  readonly policy: TrafficPolicy;
  readonly masquerade: Masquerade;
  /** loadBalancerSourceRanges as the rules have them; null where every source may. */
  readonly sourceRanges: readonly string[] | null;
  /** Sources that a rule lets in behind one that has marked everything to be dropped: of no effect. */
  readonly lateRanges: readonly string[];
  /** For a node port: the addresses of the node at which it is taken, in words: `every address`, `192.168.0.2`; else empty. */
  readonly scope: string;
  /** The rule that takes its traffic, else the one that refuses it. */
  readonly at: RuleAt;
}
