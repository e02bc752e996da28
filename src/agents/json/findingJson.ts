import { type Finding, wordsOfFinding } from '../../kubeproxy/findings/finding.ts';
import { findingTable } from '../../kubeproxy/findings/table.ts';
import type { PlaceInFile } from './placeJson.ts';

/** A finding as `check --format json` prints it: plain text, lines and columns from 1. */
export interface FindingJson {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
  readonly service: string | null;
  readonly cure: string;
}

/** A finding, and where it stands; `null` for what stands in no file. */
export function findingJson(finding: Finding, at: PlaceInFile | null): FindingJson {
  const { code, severity, service } = finding;
  return {
    code,
    severity,
    message: wordsOfFinding(finding),
    file: at?.path ?? null,
    line: at?.place?.line ?? null,
    column: at?.place?.column ?? null,
    endLine: at?.place?.endLine ?? null,
    endColumn: at?.place?.endColumn ?? null,
    service,
    cure: findingTable[code].cure.replaceAll('`', ''),
  };
}
