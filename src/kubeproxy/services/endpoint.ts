/** To whom a Service port sends, by the rules and by the cluster's objects. Plain data. */
import type { Family } from '../../kernel/flow.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';

interface EndpointPod {
  readonly namespace: string;
  readonly name: string;
}

/** One endpoint of a Service port. Null means not known, everywhere. */
export interface ServiceEndpoint {
  readonly family: Family;
  /** Empty where the rules do not tell. */
  readonly address: string;
  /** Null where the rules name no port. */
  readonly port: number | null;
  /** What the rules call it, unique within a family of the port; empty where only the objects have it. */
  readonly label: string;
  /**
   * The part of new connections, without a remembered client, that the kernel sends here: from the rules as
   * they stand. Null where it gets none by cluster policy, or a rule's condition leaves it open.
   */
  readonly share: number | null;
  /** The same by local policy. */
  readonly localShare: number | null;
  /** Whether the rules balance to it by cluster policy, and whether by local policy; with or without a known share. */
  readonly balanced: { readonly cluster: boolean; readonly local: boolean };
  /** The rule that translates to it; null where there is none. */
  readonly at: RuleAt | null;
  /** Whether its own packets are masqueraded when they come back to it; null where the rules list only those that may. */
  readonly hairpin: boolean | null;
  /** Packets counted at the rule that translates: first packets of connections. Null without counters. */
  readonly packets: number | null;
  /** Bytes of those packets. */
  readonly bytes: number | null;
  readonly pod: EndpointPod | null;
  readonly node: string | null;
  readonly ready: boolean | null;
  readonly serving: boolean | null;
  readonly terminating: boolean | null;
  /** Whether the rules balance to it, at all or by a condition. */
  readonly inRules: boolean;
  /** Whether the objects list it; null without objects. */
  readonly inObjects: boolean | null;
}
