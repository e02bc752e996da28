/**
 * Why a Service does not answer: what an experienced operator would look at, in that order, from the Service object to DNS.
 * What was not given is said, with the command that would tell.
 */
import type { Steps } from '../../values/steps.ts';
import type { Finding } from '../findings/finding.ts';
import { findingsOfWays } from '../findings/packet/ofWays.ts';
import { findingsOfPort } from '../findings/ofServices.ts';
import { findingsOfRules } from '../findings/rules/ofRules.ts';
import { endedOf } from '../ways/endedWay.ts';
import type { Way } from '../ways/way.ts';
import { waysOf } from '../ways/ways.ts';
import type { Diagnosis, DiagnosisStep } from './diagnosis.ts';
import { endpointsStep } from './endpointsStep.ts';
import { dnsStep, podsStep, policiesStep } from './notLookedAt.ts';
import { pathsStep, repliesStep } from './pathSteps.ts';
import { proxyStep } from './proxyStep.ts';
import { rulesStep } from './rulesStep.ts';
import { serviceStep } from './serviceStep.ts';
import type { DiagnosisSubject } from './subject.ts';

/** `from`: the one source that was asked about, as a trace takes it; null for every vantage. */
export function* diagnosing(subject: DiagnosisSubject, from: string | null): Steps<Diagnosis> {
  const { analysis, ports, name } = subject;
  const proxied = serviceStep(subject);
  const ofRules = yield* findingsOfRules(analysis);
  yield;
  const ways = proxied.state === 'skipped' ? [] : yield* waysOf(ports, from, analysis);
  const findings: readonly Finding[] = [
    ...ports.flatMap((port) => findingsOfPort(port, analysis.audit)),
    ...ofRules.filter((finding) => isAbout(finding, subject)),
    ...findingsOfWays(endedOf(ways), ofRules, analysis.sources),
  ];
  const steps: readonly DiagnosisStep[] = [
    { ...proxied, state: proxied.state === 'skipped' ? 'ok' : proxied.state },
    ...[
      endpointsStep(subject),
      proxyStep(subject),
      rulesStep(subject, findings),
      pathsStep(ways, subject),
      policiesStep(subject),
      repliesStep(ways),
      podsStep(subject),
      dnsStep(subject),
    ].map((step) => (proxied.state === 'skipped' ? skipped(step) : step)),
  ];
  const verdict = verdictOf(steps, ways);
  return { service: name, verdict, summary: summaryOf(name, verdict, steps, ways), steps, ways, findings };
}

/** Of the Service or a port that is meant, or of the node as a whole, where it is no mere remark. */
function isAbout({ service, severity }: Finding, { service: { id }, ports }: DiagnosisSubject): boolean {
  if (service === null) return severity !== 'information';
  return service === id || ports.some(({ name }) => name === service);
}

function skipped({ id }: DiagnosisStep): DiagnosisStep {
  return { id, state: 'skipped', message: 'kube-proxy has nothing to do with this Service.', evidence: [] };
}

/** A Service works where every way of it does; a step that could not look leaves no doubt about the rules. */
function verdictOf(steps: readonly DiagnosisStep[], ways: readonly Way[]): Diagnosis['verdict'] {
  if (steps.some(({ state }) => state === 'fail')) return 'fails';
  const isTraced = ways.length > 0 && steps.every(({ id, state }) => id !== 'paths' || state !== 'unknown');
  return isTraced ? 'works' : 'unknown';
}

function summaryOf(
  name: string,
  verdict: Diagnosis['verdict'],
  steps: readonly DiagnosisStep[],
  ways: readonly Way[],
): string {
  const [first, ...more] = steps.filter(({ state }) => state === 'fail');
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` More is wrong: ${more.map(({ id }) => id).join(', ')}.`;
    const cause = first.message.includes(name) ? first.message : `${name}: ${first.message}`;
    return `${cause}${others}`;
  }
  const open = steps.find(({ state }) => state === 'unknown');
  if (verdict === 'unknown')
    return open === undefined ? `Nothing tells whether ${name} works.` : open.message;
  const warned = steps.filter(({ state }) => state === 'warn').map(({ message }) => ` ${message}`);
  const count = new Set(ways.map(({ frontend }) => frontend)).size;
  const where = count === 1 ? 'its address' : `each of its ${count} addresses`;
  return `${name} is reached at ${where}, as far as this node decides. Whether its Pods answer was not looked at.${warned.join('')}`;
}
