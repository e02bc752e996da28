/** Where a node's rules and the cluster's objects disagree. */
import type { ServiceEndpoint } from '../../services/endpoint.ts';
import type { Frontend } from '../../services/frontend.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { ExpectedFrontend } from './expectedFrontends.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';

export type FindingKind =
  /** kube-proxy would balance to it, the rules do not. */
  | 'endpointMissing'
  /** The rules balance to it, the objects do not know it. */
  | 'endpointStale'
  /** The rules balance to it, and kube-proxy would not, for what the objects say of it. */
  | 'endpointExtra'
  | 'serviceWithoutRules'
  | 'rulesWithoutService'
  | 'frontendMissing'
  | 'frontendExtra';

/** All of it plain text and plain data; names are input. */
export interface Finding {
  readonly kind: FindingKind;
  readonly family: Family;
  /** A few words for a row that tells the endpoint's state already: `not in the rules`. */
  readonly reason: string;
  /** A sentence that stands alone, with what to think of it. */
  readonly message: string;
  /** The rule that disagrees; null where it is its absence that does. */
  readonly at: RuleAt | null;
  /** Of the endpoint findings. */
  readonly endpoint: ServiceEndpoint | null;
  /** Of `frontendExtra`. */
  readonly frontend: Frontend | null;
  /** What the rules lack, of `frontendMissing` and `serviceWithoutRules`. */
  readonly missing: readonly ExpectedFrontend[];
}

export function finding(
  parts: Pick<Finding, 'kind' | 'family' | 'reason' | 'message'> & Partial<Finding>,
): Finding {
  return { at: null, endpoint: null, frontend: null, missing: [], ...parts };
}
