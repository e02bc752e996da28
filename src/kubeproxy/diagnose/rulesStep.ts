/** Whether the rules have the Service as the cluster has it. */
import type { Severity } from '../findings/kind.ts';
import { findingTable } from '../findings/table.ts';
import { type Finding, wordsOfFinding } from '../findings/finding.ts';
import { families } from '../rulesets.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

/** What the step on endpoints tells already. */
const told: ReadonlySet<string> = new Set(['no-endpoints']);

export function rulesStep(
  { ports, name, analysis }: DiagnosisSubject,
  findings: readonly Finding[],
): DiagnosisStep {
  const found = findings.filter(({ code, severity }) => !told.has(code) && severity !== 'information');
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
    return step(gravest === undefined ? 'warn' : 'fail', wordsOfFinding(gravest ?? first));
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
      : `The rules have ${name}. Whether they are as the cluster has it was not compared: that takes its objects.`,
  );
}

/** An endpoint of another node alone is as a Local policy wants it. */
function fails({ code, severity }: { readonly code: Finding['code']; readonly severity: Severity }): boolean {
  return severity === 'error' || (findingTable[code].layer === 'cluster' && severity === 'warning');
}
