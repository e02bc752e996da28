/**
 * Why a Service does not answer: what an experienced operator would look at, in that order, from the Service object to DNS.
 * What was not given is said, with the command that would tell.
 */
import type { Steps } from '../../values/steps.ts';
import { findingsOfService, openReason } from '../findings/cluster/ofObjects.ts';
import { lostRoutesTo } from '../findings/cluster/podRouteMissing.ts';
import type { Finding } from '../findings/finding.ts';
import { findingsOfWays } from '../findings/packet/ofWays.ts';
import { findingsOfPort } from '../findings/ofServices.ts';
import { withReasons } from '../findings/oneCause.ts';
import { asNoticed, findingsOfEveryLanguage, unexplained } from '../findings/ofNode.ts';
import { endedOf } from '../ways/endedWay.ts';
import { waysOf } from '../ways/ways.ts';
import type { Diagnosis, DiagnosisStep, StepId } from './diagnosis.ts';
import { endpointsStep } from './endpointsStep.ts';
import { judge } from './judge.ts';
import { dnsStep, podsStep } from './notLookedAt.ts';
import { pathsStep, repliesStep } from './pathSteps.ts';
import { policiesStep } from './policiesStep.ts';
import { proxyStep } from './proxyStep.ts';
import { rulesStep } from './rulesStep.ts';
import { serviceStep } from './serviceStep.ts';
import type { DiagnosisSubject } from './subject.ts';

/** `from`: the one source that was asked about, as a trace takes it; null for every vantage. */
export function* diagnosing(subject: DiagnosisSubject, from: string | null): Steps<Diagnosis> {
  const { analysis, ports, name } = subject;
  const proxied = serviceStep(subject);
  const ofRules = yield* findingsOfEveryLanguage(analysis);
  yield;
  const ways = proxied.state === 'skipped' ? [] : yield* waysOf(ports, from, analysis);
  const ofObjects = findingsOfService(subject.service, analysis, ports);
  const ofPorts = ports.flatMap((port) => findingsOfPort(port, analysis.audit));
  const findings: readonly Finding[] = [
    ...withReasons(unexplained(yield* asNoticed(analysis, ofPorts), ofRules), ofObjects, (port, family) =>
      openReason(port, family, analysis),
    ),
    ...ofObjects,
    ...ofRules.filter((finding) => isAbout(finding, subject)),
    ...lostRoutesTo(ports, analysis),
    ...findingsOfWays(endedOf(ways), ofRules, analysis.sources),
  ];
  const policies = policiesStep(subject, ways);
  const steps: readonly DiagnosisStep[] = [
    { ...proxied, state: proxied.state === 'skipped' ? 'ok' : proxied.state },
    ...[
      endpointsStep(subject, findings),
      proxyStep(subject),
      rulesStep(subject, findings),
      pathsStep(ways, subject),
      policies.step,
      repliesStep(ways, name),
      podsStep(subject),
      dnsStep(subject),
    ].map((step) => (isSkipped(step.id, proxied, subject) ? skipped(step) : step)),
  ];
  const judgement = judge({
    name,
    steps,
    ways,
    findings,
    isLeftToDns: proxied.state === 'skipped',
    mayFail: policies.keepsAllOut || findings.some(({ code }) => code === 'pod-route-missing'),
    unreadPolicies: policies.unread,
  });
  return { service: name, ...judgement, steps, ways, findings };
}

/** Of the Service or a port that is meant, or of the node as a whole, where it is no mere remark. */
function isAbout({ service, severity }: Finding, { service: { id }, ports }: DiagnosisSubject): boolean {
  if (service === null) return severity !== 'information';
  return service === id || ports.some(({ name }) => name === service);
}

/** What has no meaning where kube-proxy writes no rules; DNS names the endpoints of a headless Service all the same. */
function isSkipped(id: StepId, proxied: DiagnosisStep, { service }: DiagnosisSubject): boolean {
  if (proxied.state !== 'skipped') return false;
  return service.object?.type === 'ExternalName' ? id !== 'dns' : RULED.has(id);
}

const RULED: ReadonlySet<StepId> = new Set(['kube-proxy', 'rules', 'paths', 'replies']);

function skipped({ id }: DiagnosisStep): DiagnosisStep {
  return { id, state: 'skipped', message: 'kube-proxy has nothing to do with this Service.', evidence: [] };
}
