/** What a hover and the command line's `explain` say: plain data, plain text (never markup), made by `explain*.ts`. */
import type { Family } from '../../kernel/flow.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { ObjectReference } from '../objectReference.ts';

/** A row of "balances over". */
export interface ExplainedEndpoint {
  /** From 0 to 1; null where it gets nothing, or it cannot be known. */
  readonly share: number | null;
  /** `10.244.1.5:8080` */
  readonly endpoint: string;
  /** `web-7d9f-abcde · node-1`, or empty. */
  readonly pod: string;
  readonly packets: number | null;
  /** `not ready`, `terminating`, `not in the cluster any more`, or empty. */
  readonly note: string;
  readonly chain: string | null;
}

/** A rule that jumps here. */
export interface ExplainedReference {
  readonly at: RuleAt;
  /** `KUBE-SERVICES rule 12: to 10.96.12.3:80/TCP` */
  readonly text: string;
}

export interface Explanation {
  readonly family: Family | null;
  /** Of the cluster: the Service of the chain, the Pod of an endpoint's; none where the objects do not know them. */
  readonly objects: readonly ObjectReference[];
  /** `default/web:http`, else the chain's name or the address. */
  readonly title: string;
  /** What follows the title: `balances over 3 endpoints`. May be empty. */
  readonly summary: string;
  /** The chain, for a chain. */
  readonly chain: string | null;
  readonly table: string | null;
  readonly sentences: readonly string[];
  readonly endpoints: readonly ExplainedEndpoint[];
  /** `ClusterIP 10.96.12.3:80/TCP`, `NodePort 30080 (through KUBE-EXT-…, masqueraded)`. */
  readonly reachedBy: readonly string[];
  /** How many rules jump here, and the first of them. */
  readonly referenceCount: number;
  readonly references: readonly ExplainedReference[];
  /** `kube-proxy`, `kubelet`, `Docker`; null where nothing tells. */
  readonly owner: string | null;
  /** How a packet leaves it: `ends by returning to the rule after the jump`. Empty where it does not apply. */
  readonly ending: string;
  /** What a reader should not miss: no endpoints, undeclared. */
  readonly warnings: readonly string[];
}
