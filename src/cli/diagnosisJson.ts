import type { Diagnosis, StepEvidence } from '../kubeproxy/diagnose/diagnosis.ts';
import type { Way } from '../kubeproxy/ways/way.ts';
import { findingJson } from './checkJson.ts';
import { fileOf, placeJson } from './placeJson.ts';
import type { Rules } from './readRules.ts';

/** What `diagnose --format json` prints. */
export function diagnosisJson(diagnosis: Diagnosis, rules: Rules): object {
  const { service, verdict, summary, steps, ways, findings } = diagnosis;
  return {
    service,
    verdict,
    summary,
    steps: steps.map((step) => ({
      ...step,
      evidence: step.evidence.map((each) => evidenceJson(each, rules)),
    })),
    ways: ways.map((way) => wayJson(way, rules)),
    findings: findings.map((finding) =>
      findingJson(finding, finding.at === null ? null : fileOf(finding.at, rules)),
    ),
  };
}

function evidenceJson({ at, packet, ...rest }: StepEvidence, rules: Rules): object {
  return {
    ...rest,
    ...(packet === undefined ? {} : { packet: endsOf(packet) }),
    ...(at === undefined ? {} : { place: placeJson(at, rules) }),
  };
}

function wayJson(
  { port, frontend, vantage, packet, verdict, headline, at, isMeant }: Way,
  rules: Rules,
): object {
  const place = at === null ? null : placeJson(at, rules);
  return { port, frontend, vantage, verdict, headline, isMeant, ...endsOf(packet), place };
}

function endsOf({ from, to, protocol }: Way['packet']): object {
  return { from, to, protocol };
}
