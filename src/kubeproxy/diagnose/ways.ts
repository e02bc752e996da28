/** What becomes of a Service's packets, from each vantage to each frontend: each way is a trace, told as a trace tells it. */
import type { Outcome } from '../../kernel/trace.ts';
import { type Answer, answerOf } from '../answer/answer.ts';
import type { Analysis } from '../analysis.ts';
import type { FindingPlace } from '../findings/finding.ts';
import { type FlowForm, readForm } from '../form/flowForm.ts';
import { narrate } from '../narrative/narrate.ts';
import type { NarrativeVerdict } from '../narrative/narrative.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { frontendKindWords, frontendPlace } from '../words/frontendWords.ts';
import type { Steps } from '../../values/steps.ts';
import type { Vantage, Way } from './diagnosis.ts';
import { packetFrom, packetTo, vantages } from './vantages.ts';

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
      const way = wayOf(port, frontend, vantage, packet, analysis);
      if (way !== null) ways.push(way);
      yield;
    }
  }
  return ways;
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

/** Null where no such packet can be: there is no pod of that family, or no rules of it. */
function wayOf(
  port: ServicePort,
  frontend: Frontend,
  vantage: Vantage,
  packet: FlowForm,
  analysis: Analysis,
): Way | null {
  const reading = readForm(packet, analysis);
  const answer = reading.kind === 'flow' ? answerOf(analysis, reading.flow) : null;
  if (reading.kind !== 'flow' || answer === null) return null;
  const { verdict, headline } = narrate(answer, reading.flow, analysis, []);
  const at = endsAt(answer);
  return {
    port: port.name,
    frontend: `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`,
    vantage,
    packet,
    verdict,
    headline,
    at,
    isMeant: isMeant(frontend, vantage, verdict, at),
  };
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
function isMeant(
  frontend: Frontend,
  vantage: Vantage,
  verdict: NarrativeVerdict,
  at: FindingPlace | null,
): boolean {
  if (verdict !== 'drop') return false;
  if (frontend.fate === 'dropped') return vantage === 'outside' || vantage === 'other-node';
  const isByProxy = at !== null && 'chain' in at && at.chain.startsWith('KUBE-');
  return frontend.sourceRanges !== null && vantage !== 'outside' && vantage !== 'given' && isByProxy;
}
