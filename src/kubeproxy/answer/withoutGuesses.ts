import type { Flow } from '../../kernel/flow.ts';
import type { Outcome, Trace } from '../../kernel/trace.ts';
import { type AnswerSource, type Elsewhere, isForService } from './elsewhere.ts';

/**
 * The trace as it may be told: outcomes that Services kept elsewhere could change are `unknown`, with the steps of the
 * rules that were followed. The same trace where there are none; outcomes keep their index, and those that stand their identity.
 */
export function withoutGuesses(trace: Trace, flow: Flow, subject: AnswerSource, elsewhere: Elsewhere): Trace {
  const outcomes = trace.outcomes.map((outcome) =>
    stands(outcome, elsewhere, flow, subject) ? outcome : unknownOf(outcome, elsewhere.reason),
  );
  return outcomes.every((outcome, index) => outcome === trace.outcomes[index])
    ? trace
    : { ...trace, outcomes };
}

function unknownOf(outcome: Outcome, reason: string): Outcome {
  const unknown = { source: null, destination: null, interface: null, mark: null, conntrack: null };
  const { ttl: _, ...rest } = outcome;
  return { ...rest, ...unknown, verdict: 'unknown', masqueraded: false, by: null, reason, rejectWith: null };
}

function stands(outcome: Outcome, { before }: Elsewhere, flow: Flow, subject: AnswerSource): boolean {
  const { verdict, by, steps, destination } = outcome;
  if ((verdict === 'drop' || verdict === 'reject') && by !== 'kernel') {
    const last = steps.findLast((step) => step.kind === 'hook');
    if (last?.kind === 'hook' && before.has(`${last.hook} ${last.table}`)) return true;
  }
  const moved = destination !== null && destination.address !== flow.to.address;
  const first = steps.some((step) => step.kind === 'conntrack' && step.state === 'NEW');
  return first && !moved && isForPod(flow, subject);
}

/** The first packet to what is a pod's own address, and no Service's, is left alone by every mode of kube-proxy. */
function isForPod(flow: Flow, subject: AnswerSource): boolean {
  const { from, to } = flow;
  const owners = subject.catalog.whoHas(to.address);
  return (
    from.address !== to.address &&
    owners.some((owner) => owner.kind === 'pod' && !owner.hostNetwork) &&
    !owners.some((owner) => owner.kind === 'frontend' || owner.kind === 'node') &&
    !isForService(flow, subject)
  );
}
