/** Who stands behind the Service, by the cluster's objects where they are had, and why nobody does. */
import type { Pod, Service, SliceEndpoint } from '../../kubernetes/objects.ts';
import { either, plural } from '../narrative/words.ts';
import { largest } from '../../text/lists.ts';
import { nearest } from '../../text/nearest.ts';
import { isOver } from '../services/objectIndex.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

export function endpointsStep(subject: DiagnosisSubject): DiagnosisStep {
  const { service, analysis } = subject;
  return service.object === null || analysis.objects === null
    ? byRules(subject)
    : byObjects(subject, service.object);
}

function byRules({ ports, name, service }: DiagnosisSubject): DiagnosisStep {
  const counts = ports.map(({ endpoints }) => endpoints.filter(({ inRules }) => inRules).length);
  const { namespace } = service;
  const isSafe = namespace !== null && nameOk(namespace) && nameOk(service.name);
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
      `${name} has no endpoints in these rules, so that its connections are refused or dropped: look whether its selector matches Pods, and whether they are ready.`,
    );
  return step('ok', `${plural(largest(counts, 0), 'endpoint')} in the rules.`);
}

function byObjects({ ports, name, analysis }: DiagnosisSubject, object: Service): DiagnosisStep {
  const listed = ports.flatMap((port) => port.listed ?? []);
  const ready = listed.filter(({ endpoint }) => endpoint.ready === true);
  const isTold = listed.every(({ endpoint }) => endpoint.ready !== null);
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'endpoints',
    state,
    message,
    evidence: listed.map(({ address, endpoint }) => ({
      says: `${endpoint.pod === null ? address : endpoint.pod.name}: ${stateWords(endpoint)}`,
      ...(endpoint.pod === null ? {} : { about: { resource: 'pods' as const, ...endpoint.pod } }),
    })),
  });
  const empty = ports.filter(
    (port) =>
      !(port.listed ?? []).some(({ endpoint }) => endpoint.ready !== false || endpoint.serving !== false),
  );
  if (empty.length === 0 && !isTold)
    return step('unknown', `${plural(listed.length, 'endpoint')}; which of them are ready was not told.`);
  if (empty.length === 0) return step('ok', `${plural(ready.length, 'endpoint')} ready of ${listed.length}.`);
  if (!analysis.coverage.covers('endpointslices', object.namespace))
    return step('unknown', `The EndpointSlices of ${name} were not looked at.`);
  return step(
    'fail',
    `${emptyWords(empty.length < ports.length ? empty.map((port) => port.name) : [name])} ${whyEmpty(object, analysis)}`,
  );
}

function stateWords({ ready, serving, terminating }: SliceEndpoint): string {
  if (terminating) return serving ? 'terminating, serving' : 'terminating';
  if (ready === null) return 'not known whether ready';
  return ready ? 'ready' : 'not ready';
}

function emptyWords(names: readonly string[]): string {
  return `${either(names, 'and')} ${names.length === 1 ? 'has' : 'have'} no ready endpoints:`;
}

/** The reason, as far as the Pods tell it, and what to do. */
function whyEmpty(object: Service, { objects, coverage }: DiagnosisSubject['analysis']): string {
  const { selector, namespace } = object;
  if (selector === null)
    return 'it has no selector, so that somebody has to write its EndpointSlices, and nobody did.';
  if (!coverage.covers('pods', namespace)) return 'its Pods were not looked at.';
  const pods = (objects?.pods ?? []).filter((pod) => pod.namespace === namespace && !isOver(pod));
  const matched = pods.filter((pod) => matches(pod, selector));
  if (matched.length === 0) return noneMatch(selector, pods);
  const waiting = matched.filter(({ ready }) => !ready);
  if (waiting.length > 0) return notReady(matched, waiting);
  return lacksPort(object, matched) ?? 'its Pods are ready, and the EndpointSlices do not list them yet.';
}

function matches({ labels }: Pod, selector: ReadonlyMap<string, string>): boolean {
  return [...selector].every(([key, value]) => labels.get(key) === value);
}

/** Names the Pod that comes nearest, where one label alone is another. */
function noneMatch(selector: ReadonlyMap<string, string>, pods: readonly Pod[]): string {
  const wanted = [...selector].map(([key, value]) => `${key}=${value}`).join(',');
  return `its selector ${wanted} matches no Pod.${nearMiss(selector, pods)} Correct the selector, or the labels.`;
}

function nearMiss(selector: ReadonlyMap<string, string>, pods: readonly Pod[]): string {
  for (const { name, labels } of pods) {
    const off = [...selector.keys()].filter((key) => labels.get(key) !== selector.get(key));
    const [key = ''] = off;
    const has = labels.get(key);
    // Where one label is all that is asked for, every other value would come near.
    const isNear =
      selector.size > 1 || (has !== undefined && nearest(selector.get(key) ?? '', [has]) !== null);
    if (off.length === 1 && isNear)
      return ` Pod ${name} ${has === undefined ? `lacks the label ${key}` : `has ${key}=${has}`}.`;
  }
  return '';
}

function notReady(matched: readonly Pod[], waiting: readonly Pod[]): string {
  const [first] = waiting;
  const named = waiting.slice(0, 3).map(({ name, phase }) => `${name} (${phase})`);
  const more = waiting.length > named.length ? ` and ${waiting.length - named.length} more` : '';
  const command =
    first !== undefined && nameOk(first.name)
      ? ` "kubectl describe pod -n ${first.namespace} ${first.name}" tells which probe or container.`
      : '';
  return `${waiting.length} of ${plural(matched.length, 'Pod')} of it ${waiting.length === 1 ? 'is' : 'are'} not ready: ${named.join(', ')}${more}.${command}`;
}

/** Of a target port by name: the Pods that have no container port of that name. */
function lacksPort({ ports }: Service, pods: readonly Pod[]): string | null {
  for (const { targetPort } of ports) {
    if (typeof targetPort !== 'string') continue;
    const lacking = pods.find((pod) => !pod.namedPorts.has(targetPort));
    if (lacking !== undefined)
      return `its targetPort is "${targetPort}", and Pod ${lacking.name} has no container port of that name.`;
  }
  return null;
}

/** Names of objects as the API takes them: nothing else becomes part of a command that somebody copies. */
export function nameOk(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.:/-]*[a-z0-9])?$/u.test(name);
}
