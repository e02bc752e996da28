/** Who stands behind the Service, by the cluster's objects where they are had, and why nobody does. */
import { NO_OBJECTS, type Service, type SliceEndpoint } from '../../kubernetes/objects.ts';
import { probeEvent, whyEmpty } from '../findings/cluster/emptyReason.ts';
import { emptyPorts, isListed } from '../findings/cluster/ofObjects.ts';
import { isRefused } from '../findings/refused.ts';
import { either, firstFew, plural } from '../narrative/words.ts';
import { groupBy } from '../../text/groupBy.ts';
import { largest } from '../../text/lists.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ObjectEndpoint } from '../services/objectIndex.ts';
import { isSafeName } from '../services/safeName.ts';
import { type Finding, wordsOfFinding } from '../findings/finding.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

export function endpointsStep(subject: DiagnosisSubject, findings: readonly Finding[]): DiagnosisStep {
  const { service, analysis } = subject;
  if (service.object === null || analysis.objects === null) return byRules(subject, findings);
  const step = byObjects(subject, service.object, findings);
  const others = overtaken(findings);
  return step.state !== 'fail' || others === '' ? step : { ...step, message: `${step.message}${others}` };
}

/** What clients notice that other rules let pass before the refusal: a sentence behind another one; empty where none do. */
function overtaken(findings: readonly Finding[]): string {
  const except = findings.find((each) => isRefused(each) && each.parts.except !== '');
  return except !== undefined && isRefused(except) ? ` ${except.parts.except}` : '';
}

function byRules(subject: DiagnosisSubject, findings: readonly Finding[]): DiagnosisStep {
  const { ports, name, service } = subject;
  const counts = ports.map(({ endpoints }) => endpoints.filter(({ inRules }) => inRules).length);
  const { namespace } = service;
  const isSafe = namespace !== null && isSafeName(namespace) && isSafeName(service.name);
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'endpoints',
    state,
    message,
    evidence: isSafe
      ? [
          {
            says: 'What the cluster says of them was not looked at.',
            command: `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${service.name}`,
          },
        ]
      : [],
  });
  if (counts.includes(0))
    return step(
      'fail',
      `${name} has no endpoints in these rules, so that its connections are refused or dropped: look whether its selector matches Pods, and whether they are ready.${overtaken(findings)}`,
    );
  const count = `${plural(largest(counts, 0), 'endpoint')} in the rules`;
  const nobodys = addressesOfNobody(subject);
  if (nobodys.length === 0) return step('ok', `${count}.`);
  return step(
    'warn',
    `${count}: ${firstFew(nobodys, MOST_NAMED)} ${nobodys.length === 1 ? 'is' : 'are'} of no Pod and no Node among the objects that were given, so that whether anybody is there is not known.`,
  );
}

function byObjects(
  { ports, name, analysis }: DiagnosisSubject,
  object: Service,
  findings: readonly Finding[],
): DiagnosisStep {
  const listed = ports.flatMap((port) => port.listed ?? []);
  const ready = listed.filter(({ endpoint }) => endpoint.ready === true);
  const isTold = listed.every(({ endpoint }) => endpoint.ready !== null);
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'endpoints',
    state,
    message,
    evidence: evidenceOf(listed),
  });
  const gone = findings.find(({ code }) => code === 'endpoint-pod-gone');
  if (gone !== undefined) return step('fail', gone.message);
  const empty = emptyPorts(ports);
  if (empty.length === 0 && !isTold)
    return step('unknown', `${plural(listed.length, 'endpoint')}; which of them are ready was not told.`);
  const stale = findings.find(({ code }) => code === 'slices-stale');
  if (empty.length === 0 && stale !== undefined) return step('warn', wordsOfFinding(stale));
  if (empty.length === 0)
    return (
      comesAndGoes(listed, analysis, step) ??
      step('ok', `${plural(ready.length, 'endpoint')} ready of ${listed.length}.`)
    );
  if (!analysis.coverage.covers('endpointslices', object.namespace))
    return step('unknown', `The EndpointSlices of ${name} were not looked at.`);
  return step(
    'fail',
    `${emptyWords(empty.length < ports.length ? empty.map((port) => port.name) : [name])} ${whyOf(object, empty, analysis)}`,
  );
}

/** Of endpoints in the rules, where Pods were given and none has them. */
function addressesOfNobody({ ports, analysis: { objects, catalog } }: DiagnosisSubject): readonly string[] {
  if (objects === null || objects.pods.length === 0) return [];
  const all = ports.flatMap(({ endpoints }) => endpoints.filter(({ inRules }) => inRules));
  return [...new Set(all.map(({ address }) => address))].filter(
    (each) => each !== '' && !catalog.whoHas(each).some(({ kind }) => kind === 'pod' || kind === 'node'),
  );
}

const MOST_NAMED = 4;

/** A Pod that serves several ports is told once. */
function evidenceOf(listed: readonly ObjectEndpoint[]): DiagnosisStep['evidence'] {
  const told = listed.map(({ address, endpoint }) => ({
    says: `${endpoint.pod === null ? address : endpoint.pod.name}: ${stateWords(endpoint)}`,
    ...(endpoint.pod === null ? {} : { about: { resource: 'pods' as const, ...endpoint.pod } }),
  }));
  return [...groupBy(told, ({ says }) => says).values()].flatMap(([first]) => first ?? []);
}

function stateWords({ ready, serving, terminating }: SliceEndpoint): string {
  if (terminating) return serving ? 'terminating, serving' : 'terminating';
  if (ready === null) return 'not known whether ready';
  return ready ? 'ready' : 'not ready';
}

function emptyWords(names: readonly string[]): string {
  return `${either(names, 'and')} ${names.length === 1 ? 'has' : 'have'} no ready endpoints:`;
}

function whyOf(
  object: Service,
  empty: readonly ServicePort[],
  { objects, coverage }: DiagnosisSubject['analysis'],
): string {
  const specs = empty.flatMap(({ spec }) => spec ?? []);
  return whyEmpty(object, specs, objects ?? NO_OBJECTS, coverage, isListed(empty)).words;
}

/** Seen so often a probe fails again and again, or a container does not stay; a start takes some. */
const OFTEN = 5;

/** Endpoints that are ready now and were not, by Events and restarts; null where none is. */
function comesAndGoes(
  listed: readonly ObjectEndpoint[],
  { objects }: DiagnosisSubject['analysis'],
  step: (state: DiagnosisStep['state'], message: string) => DiagnosisStep,
): DiagnosisStep | null {
  if (objects === null) return null;
  const names = new Set(listed.flatMap(({ endpoint: { pod } }) => (pod === null ? [] : keyOf(pod))));
  if (names.size === 0) return null;
  for (const pod of objects.pods) {
    if (!names.has(keyOf(pod))) continue;
    const failed = objects.events
      .filter((each) => each.namespace === pod.namespace && each.pod === pod.name)
      .reduce((sum, { count }) => sum + count, 0);
    const { restarts } = pod.health;
    if (failed < OFTEN && restarts < OFTEN) continue;
    const said = failed < OFTEN ? null : probeEvent(pod, objects);
    const why = said === null ? `its containers were restarted ${restarts} times` : said;
    return step(
      'warn',
      `The readiness of Pod ${pod.name} comes and goes: ${why}. While it is not ready its part of connections goes to others, or is refused.`,
    );
  }
  return null;
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
