/** A packet that a rule matches: the request of the client to the server. Plain JSON. */
import type { Decision } from '../kernel/trace.ts';
import type { FlowForm, RequestName, TraceParams } from './requests.ts';

/** A rule by its line. */
export interface WitnessParams {
  readonly uri: string;
  /** From 0. */
  readonly line: number;
}

export type WitnessAnswer =
  /** `decisions`: what has to hold that nothing tells. */
  | { readonly kind: 'packet'; readonly form: FlowForm; readonly decisions: readonly Decision[] }
  /** Why there is none, in a sentence. */
  | { readonly kind: 'none'; readonly message: string };

export const witnessRequest: RequestName<WitnessParams, WitnessAnswer> = { method: 'kubeProxy/witness' };

/** A rule by its line, and the packet that is asked about. */
export interface WhyNotParams extends TraceParams, WitnessParams {}

/** What the packet makes of the rule, in a sentence; or why that cannot be said. */
export interface WhyNotAnswer {
  readonly matches: boolean;
  readonly says: string;
}

export const whyNotRequest: RequestName<WhyNotParams, WhyNotAnswer> = { method: 'kubeProxy/whyNot' };
