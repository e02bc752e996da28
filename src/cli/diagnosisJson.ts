import type { Diagnosis, StepEvidence, Way } from '../kubeproxy/diagnose/diagnosis.ts';
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

function wayJson({ packet, at, ...rest }: Way, rules: Rules): object {
  return { ...rest, ...endsOf(packet), place: at === null ? null : placeJson(at, rules) };
}

function endsOf({ from, to, protocol }: Way['packet']): object {
  return { from, to, protocol };
}
