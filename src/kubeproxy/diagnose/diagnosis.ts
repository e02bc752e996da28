/** Why a Service does not answer, step by step: plain data and plain text; names are input and may hold anything. */
import type { Finding, FindingPlace } from '../findings/finding.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { ObjectReference } from '../objectReference.ts';
import type { Way } from '../ways/way.ts';

export type StepId =
  'service' | 'endpoints' | 'kube-proxy' | 'rules' | 'paths' | 'policies' | 'replies' | 'pods' | 'dns';

/** As people read them. */
export const stepTitles: Readonly<Record<StepId, string>> = {
  service: 'Service',
  endpoints: 'Endpoints',
  'kube-proxy': 'kube-proxy',
  rules: 'Rules',
  paths: 'Paths',
  policies: 'Policies',
  replies: 'Replies',
  pods: 'Pods',
  dns: 'DNS',
};

/** `unknown`: what would make it known is said. `skipped`: it has no meaning for this Service. */
export type StepState = 'ok' | 'warn' | 'fail' | 'unknown' | 'skipped';

/** What a step stands on. */
export interface StepEvidence {
  readonly says: string;
  /** A rule, or words in the rules. */
  readonly at?: FindingPlace;
  readonly about?: ObjectReference;
  /** The packet that shows it, as a trace takes it. */
  readonly packet?: FlowForm;
  /** A command that would tell, to be copied. */
  readonly command?: string;
}

export interface DiagnosisStep {
  readonly id: StepId;
  readonly state: StepState;
  /** A sentence: what is so and, where something is wrong, the cause and the cure. */
  readonly message: string;
  /** The message as it stands by itself, where that does not name the Service: `shop/web: From outside to …`. Left out = it does. */
  readonly standing?: string;
  readonly evidence: readonly StepEvidence[];
}

export interface Diagnosis {
  /** `default/web`, `default/web:http` */
  readonly service: string;
  readonly verdict: 'works' | 'fails' | 'unknown';
  /** The cause and the cure; of what works, what that stands on. */
  readonly headline: string;
  /** Sentences of what is so beside it. */
  readonly more: readonly string[];
  /** Steps whose message stands in these. */
  readonly said: readonly StepId[];
  /** Both, as one text. */
  readonly summary: string;
  /** In the order in which one would look. */
  readonly steps: readonly DiagnosisStep[];
  readonly ways: readonly Way[];
  readonly findings: readonly Finding[];
}
