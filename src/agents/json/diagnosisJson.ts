import type { Diagnosis, StepEvidence } from '../../kubeproxy/diagnose/diagnosis.ts';
import type { Way } from '../../kubeproxy/ways/way.ts';
import { findingJson } from './findingJson.ts';
import { type FileOf, placeJson } from './placeJson.ts';

interface DiagnosisJson extends Pick<Diagnosis, 'service' | 'verdict' | 'summary'> {
  readonly steps: readonly object[];
  readonly ways: readonly object[];
  readonly findings: readonly object[];
}

/** What `diagnose --format json` prints. */
export function diagnosisJson(diagnosis: Diagnosis, fileOf: FileOf): DiagnosisJson {
  const { service, verdict, summary, steps, ways, findings } = diagnosis;
  return {
    service,
    verdict,
    summary,
    steps: steps.map(({ id, state, message, evidence }) => ({
      id,
      state,
      message,
      evidence: evidence.map((each) => evidenceJson(each, fileOf)),
    })),
    ways: ways.map((way) => wayJson(way, fileOf)),
    findings: findings.map((finding) =>
      findingJson(finding, finding.at === null ? null : fileOf(finding.at)),
    ),
  };
}

function evidenceJson({ at, packet, ...rest }: StepEvidence, fileOf: FileOf): object {
  return {
    ...rest,
    ...(packet === undefined ? {} : { packet: endsOf(packet) }),
    ...(at === undefined ? {} : { place: placeJson(at, fileOf) }),
  };
}

function wayJson(
  { port, frontend, vantage, packet, verdict, headline, at, isMeant, assumes }: Way,
  fileOf: FileOf,
): object {
  const place = at === null ? null : placeJson(at, fileOf);
  const assumed = assumes.map(({ message }) => message);
  return { port, frontend, vantage, verdict, headline, isMeant, assumes: assumed, ...endsOf(packet), place };
}

/** A packet, as far as JSON says it. */
export function endsOf({ from, to, protocol }: Way['packet']): object {
  return { from, to, protocol };
}
