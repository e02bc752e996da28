import { findingTable } from '../kubeproxy/findings/table.ts';
import type { CheckedFile } from './checkedFiles.ts';

/** What `check --format json` prints. The place is null for what stands in no file. */
export function checkJson(files: readonly CheckedFile[]): object {
  return { problems: files.flatMap(problemsOf) };
}

function problemsOf({ path, problems }: CheckedFile): readonly object[] {
  return problems.map(({ finding, place }) => ({
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    file: path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    endLine: place?.endLine ?? null,
    endColumn: place?.endColumn ?? null,
    service: finding.service,
    cure: findingTable[finding.code].cure.replaceAll('`', ''),
  }));
}
