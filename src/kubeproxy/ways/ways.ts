/** What becomes of a Service's packets, from each vantage to each frontend: each way is a trace, told as a trace tells it. */
import type { Flow } from '../../kernel/flow.ts';
import type { Budget } from '../../kernel/budget.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, answerOf } from '../answer/answer.ts';
import type { FindingPlace } from '../findings/finding.ts';
import { type FlowForm, readForm } from '../form/flowForm.ts';
import { readPortChain } from '../modes/nftables/names.ts';
import { contextOf } from '../narrative/context.ts';
import { lossesOf } from '../narrative/losses.ts';
import { narrate } from '../narrative/narrate.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { frontendKindWords, frontendPlace } from '../words/frontendWords.ts';
import { assumedIn, causeOf } from './cause.ts';
import { hidingRule } from './hidingRule.ts';
import { otherClient, packetFrom, packetTo, vantages } from './vantages.ts';
import type { Vantage, Way, WayCause, WayEnd, WayFate } from './way.ts';

/** More frontends of one Service than these are not traced. */
export const MOST_FRONTENDS = 64;

/** `from`: the one source that was asked about, as `readForm` takes it; null for every vantage. Pauses after each. */
export function* waysOf(
  ports: readonly ServicePort[],
  from: string | null,
  analysis: Analysis,
): Steps<readonly Way[]> {
  const ways: Way[] = [];
  const frontends = ports.flatMap((port) => port.frontends.map((frontend) => ({ port, frontend })));
  for (const { port, frontend } of frontends.slice(0, MOST_FRONTENDS)) {
    for (const [vantage, packet] of packetsTo(port, frontend, from, analysis)) {
      const traced = traceOf(packet, analysis);
      if (traced !== null) ways.push(wayOf(port, frontend, vantage, traced, analysis));
      yield;
    }
  }
  return ways;
}

/** Where the ways from every vantage to one frontend end. What a way costs is taken from `budget`. */
export function* endsOf(
  port: ServicePort,
  frontend: Frontend,
  analysis: Analysis,
  budget: Budget,
): Steps<readonly WayEnd[]> {
  const ends: WayEnd[] = [];
  for (const [vantage, packet] of packetsTo(port, frontend, null, analysis)) {
    const traced = traceOf(packet, analysis, budget);
    if (traced !== null) ends.push(endOf(frontend, vantage, traced, analysis));
    yield;
  }
  return ends;
}

function packetsTo(
  port: ServicePort,
  frontend: Frontend,
  from: string | null,
  analysis: Analysis,
): readonly (readonly [Vantage, FlowForm])[] {
  if (from !== null) return [['given', packetTo(frontend, from)]];
  return vantages.flatMap((vantage) => {
    const packet = packetFrom(vantage, port, frontend, analysis);
    return packet === null ? [] : [[vantage, packet] as const];
  });
}

export interface TracedPacket {
  readonly packet: FlowForm;
  readonly flow: Flow;
  readonly answer: Answer;
}

/** Null where no such packet can be: there is no pod of that family, or no rules of it. */
export function traceOf(packet: FlowForm, analysis: Analysis, budget?: Budget): TracedPacket | null {
  const reading = readForm(packet, analysis);
  if (reading.kind !== 'flow') return null;
  const answer = answerOf(analysis, reading.flow, budget === undefined ? {} : { budget });
  return answer === null ? null : { packet, flow: reading.flow, answer };
}

function endOf(
  frontend: Frontend,
  vantage: Vantage,
  { packet, flow, answer }: TracedPacket,
  analysis: Analysis,
): WayEnd {
  const found = causeOf(answer, flow, analysis);
  // An address from outside that no rule takes may be another machine's.
  const cause = found?.kind === 'nowhere' && frontend.kind !== 'clusterIP' ? null : found;
  const other = cause === null ? null : otherClient(frontend, vantage, flow, analysis);
  const theirs = other === null ? null : endAt(other, analysis);
  const sure = theirs === null || theirs.cause?.key === cause?.key ? cause : null;
  const fate = found === null ? fateOf(answer) : (theirs?.fate ?? 'open');
  return {
    vantage,
    packet,
    fate: sure === null ? fate : 'lost',
    cause: sure,
    isMeant: isMeant(frontend, vantage, answer),
    hiddenBy:
      vantage === 'outside' ? hidingRule(sure === null && theirs !== null ? theirs.answer : answer) : null,
  };
}

/** Of an answer without a cause. */
function fateOf({ outcomes }: Answer): WayFate {
  const ends = new Set(
    outcomes.map(({ verdict }) =>
      verdict === 'unknown' ? 'open' : verdict === 'drop' || verdict === 'reject' ? 'refused' : 'arrives',
    ),
  );
  const [only = 'open'] = ends.size === 1 ? ends : [];
  return only;
}

interface OthersEnd {
  readonly answer: Answer;
  readonly cause: WayCause | null;
  readonly fate: WayFate;
}

/** Of another client; what ends that one for a reason of its own tells nothing of all. */
function endAt(packet: FlowForm, analysis: Analysis): OthersEnd | null {
  const traced = traceOf(packet, analysis);
  if (traced === null) return null;
  const cause = causeOf(traced.answer, traced.flow, analysis);
  return { answer: traced.answer, cause, fate: cause === null ? fateOf(traced.answer) : 'open' };
}

function wayOf(
  port: ServicePort,
  frontend: Frontend,
  vantage: Vantage,
  traced: TracedPacket,
  analysis: Analysis,
): Way {
  const { flow, answer } = traced;
  const { verdict, headline } = narrate(answer, flow, analysis, []);
  return {
    ...endOf(frontend, vantage, traced, analysis),
    port: port.name,
    to: frontend,
    frontend: `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`,
    verdict,
    headline,
    isToNobody: verdict === 'unanswered' && isToNobody(traced, analysis),
    at: endsAt(answer),
    assumes: assumedIn(answer.assumptions),
  };
}

function isToNobody({ flow, answer }: TracedPacket, analysis: Analysis): boolean {
  const context = contextOf(flow, analysis, undefined, answer);
  return answer.outcomes.every((outcome) =>
    lossesOf(outcome, context).some(({ kind, sure }) => sure && kind !== 'reply'),
  );
}

/** The rule in which the packet ends, if it ends in one. */
function endsAt({ outcomes }: Answer): FindingPlace | null {
  const stopped = outcomes.find(({ verdict }) => verdict === 'drop' || verdict === 'reject');
  return stopped === undefined ? null : lastRule(stopped);
}

function lastRule({ steps, by }: Outcome): FindingPlace | null {
  const step = steps.findLast(
    (each) => each.kind === 'rule' && ['drop', 'reject'].includes(each.effect.kind),
  );
  return by === null || step?.kind !== 'rule' ? null : step.at;
}

/**
 * A traffic policy of Local refuses clients on a node without endpoints, so that a load balancer asks another one; source
 * ranges refuse whom they do not name.
 */
function isMeant(frontend: Frontend, vantage: Vantage, answer: Answer): boolean {
  const { outcomes } = answer;
  if (vantage === 'given' || !outcomes.every(({ verdict }) => verdict === 'drop')) return false;
  if (frontend.fate === 'dropped') return !isSpared(frontend, vantage);
  const at = endsAt(answer);
  const isByProxy =
    at !== null && 'chain' in at && (at.chain.startsWith('KUBE-') || readPortChain(at.chain) !== null);
  return frontend.sourceRanges !== null && vantage !== 'outside' && isByProxy;
}

/** Whether the rules of a refused frontend take who asks from there aside. */
function isSpared({ spared }: Frontend, vantage: Vantage): boolean {
  const who = vantage === 'node' ? 'node' : vantage === 'pod' || vantage === 'itself' ? 'pods' : null;
  return who !== null && spared.includes(who);
}
