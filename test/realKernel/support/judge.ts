/** Whether what the kernel did is one of the engine's outcomes. */
import { CLASH } from '../../../src/kernel/conntrack/conntrackHook.ts';
import { formatEndpoint } from '../../../src/kernel/endpoint.ts';
import { IPVS } from '../../../src/kernel/ruleAt.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import type { Endpoint, Outcome, Step, Trace } from '../../../src/kernel/trace.ts';
import type { Observation, Seen } from './recorder.ts';

/** The kernel's answer in one line, rules in order of their names. */
export function describeObservation(seen: Observation): string {
  return `${endOf(seen)}; rules ${listOf(seen.rules)}; answers ${seen.answers}; sent ${seen.sent}`;
}

export function describeOutcome(outcome: Outcome, flow: Flow): string {
  return `${(100 * outcome.probability).toFixed(1)} % ${describeEnd(outcome)}; rules ${listOf(rulesOf(outcome, flow))}; ${outcome.reason ?? outcome.by ?? ''}`;
}

/** The outcome that is what the kernel did; null when none is. */
export function matchingOutcome(flow: Flow, trace: Trace, seen: Observation): Outcome | null {
  return trace.outcomes.find((outcome) => isSame(outcome, flow, seen)) ?? null;
}

/** Null when one of the outcomes is what the kernel did; else what differs, for a person. */
export function difference(flow: Flow, trace: Trace, seen: Observation): string | null {
  if (matchingOutcome(flow, trace, seen) !== null) return null;
  const ours = trace.outcomes.map((outcome) => describeOutcome(outcome, flow)).slice(0, 6);
  return [
    JSON.stringify(flow),
    `  kernel: ${describeObservation(seen)}`,
    ...ours.map((line) => `  ours:   ${line}`),
  ].join('\n');
}

function isSame(outcome: Outcome, flow: Flow, seen: Observation): boolean {
  if (listOf(rulesOf(outcome, flow, seen.native)) !== listOf(seen.rules)) return false;
  // Conntrack drops it behind the last hook that anybody can look from.
  if (outcome.reason === CLASH) return true;
  const hidden = outcome.rejectWith === 'tcp-reset' && crossedBridge(flow);
  if (outcome.verdict === 'reject' && !hidden && isAnswered(outcome) !== seen.answers > 0) return false;
  return endsAlike(outcome, flow, seen);
}

/** nf_send_reset puts the answer to a packet from a bridge straight on the wire, past every hook. */
function crossedBridge(flow: Flow): boolean {
  return flow.from.interface !== 'eth0' && flow.from.interface !== null;
}

function isAnswered(outcome: Outcome): boolean {
  return outcome.steps.some(
    (step) => step.kind === 'rule' && step.effect.kind === 'reject' && step.effect.answered,
  );
}

/** `native`: those of native tables that count; of iptables all do. */
function rulesOf(
  outcome: Outcome,
  flow: Flow,
  native: ReadonlySet<string> | null = null,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const step of outcome.steps.filter(isRule)) {
    // Virtual servers do not count: who took the packet shows in where it went.
    if (step.at.source === IPVS) continue;
    const place = `${flow.family}:${step.at.table}/${step.at.chain}/${step.at.index}`;
    if (step.at.table.includes(' ') && native?.has(place) === false) continue;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

function isRule(step: Step): step is Extract<Step, { readonly kind: 'rule' }> {
  return step.kind === 'rule';
}

function listOf(rules: ReadonlyMap<string, number>): string {
  return [...rules]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, count]) => (count === 1 ? place : `${place}x${count}`))
    .join(' ');
}

/** `local eth0 1.2.3.4:5 > 6.7.8.9:10 mark 0`, or `gone`. */
function endOf(seen: Observation): string {
  const ends = [
    ...seen.left.map((end) => `forward ${describeSeen(end)}`),
    ...seen.delivered.map((end) => `local ${describeSeen(end)}`),
  ];
  return ends.length === 0 ? 'gone' : ends.join(' and ');
}

function describeSeen(seen: Seen): string {
  const source = `${seen.source}:${seen.sourcePort}`;
  return `${seen.interface} ${source} > ${seen.destination}:${seen.destinationPort} mark ${seen.mark}`;
}

function describeEnd(outcome: Outcome): string {
  const { verdict, source, destination } = outcome;
  if (source === null || destination === null) return verdict;
  const way = `${formatEndpoint(source)} > ${formatEndpoint(destination)}`;
  return `${verdict} ${outcome.interface ?? '?'} ${way} mark ${outcome.mark ?? '?'}`;
}

function endsAlike(outcome: Outcome, flow: Flow, seen: Observation): boolean {
  // Of its own broadcasts the node hears a copy: they both left and were delivered. That copy may leave, too, rewritten anew.
  const ends = outcome.verdict === 'forward' ? seen.left : seen.delivered;
  if (ends.length > 0) return ends.some((end) => isEnd(outcome, flow, end));
  const isGone = seen.left.length === 0 && seen.delivered.length === 0;
  return isGone && (outcome.verdict === 'drop' || outcome.verdict === 'reject');
}

function isEnd(outcome: Outcome, flow: Flow, end: Seen): boolean {
  return (
    (outcome.verdict === 'forward' || outcome.verdict === 'local') &&
    outcome.interface === end.interface &&
    (outcome.mark ?? 0) === end.mark &&
    isEndpoint(outcome.source, flow, end.source, end.sourcePort) &&
    isEndpoint(outcome.destination, flow, end.destination, end.destinationPort)
  );
}

/** Ports count where the protocol has them and the kernel does not choose freely. */
function isEndpoint(endpoint: Endpoint | null, flow: Flow, address: string, port: number): boolean {
  if (endpoint?.address !== address) return false;
  const ported = ['tcp', 'udp', 'sctp', 'dccp', 'udplite'].includes(flow.protocol);
  return !ported || endpoint.port === '*' || endpoint.port === port;
}
