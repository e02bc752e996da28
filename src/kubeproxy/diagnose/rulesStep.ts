/** Whether the rules have the Service as the cluster has it. */
import { findingTable } from '../findings/table.ts';
import { type Finding, wordsOfFinding } from '../findings/finding.ts';
import { notHeard } from '../nodes/heard.ts';
import { families } from '../rulesets.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

/** What the steps on endpoints and policies tell; those on paths and replies tell what packets show. */
const toldElsewhere: ReadonlySet<string> = new Set([
  'no-endpoints',
  'selector-matches-nothing',
  'pods-not-ready',
  'target-port-missing',
  'endpoint-pod-gone',
  'policy-forbids',
]);

/** Where kube-proxy does not get its rules loaded, or loads them elsewhere. */
const CAUSES: ReadonlySet<string> = new Set(['rules-frozen', 'mixed-backends']);

export function rulesStep(subject: DiagnosisSubject, findings: readonly Finding[]): DiagnosisStep {
  const { ports, name, analysis } = subject;
  const found = findings.filter(
    ({ code, severity }) =>
      !toldElsewhere.has(code) && findingTable[code].layer !== 'packet' && severity !== 'information',
  );
  const [first] = found;
  const step = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'rules',
    state,
    message,
    evidence: found.map((finding) => ({
      says: wordsOfFinding(finding),
      ...(finding.at === null ? {} : { at: finding.at }),
    })),
  });
  if (first !== undefined) {
    const gravest = found.find(fails);
    // What the rules lack follows from it.
    const told = found.find(({ code }) => CAUSES.has(code)) ?? gravest ?? first;
    const heard = notHeard([told]).map(
      (clause) => ` kube-proxy of this node ${clause}: look whether it runs, and at its log.`,
    );
    const message = `${wordsOfFinding(told)}${heard.join('')}`;
    return {
      ...step(gravest === undefined && !isCutOff(told, ports) ? 'warn' : 'fail', message),
      ...(told.service === null ? { standing: `${name}: ${message}` } : {}),
    };
  }
  const without = ports.filter(({ families: own }) => own.length === 0);
  if (without.length > 0)
    return step(
      'fail',
      `The rules of this node have nothing of ${without.map((port) => port.name).join(', ')}: kube-proxy has not written it here, or not yet.`,
    );
  const compared = ports.every((port) =>
    families.every(
      (family) => !port.families.includes(family) || analysis.audit.comparesEndpoints(port, family),
    ),
  );
  return step(
    'ok',
    compared
      ? `The rules have ${name} as the cluster has it: every frontend and every endpoint.`
      : `The rules have ${name}. ${notComparedWords(subject)}`,
  );
}

/** Why the rules were not compared, by what was given. */
function notComparedWords({ service, analysis: { objects, coverage } }: DiagnosisSubject): string {
  const begin = 'Whether they are as the cluster has it was not compared';
  if (objects === null) return `${begin}: that takes its objects.`;
  if (service.object === null) return `${begin}: the objects that were given do not have this Service.`;
  if (!coverage.covers('endpointslices', service.object.namespace))
    return `${begin} in its endpoints: that takes all EndpointSlices of the namespace, and nothing tells that the objects have them.`;
  return `${begin} in all of its endpoints: what was given of it or of these rules is not enough for that.`;
}

/** An endpoint of another node alone is as a Local policy wants it. */
function fails({ code, severity, assumes }: Finding): boolean {
  if (severity === 'error') return true;
  return findingTable[code].layer === 'cluster' && severity === 'warning' && assumes === null;
}

/** Whether the rules that lead to the Service are gone with the jumps, so that there is no way to trace. */
function isCutOff({ code }: Finding, ports: DiagnosisSubject['ports']): boolean {
  if (code !== 'jump-missing') return false;
  return ports.some(({ object, frontends }) => {
    const ruled = new Set(frontends.map(({ address }) => address));
    return object === null ? ruled.size === 0 : object.clusterIPs.some((address) => !ruled.has(address));
  });
}
